/** A merchant's till: what it took and is not yet settled, by fiscal year and type of points. */
import { identifier } from "../../ledger/membership.ts";
import { type Infer, list, record } from "../../ledger/schema.ts";
import { fiscalYear, totalPt } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { addPt, type Posting, pointAsset, posting } from "../points/accounts.ts";
import type { LotUse } from "../points/lots.ts";

/** Types of points in one till. */
export const HOLDINGS_MAX = 1000;

/**
 * Balances in ascending order of fiscal year, issuer and type. What was taken in one fiscal year is never
 * settled with the next: public money is spent on the budget of its year.
 */
export const holdingsSchema = list(
  record({ fiscalYear, issuer: municipalityCode, pointType: identifier, balancePt: totalPt }),
  HOLDINGS_MAX,
);
/** What a merchant took, by fiscal year and type. */
export type Holdings = Infer<typeof holdingsSchema>;
type Holding = Holdings[number];

/** The till after it took these points in a fiscal year. */
export function creditTill(holdings: Holdings, uses: readonly LotUse[], takenIn: number): Holdings {
  return creditHoldings(
    holdings,
    uses.map(({ lot: { issuer, pointType }, usedPt }) => {
      return { fiscalYear: takenIn, issuer, pointType, balancePt: usedPt };
    }),
  );
}

/** The holdings after others came to them. */
export function creditHoldings(holdings: Holdings, credits: Holdings): Holdings {
  const after = [...holdings];
  for (const credit of credits) {
    const at = after.findIndex((holding) => compareHolding(holding, credit) >= 0);
    const found = after[at];
    if (found !== undefined && compareHolding(found, credit) === 0) {
      after[at] = { ...found, balancePt: addPt(found.balancePt, credit.balancePt) };
    } else {
      after.splice(at < 0 ? after.length : at, 0, credit);
    }
  }
  return after;
}

/**
 * The till after it gave points of a type back, out of these fiscal years, one after the other; null when it does
 * not hold so many.
 */
export function debitTill(
  holdings: Holdings,
  { issuer, pointType, takenIn }: Debit,
  amountPt: number,
): Holdings | null {
  let leftPt = amountPt;
  let after = holdings;
  for (const year of takenIn) {
    const name = { fiscalYear: year, issuer, pointType };
    after = after.flatMap((holding) => {
      if (compareHolding(holding, name) !== 0) return [holding];
      const givenPt = Math.min(leftPt, holding.balancePt);
      leftPt -= givenPt;
      const balancePt = holding.balancePt - givenPt;
      return balancePt === 0 ? [] : [{ ...holding, balancePt }];
    });
  }
  return leftPt === 0 ? after : null;
}

/** Points of which type, and taken in which fiscal years, go first. */
interface Debit {
  readonly issuer: string;
  readonly pointType: string;
  readonly takenIn: readonly number[];
}

/** The postings that move holdings from one account to another. */
export function moveHoldings(holdings: Holdings, from: string, to: string): Posting[] {
  return holdings.flatMap(({ issuer, pointType, balancePt }) => {
    const asset = pointAsset(issuer, pointType);
    return [posting(from, asset, -balancePt), posting(to, asset, balancePt)];
  });
}

/** What was taken in a fiscal year, and what is left in the till without it. */
export function takeFiscalYear(
  holdings: Holdings,
  takenIn: number,
): { readonly taken: Holdings; readonly left: Holdings } {
  const isOfYear = (holding: Holding) => holding.fiscalYear === takenIn;
  return {
    taken: holdings.filter((holding) => isOfYear(holding) && holding.balancePt > 0),
    left: holdings.filter((holding) => !isOfYear(holding)),
  };
}

type Name = Pick<Holding, "fiscalYear" | "issuer" | "pointType">;

/** By fiscal year, then issuer, then type, by code units. */
function compareHolding(a: Name, b: Name): number {
  if (a.fiscalYear !== b.fiscalYear) return a.fiscalYear - b.fiscalYear;
  if (a.issuer !== b.issuer) return a.issuer < b.issuer ? -1 : 1;
  if (a.pointType === b.pointType) return 0;
  return a.pointType < b.pointType ? -1 : 1;
}
