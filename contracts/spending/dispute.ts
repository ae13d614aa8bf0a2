/** Disputes about payments. */
import { oneOf, record } from "../../ledger/schema.ts";
import { civilDate } from "../fields/dates.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { keySpace } from "../state/key-space.ts";

/** A payment that is disputed, under the hash of its private part, which leads to nobody once that is destroyed. */
export const DISPUTE = keySpace(
  "dispute",
  "<privateHashHex>",
  record({
    issuer: municipalityCode,
    openedOn: civilDate,
    status: oneOf(["OPEN", "REFUNDED", "REJECTED"]),
  }),
);
