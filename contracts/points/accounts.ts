/**
 * Double entry. Every accepted transaction is one set of postings that sums to zero for each asset.
 *
 * Assets: the points of one type, `<issuer>/<pointType>`, and the budget rights of one appropriation,
 * `budget/<issuer>/<fiscalYear>/<category>`.
 *
 *     issue/<issuer>/<type>           contra account, never above 0: what was issued
 *     wallet/<handleHex>              a resident's points, in lots
 *     merchant/<id>                   what a merchant took and is not yet settled
 *     appropriation/<…>               contra account, never above 0: what was appropriated
 *     budget/<…>                      the right to grant that is left
 *     granted/<…>                     what was granted of it
 *     expired/<issuer>/<type>         what nobody spent in time
 *     partner-issue/<partner>         contra account of the asset `support/<partner>`: a company's points
 *     reserve/<handleHex>             those of a resident who has not chosen a municipality yet
 *     hold/<transactionIdHex>         points on their way to a street's own system
 *     campaign/<…>                    the part of a budget right that is set aside for premiums
 *     premium/<…>                     what was given of it
 *     batch/<payer>/<batch>           what was taken from tills and is not yet paid
 *     retired/<payer>/<batch>         points that are paid out, and so at their end
 *
 *     voucher/<issuer>/<series>       points in vouchers that nobody has redeemed
 *     project/<issuer>/<project>      points that were donated and are not yet passed on
 *     expired/<issuer>/<type>         what nobody spent in time
 *
 * What is owed in yen stands beside the points, as a memo: ¥1 is booked as 1 of the asset `yen/<debtor>`.
 *
 *     owed/<debtor>/<creditor>/<…>    contra account: what came to be owed
 *     due/<…>                         what is still owed
 *     settled/<…>                     what was paid
 *     written-off/<…>                 what the creditor gave up
 *
 * Where each balance is stored: state-records.ts.
 */
import type { Lot } from "./lots.ts";

/** What an account holds: an amount of one asset. Contra accounts are the negative ones. */
export interface Balance {
  readonly account: string;
  readonly asset: string;
  readonly balancePt: number;
}

/** One side of a movement. Postings to a wallet name the lot, so that a refund can find it. */
export interface Posting {
  readonly account: string;
  readonly asset: string;
  /** Signed, pt. */
  readonly deltaPt: number;
  /** Number of the wallet's lot; null for accounts without lots. */
  readonly lot: number | null;
}

/** The accounts that say how much there is: their balances are never above 0, all others never below. */
const CONTRA_ACCOUNTS = ["issue/", "appropriation/", "owed/", "partner-issue/"] as const;

/** True for accounts whose balance is the negative of what others hold. */
export function isContra(account: string): boolean {
  return CONTRA_ACCOUNTS.some((prefix) => account.startsWith(prefix));
}

/** The asset of a point type. */
export function pointAsset(issuer: string, pointType: string): string {
  return `${issuer}/${pointType}`;
}

/** The asset of the rights to grant points of a category in a fiscal year. */
export function budgetAsset(issuer: string, fiscalYear: number, category: string): string {
  return `budget/${issuer}/${fiscalYear}/${category}`;
}

/** The asset of a partner's points on their way to a municipality. */
export function supportAsset(partner: string): string {
  return `support/${partner}`;
}

/** The asset of what somebody owes in yen. */
export function yenAsset(debtor: string): string {
  return `yen/${debtor}`;
}

/** One posting to an account without lots. */
export function posting(account: string, asset: string, deltaPt: number): Posting {
  return { account, asset, deltaPt, lot: null };
}

/** One posting to a lot of a wallet. */
export function lotPosting(account: string, lot: Lot, deltaPt: number): Posting {
  return { account, asset: pointAsset(lot.issuer, lot.pointType), deltaPt, lot: lot.number };
}

/** The sum of two amounts or balances. @throws RangeError when it is no longer exact. */
export function addPt(aPt: number, bPt: number): number {
  const sumPt = aPt + bPt;
  if (!Number.isSafeInteger(sumPt)) throw new RangeError(`${aPt} + ${bPt} pt is not exact`);
  return sumPt;
}
