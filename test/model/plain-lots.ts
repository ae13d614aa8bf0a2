/** Lots as plain as they can be said, for the models whose subject is something else than their order. */

/** A lot; days are counted from 0, and it can be spent up to and including its last day. */
export interface PlainLot {
  readonly points: string;
  readonly onlyAtMuseums: boolean;
  readonly issuedOn: number;
  readonly lastDay: number | null;
  /** Whether it came back from somewhere: what comes back late on a day is one lot. */
  readonly hasComeBack: boolean;
  leftPt: number;
}

/** So many points of a lot. */
export interface PlainUse {
  readonly lot: PlainLot;
  readonly usedPt: number;
}

/** How long lapsed points come back for, days. */
const GRACE_DAYS = 14;
const NEVER = 1e9;

/** A wallet: its lots in the order in which they came, also those that are used up. */
export class PlainWallet {
  readonly lots: PlainLot[] = [];

  /** What has not lapsed. */
  open(today: number): PlainLot[] {
    return this.lots.filter((lot) => lot.leftPt > 0 && !hasLapsed(lot, today));
  }

  /** Takes points, what ends first before what only museums take before what is older; null: there are not so many. */
  take(wantedPt: number, isEligible: (lot: PlainLot) => boolean): PlainUse[] | null {
    const lots = this.lots.filter((lot) => lot.leftPt > 0 && isEligible(lot));
    if (sum(lots.map(({ leftPt }) => leftPt)) < wantedPt) return null;
    lots.sort(
      (a, b) =>
        (a.lastDay ?? NEVER) - (b.lastDay ?? NEVER) ||
        Number(b.onlyAtMuseums) - Number(a.onlyAtMuseums) ||
        a.issuedOn - b.issuedOn ||
        this.lots.indexOf(a) - this.lots.indexOf(b),
    );
    const uses: PlainUse[] = [];
    let missingPt = wantedPt;
    for (const lot of lots) {
      const usedPt = Math.min(missingPt, lot.leftPt);
      lot.leftPt -= usedPt;
      missingPt -= usedPt;
      if (usedPt > 0) uses.push({ lot, usedPt });
    }
    return uses;
  }

  /** Points come back into their lot, or into a new one with some days of grace. */
  putBack({ lot, usedPt }: PlainUse, today: number, graceDays: number = GRACE_DAYS): void {
    if (!hasLapsed(lot, today)) {
      lot.leftPt += usedPt;
      return;
    }
    const lastDay = today + graceDays;
    const newest = this.lots.filter(({ leftPt }) => leftPt > 0).at(-1);
    const isSame =
      newest?.hasComeBack === true &&
      newest.points === lot.points &&
      newest.issuedOn === today &&
      newest.lastDay === lastDay;
    if (isSame) newest.leftPt += usedPt;
    else this.lots.push({ ...lot, issuedOn: today, lastDay, hasComeBack: true, leftPt: usedPt });
  }
}

/** Whether its last day has passed. */
export function hasLapsed({ lastDay }: PlainLot, today: number): boolean {
  return lastDay !== null && lastDay < today;
}

/** The sum of amounts. */
export function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, each) => total + each, 0);
}
