/**
 * What a wallet remembers of its latest payments, so that one can be taken back to the lots that it came from:
 * docs/decisions/0020. It names no shop and no time. A payment is found by a tag that only its private part gives;
 * when that is destroyed, the tag leads nowhere.
 */

import { equalBytes } from "../../ledger/bytes.ts";
import type { Hash } from "../../ledger/hash.ts";
import { WALLET_LOTS_MAX } from "../../ledger/limits.ts";
import {
  bytes,
  fromBytes,
  type Infer,
  list,
  nullable,
  record,
  toBytes,
} from "../../ledger/schema.ts";
import { rateBp } from "../campaigns/campaign-records.ts";
import { type CivilDate, civilDate } from "../fields/dates.ts";
import { amountPt } from "../fields/fields.ts";
import { type LotUse, lotNumber } from "../points/lots.ts";
import { pack, prepend, unpack } from "../state/packed-list.ts";
import type { Wallet } from "../state/state-records.ts";

/** So much of a hash that nobody finds two private parts with the same. */
export const TAG_SIZE_BYTES = 16;
/** Payments that are remembered beside the latest, bytes: about fifteen. */
const PAYMENTS_SIZE_BYTES = 512;
/** Of one payment, bytes: from as many lots as a wallet may hold. */
const PAYMENT_SIZE_BYTES_MAX = 8192;

const paymentSchema = record({
  tag: bytes(TAG_SIZE_BYTES),
  paidOn: civilDate,
  /** What was taken from which lot and has not come back, in order of use. */
  uses: list(record({ lot: lotNumber, usedPt: amountPt }), WALLET_LOTS_MAX, 1),
  /** The lot of the premium that came with it, and how much of it is still due to the payment. */
  premium: nullable(record({ lot: lotNumber, rateBp, amountPt })),
});
/** A payment as its wallet remembers it. */
export type RecentPayment = Infer<typeof paymentSchema>;
/** The premium that came with a payment. */
export type PremiumOfPayment = NonNullable<RecentPayment["premium"]>;

/** The payment to be remembered. @param privateHash of its transaction. */
export function recentPayment(
  privateHash: Hash,
  paidOn: CivilDate,
  uses: readonly LotUse[],
  premium: PremiumOfPayment | null,
): RecentPayment {
  const tag = privateHash.slice(0, TAG_SIZE_BYTES);
  return {
    tag,
    paidOn,
    uses: uses.map(({ lot, usedPt }) => ({ lot: lot.number, usedPt })),
    premium,
  };
}

/** The wallet with one more payment; the oldest are forgotten. */
export function remember(wallet: Wallet, payment: RecentPayment): Wallet {
  const entry = toBytes(paymentSchema, payment);
  return {
    ...wallet,
    recentPayments: prepend(wallet.recentPayments, [entry], PAYMENTS_SIZE_BYTES),
  };
}

/** The payment of a private part, or null when it is not there, forgotten or taken back as a whole. */
export function findPayment(wallet: Wallet, privateHash: Hash): RecentPayment | null {
  const tag = privateHash.subarray(0, TAG_SIZE_BYTES);
  return paymentsOf(wallet).find((payment) => equalBytes(payment.tag, tag)) ?? null;
}

/** The wallet with a payment as it is now: without it when nothing is left of it. */
export function withPayment(wallet: Wallet, changed: RecentPayment): Wallet {
  const payments = paymentsOf(wallet).flatMap((payment) => {
    if (!equalBytes(payment.tag, changed.tag)) return [payment];
    return changed.uses.length === 0 ? [] : [changed];
  });
  const entries = payments.map((payment) => toBytes(paymentSchema, payment));
  return { ...wallet, recentPayments: pack(entries) };
}

/** The wallet without the payments of days before that one; the same wallet when it remembers none. */
export function forgetPayments(wallet: Wallet, keptFrom: CivilDate): Wallet {
  const payments = paymentsOf(wallet);
  const kept = payments.filter(({ paidOn }) => paidOn >= keptFrom);
  if (kept.length === payments.length) return wallet;
  return {
    ...wallet,
    recentPayments: pack(kept.map((payment) => toBytes(paymentSchema, payment))),
  };
}

/** What has not come back of a payment, pt. */
export function leftOf({ uses }: RecentPayment): number {
  return uses.reduce((sumPt, { usedPt }) => sumPt + usedPt, 0);
}

function paymentsOf({ recentPayments }: Wallet): RecentPayment[] {
  return unpack(recentPayments).map((entry) =>
    fromBytes(paymentSchema, entry, PAYMENT_SIZE_BYTES_MAX),
  );
}
