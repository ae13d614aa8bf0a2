/** The private part of a payment: what is paid by, and what a receipt shows when the payment is taken back. */

import type { Hash } from "../../ledger/hash.ts";
import { bytes, type Infer, nullable, record } from "../../ledger/schema.ts";
import { privateHashOf, SALT_SIZE_BYTES } from "../../ledger/transaction.ts";
import { campaignName } from "../campaigns/campaign-records.ts";
import { amountPt } from "../fields/fields.ts";
import { cardholderFields, counterFields } from "./counter.ts";

/** The private part of a payment. */
export const paymentSchema = record({
  ...cardholderFields,
  ...counterFields,
  amountPt,
  /** The campaign whose premium comes with it, as the customer was told; usually null. */
  campaign: nullable(campaignName),
});
/** The private part of a payment. */
export type Payment = Infer<typeof paymentSchema>;

/** What a receipt shows of a payment: its private part and the salt, which together nobody can make up. */
export const receiptFields = { payment: paymentSchema, salt: bytes(SALT_SIZE_BYTES) };

/** The hash that the payment's transaction was signed with. */
export function hashOfReceipt({ payment, salt }: { payment: Payment; salt: Uint8Array }): Hash {
  return privateHashOf({ salt, body: paymentSchema.toCbor(payment) });
}
