/** What an auditor says about the ledger, for everybody to hold him to. */
import { bytes, oneOf, record } from "../../ledger/schema.ts";
import { civilDate } from "../fields/dates.ts";
import { keySpace } from "../state/key-space.ts";

/** What is attested. */
export const auditFields = {
  /** Of the last block that the auditor checked. */
  blockHash: bytes(32),
  /** - `RIGHT`: every block was executed again, and the books balance. - `EXCEPTIONS`: the report says what is wrong. */
  finding: oneOf(["RIGHT", "EXCEPTIONS"]),
  /** SHA-256 of the report that the auditor keeps. */
  reportHash: bytes(32),
};

/** The record of an attestation. */
const auditSchema = record({ attestedOn: civilDate, ...auditFields });

/** What an auditor attested about the ledger up to a height. */
export const AUDIT = keySpace("audit", "<organisation>/<height>", auditSchema);
