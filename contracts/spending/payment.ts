/**
 * The private part of a payment or of a fee: what is paid by, and what a receipt shows when it is taken back.
 */

import type { Hash } from "../../ledger/hash.ts";
import { bytes, type Infer, nullable, record, type Schema, uint } from "../../ledger/schema.ts";
import { privateHashOf, SALT_SIZE_BYTES } from "../../ledger/transaction.ts";
import { campaignName } from "../campaigns/campaign-records.ts";
import { amountPt, shortName } from "../fields/fields.ts";
import { cardholderFields, counterFields } from "./counter.ts";

/** Of one kind: tickets for a class of a school. */
const FEE_COUNT_MAX = 999;

const paymentFields = {
  ...cardholderFields,
  ...counterFields,
  amountPt,
  /** The campaign whose premium comes with it, as the customer was told; usually null. */
  campaign: nullable(campaignName),
};

/** The private part of a payment. */
export const paymentSchema = record(paymentFields);
/** The private part of a payment. */
export type Payment = Infer<typeof paymentSchema>;

/** The private part of a fee: a payment, and what of a facility's tariff it is for. */
export const feePaymentSchema = record({
  ...paymentFields,
  facility: shortName,
  service: shortName,
  fee: shortName,
  count: uint(FEE_COUNT_MAX, 1),
});
/** The private part of a fee. */
export type FeePayment = Infer<typeof feePaymentSchema>;

/** The one or the other: the record of a fee has more fields. */
export const anyPayment: Schema<Payment | FeePayment> = {
  jsonSchema: { anyOf: [paymentSchema.jsonSchema, feePaymentSchema.jsonSchema] },
  toCbor: (payment, path) =>
    "fee" in payment ? feePaymentSchema.toCbor(payment, path) : paymentSchema.toCbor(payment, path),
  toJson: (payment) =>
    "fee" in payment ? feePaymentSchema.toJson(payment) : paymentSchema.toJson(payment),
  fromCbor: (raw, path) => {
    const isFee = Array.isArray(raw) && raw.length === feePaymentSchema.fieldNames.length;
    return (isFee ? feePaymentSchema : paymentSchema).fromCbor(raw, path);
  },
  fromJson: (raw, path) => {
    const isFee = typeof raw === "object" && raw !== null && "fee" in raw;
    return (isFee ? feePaymentSchema : paymentSchema).fromJson(raw, path);
  },
};

/** What a receipt shows of a payment: its private part and the salt, which together nobody can make up. */
export const receiptFields = { payment: anyPayment, salt: bytes(SALT_SIZE_BYTES) };

/** A payment or fee as its receipt shows it. */
export interface Receipt {
  readonly payment: Payment | FeePayment;
  readonly salt: Uint8Array;
}

/** The hash that the payment's transaction was signed with. */
export function hashOfReceipt({ payment, salt }: Receipt): Hash {
  return privateHashOf({ salt, body: anyPayment.toCbor(payment) });
}
