/** A merchant's till: what it took and is not yet settled, by type of points. */
import { identifier } from "../ledger/membership.ts";
import { type Infer, list, record } from "../ledger/schema.ts";
import { addPt } from "./accounts.ts";
import { totalPt } from "./fields.ts";
import type { LotUse } from "./lots.ts";
import { municipalityCode } from "./municipality-code.ts";

/** Types of points in one till. */
export const HOLDINGS_MAX = 1000;

/** Balances in ascending order of issuer and type. */
export const holdingsSchema = list(
  record({ issuer: municipalityCode, pointType: identifier, balancePt: totalPt }),
  HOLDINGS_MAX,
);
/** What a merchant took. */
export type Holdings = Infer<typeof holdingsSchema>;
type Holding = Holdings[number];

/** The till after it took these points. */
export function creditTill(holdings: Holdings, uses: readonly LotUse[]): Holdings {
  const after = [...holdings];
  for (const { lot, usedPt } of uses) {
    const at = after.findIndex((holding) => compareHolding(holding, lot) >= 0);
    const found = after[at];
    if (found !== undefined && compareHolding(found, lot) === 0) {
      after[at] = { ...found, balancePt: addPt(found.balancePt, usedPt) };
    } else {
      const { issuer, pointType } = lot;
      after.splice(at < 0 ? after.length : at, 0, { issuer, pointType, balancePt: usedPt });
    }
  }
  return after;
}

/** The till after it gave points of a type back; null when it does not hold so many. */
export function debitTill(
  holdings: Holdings,
  { issuer, pointType }: Name,
  amountPt: number,
): Holdings | null {
  let leftPt = amountPt;
  const after = holdings.flatMap((holding) => {
    if (compareHolding(holding, { issuer, pointType }) !== 0) return [holding];
    const givenPt = Math.min(leftPt, holding.balancePt);
    leftPt -= givenPt;
    const balancePt = holding.balancePt - givenPt;
    return balancePt === 0 ? [] : [{ ...holding, balancePt }];
  });
  return leftPt === 0 ? after : null;
}

type Name = Pick<Holding, "issuer" | "pointType">;

/** By issuer, then type, by code units. */
function compareHolding(a: Name, b: Name): number {
  if (a.issuer !== b.issuer) return a.issuer < b.issuer ? -1 : 1;
  if (a.pointType === b.pointType) return 0;
  return a.pointType < b.pointType ? -1 : 1;
}
