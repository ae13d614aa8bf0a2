/** Disputes about payments. */
import { toHex } from "../../ledger/bytes.ts";
import { type Infer, oneOf, record } from "../../ledger/schema.ts";
import { civilDate } from "../fields/dates.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { keySpace, type StateKey } from "../state/key-space.ts";
import { hashOfReceipt, type Receipt } from "./payment.ts";
import { TAG_SIZE_BYTES } from "./recent-payments.ts";

const disputeSchema = record({
  issuer: municipalityCode,
  /** The day of the payment, whose witness is kept as long as the dispute is open. */
  paidOn: civilDate,
  openedOn: civilDate,
  status: oneOf(["OPEN", "REFUNDED", "REJECTED"]),
});
type Dispute = Infer<typeof disputeSchema>;

/** A payment that is disputed, under the end of the hash of its private part. */
export const DISPUTE = keySpace("dispute", "<endOfPrivateHashHex>", disputeSchema);

/**
 * The dispute about a payment. The payer's wallet remembers the other half of the hash: without the private part, nothing
 * leads from one half to the other.
 */
export function disputeOf(receipt: Receipt): StateKey<Dispute> {
  return DISPUTE.key(toHex(hashOfReceipt(receipt).subarray(TAG_SIZE_BYTES)));
}
