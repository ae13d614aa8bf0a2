/** Disputes about payments. */
import { oneOf, record } from "../ledger/schema.ts";
import { civilDate } from "./dates.ts";
import { keySpace } from "./key-space.ts";
import { municipalityCode } from "./municipality-code.ts";

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
