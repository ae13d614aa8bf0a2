/**
 * Lots: the points of a wallet by their terms. The terms are fixed when a lot is made: a later change of
 * the point type changes nothing for points that were granted, and a payment needs no look at the type.
 */
import { AMOUNT_PT_MAX } from "../../ledger/limits.ts";
import { identifier } from "../../ledger/membership.ts";
import { type Infer, nullable, oneOf, record, uint } from "../../ledger/schema.ts";
import { type CivilDate, civilDate } from "../fields/dates.ts";
import { amountPt, grantCategory, type MerchantCategory, restrictedTo } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { addPt, pointAsset } from "./accounts.ts";

/** The number of a lot in its wallet. */
export const lotNumber = uint(Number.MAX_SAFE_INTEGER, 1);

/** One lot. A lot that is used up is removed: what is kept is what is still worth something. */
export const lotSchema = record({
  /** Counts up in its wallet, never used again. It names no transaction: a lot leads back to none. */
  number: lotNumber,
  issuer: municipalityCode,
  pointType: identifier,
  /** What it was granted for: the category of the budget. */
  category: grantCategory,
  amountPt,
  remainingPt: amountPt,
  issuedOn: civilDate,
  /** The last day on which it can be spent; null: it does not expire. */
  expiresOn: nullable(civilDate),
  origin: oneOf(["GRANT", "CONVERSION", "PREMIUM", "REFUND", "PURCHASE"]),
  /** PAID when the resident gave money for it (Payment Services Act). */
  consideration: oneOf(["NONE", "PAID"]),
  restrictedTo,
  /** At most so many points of its type in one payment. */
  perUseCapPt: uint(AMOUNT_PT_MAX, 1),
});
/** One lot of a wallet. */
export type Lot = Infer<typeof lotSchema>;

/** Where and when points are to be spent. */
export interface Place {
  /** Whose points the merchant takes. */
  readonly issuer: string;
  /** Other issuers whose points it takes by agreement; none when left out. */
  readonly accepts?: readonly string[];
  readonly category: MerchantCategory;
  readonly today: CivilDate;
}

/** So many points of one lot. */
export interface LotUse {
  readonly lot: Lot;
  readonly usedPt: number;
}

/** True when the lot's last day has passed. */
export function isExpired(lot: Lot, today: CivilDate): boolean {
  return lot.expiresOn !== null && lot.expiresOn < today;
}

/**
 * The lots that pay an amount, in the order of consumption.
 * `BALANCE_INSUFFICIENT` when what is usable here does not cover it; `LIMIT_EXCEEDED` when it would, but
 * for the caps on one payment.
 */
export function chooseLots(
  lots: readonly Lot[],
  place: Place,
  wantedPt: number,
): readonly LotUse[] | "BALANCE_INSUFFICIENT" | "LIMIT_EXCEEDED" {
  const usable = lots.filter((lot) => isUsable(lot, place)).sort(compareForUse);
  const usedOfType = new Map<string, number>();
  const uses: LotUse[] = [];
  let leftPt = wantedPt;
  for (const lot of usable) {
    const asset = pointAsset(lot.issuer, lot.pointType);
    const usedPt = usedOfType.get(asset) ?? 0;
    const takenPt = Math.min(leftPt, lot.remainingPt, lot.perUseCapPt - usedPt);
    if (takenPt <= 0) continue;
    uses.push({ lot, usedPt: takenPt });
    usedOfType.set(asset, usedPt + takenPt);
    leftPt -= takenPt;
  }
  if (leftPt === 0) return uses;
  const usablePt = usable.reduce((sumPt, lot) => addPt(sumPt, lot.remainingPt), 0);
  return usablePt < wantedPt ? "BALANCE_INSUFFICIENT" : "LIMIT_EXCEEDED";
}

/** Points of one type that are to go, from one lot before all others. */
interface Wanted {
  readonly issuer: string;
  readonly pointType: string;
  readonly first: number;
  readonly today: CivilDate;
}

/**
 * The lots of a type that give up an amount, wherever they may be spent: the first of all, also when it has lapsed,
 * then in the order of consumption. Null when they do not hold so much.
 */
export function chooseOfType(
  lots: readonly Lot[],
  { issuer, pointType, first, today }: Wanted,
  wantedPt: number,
): readonly LotUse[] | null {
  const ofType = lots.filter(
    (lot) =>
      lot.issuer === issuer &&
      lot.pointType === pointType &&
      (lot.number === first || !isExpired(lot, today)),
  );
  const isOther = ({ number }: Lot) => Number(number !== first);
  const ordered = ofType.sort((a, b) => isOther(a) - isOther(b) || compareForUse(a, b));
  return useInOrder(ordered, wantedPt);
}

/** The lots that give up an amount of what is eligible, in the order of consumption; null when it is too little. */
export function chooseEligible(
  lots: readonly Lot[],
  isEligible: (lot: Lot) => boolean,
  wantedPt: number,
): readonly LotUse[] | null {
  return useInOrder(lots.filter(isEligible).sort(compareForUse), wantedPt);
}

/** An amount out of the lots, one after the other; null when they do not hold so much. */
function useInOrder(lots: readonly Lot[], wantedPt: number): readonly LotUse[] | null {
  const uses: LotUse[] = [];
  let leftPt = wantedPt;
  for (const lot of lots) {
    const usedPt = Math.min(leftPt, lot.remainingPt);
    if (usedPt > 0) uses.push({ lot, usedPt });
    leftPt -= usedPt;
  }
  return leftPt === 0 ? uses : null;
}

/** The lots after the uses; what is used up is gone. */
export function debitLots(lots: readonly Lot[], uses: readonly LotUse[]): readonly Lot[] {
  return lots.flatMap((lot) => {
    const use = uses.find((candidate) => candidate.lot === lot);
    if (use === undefined) return [lot];
    const remainingPt = lot.remainingPt - use.usedPt;
    return remainingPt === 0 ? [] : [{ ...lot, remainingPt }];
  });
}

/** Whether a lot can be spent there today. */
export function isUsable(lot: Lot, place: Place): boolean {
  return (
    (lot.issuer === place.issuer || place.accepts?.includes(lot.issuer) === true) &&
    !isExpired(lot, place.today) &&
    (lot.restrictedTo.length === 0 || lot.restrictedTo.includes(place.category))
  );
}

/** What expires first, then what fits fewest places, then what was free, then what is older. */
function compareForUse(a: Lot, b: Lot): number {
  return (
    compareExpiry(a.expiresOn, b.expiresOn) ||
    Number(a.restrictedTo.length === 0) - Number(b.restrictedTo.length === 0) ||
    Number(a.consideration === "PAID") - Number(b.consideration === "PAID") ||
    compareText(a.issuedOn, b.issuedOn) ||
    a.number - b.number
  );
}

function compareExpiry(a: CivilDate | null, b: CivilDate | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return compareText(a, b);
}

/** By code units, which for dates is by time. (`localeCompare` differs between machines.) */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
