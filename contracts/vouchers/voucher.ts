/**
 * Vouchers (ポイント券): points on paper or on a screen. A voucher is a key: what is printed is its private half, so
 * whoever holds the paper can sign, once, and a shop needs no card reader. Nobody who only hears of a redemption can
 * make it his own, and no record leads from a voucher to the wallet that it came from.
 */
import { ISSUED_PT_MAX } from "../../ledger/limits.ts";
import { identifier } from "../../ledger/membership.ts";
import { type Infer, oneOf, record, uint } from "../../ledger/schema.ts";
import { civilDate } from "../fields/dates.ts";
import {
  amountPt,
  displayName,
  grantCategory,
  type MerchantCategory,
  restrictedTo,
  totalPt,
} from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { type Balance, pointAsset } from "../points/accounts.ts";
import type { Lot } from "../points/lots.ts";
import { keySpace } from "../state/key-space.ts";

/** The most that one voucher is worth, pt: no change is given. */
export const VOUCHER_PT_MAX = 25_000;

/** Vouchers that one transaction makes. */
export const VOUCHERS_AT_ONCE_MAX = 50;

/** What an issuer lays down for a series. */
export const voucherSeriesFields = {
  nameJa: displayName,
  nameEn: displayName,
  /** What each voucher is worth, pt. */
  facePt: uint(VOUCHER_PT_MAX, 1),
  /** All vouchers of the series together, pt; one that is cancelled makes room for another. */
  limitPt: uint(ISSUED_PT_MAX, 1),
  /** The last day on which a resident can use it; it is printed on the voucher. */
  expiresOn: civilDate,
  /** The last day on which a shop can redeem what it took by then. */
  redeemableUntil: civilDate,
  restrictedTo,
};

/** The record of a series: its terms, those that it has from the point type, and what became of its points. */
const voucherSeriesSchema = record({
  pointType: identifier,
  ...voucherSeriesFields,
  category: grantCategory,
  consideration: oneOf(["NONE", "PAID"]),
  /** Of points that come back from a voucher. */
  perUseCapPt: amountPt,
  issuedPt: totalPt,
  redeemedPt: totalPt,
  cancelledPt: totalPt,
  expiredPt: totalPt,
});
/** A series of vouchers. */
export type VoucherSeries = Infer<typeof voucherSeriesSchema>;

/** The record of one voucher. */
const voucherSchema = record({
  issuer: municipalityCode,
  series: identifier,
  status: oneOf(["OPEN", "REDEEMED", "CANCELLED"]),
});

/** What is in vouchers that can still be redeemed, pt. */
export function outstandingPt(series: VoucherSeries): number {
  return series.issuedPt - series.redeemedPt - series.cancelledPt - series.expiredPt;
}

/** What the account of a series holds. @param id `<issuer>/<series>`. */
function seriesBalances(id: string, series: VoucherSeries): readonly Balance[] {
  const asset = pointAsset(issuerOf(id), series.pointType);
  return [{ account: `voucher/${id}`, asset, balancePt: outstandingPt(series) }];
}

/**
 * Whether points of a lot may go into vouchers of a series: it must not widen where they can be spent, nor for how long.
 * A resident could otherwise put the end of his points off by himself, again and again (VOUCHER_CANCEL).
 */
export function fitsSeries(lot: Lot, series: VoucherSeries & { readonly issuer: string }): boolean {
  const isOfType = lot.issuer === series.issuer && lot.pointType === series.pointType;
  const isWithin =
    lot.restrictedTo.length === 0 ||
    (series.restrictedTo.length > 0 &&
      series.restrictedTo.every((category) => lot.restrictedTo.includes(category)));
  const isInTime = lot.expiresOn === null || series.expiresOn <= lot.expiresOn;
  return isOfType && isWithin && isInTime;
}

/** Whether a kind of merchant takes the vouchers. */
export function isTakenBy(series: VoucherSeries, category: MerchantCategory): boolean {
  return series.restrictedTo.length === 0 || series.restrictedTo.includes(category);
}

function issuerOf(id: string): string {
  return id.slice(0, id.indexOf("/"));
}

/** A series of vouchers. */
export const VOUCHER_SERIES = keySpace(
  "voucher-series",
  "<issuer>/<series>",
  voucherSeriesSchema,
  ({ id }, series) => seriesBalances(id, series),
);

/** One voucher, by the key that is printed on it. It names no wallet. */
export const VOUCHER = keySpace("voucher", "<publicKeyHex>", voucherSchema);
