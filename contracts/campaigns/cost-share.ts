/**
 * Who bears what of a campaign: municipalities, or the state, agree to bear shares of what a prefecture's campaign
 * gives; the issuer bears the rest. When it has closed, each share is a due to the issuer, in whole yen.
 */
import { identifier } from "../../ledger/membership.ts";
import { type Infer, list, nullable, record, uint } from "../../ledger/schema.ts";
import { civilDate } from "../fields/dates.ts";
import { totalYen } from "../fields/fields.ts";
import { keySpace } from "../state/key-space.ts";

/** The whole, in basis points. */
const WHOLE_BP = 10_000;
/** Who may bear a part of one campaign: the municipalities of the largest prefecture, and some more. */
export const FUNDERS_MAX = 200;

/** A share, in basis points of the cost. */
export const shareBp = uint(WHOLE_BP, 1);

const costShareSchema = record({
  /** In ascending order of funder. */
  shares: list(record({ funder: identifier, shareBp }), FUNDERS_MAX, 1),
  /** What was billed, once; null before. */
  bill: nullable(record({ cause: identifier, costYen: totalYen, billedOn: civilDate })),
});
/** The shares of a campaign's cost. */
export type CostShare = Infer<typeof costShareSchema>;
type Share = CostShare["shares"][number];

/** Who bears what of a campaign besides its issuer. */
export const COST_SHARE = keySpace(
  "cost-share",
  "<issuer>/<pointType>/<campaign>",
  costShareSchema,
);

/** What the issuer bears, basis points; below 0 when the others promised too much. */
export function issuerShareBp(shares: readonly Share[]): number {
  return shares.reduce((leftBp, share) => leftBp - share.shareBp, WHOLE_BP);
}

/** A part of a cost. */
export interface PartOfCost {
  readonly funder: string;
  readonly amountYen: number;
}

/**
 * What each funder bears of a cost, by largest remainder: everybody's share rounded down, then one yen more to those with
 * the largest parts of a yen left, the issuer before others and funders in their order where they are equal. So
 * the parts and the issuer's come to the cost exactly.
 */
export function partsOfCost(costYen: number, shares: readonly Share[]): PartOfCost[] {
  const all = [{ funder: "", shareBp: issuerShareBp(shares) }, ...shares].map((share) => {
    const exact = BigInt(costYen) * BigInt(share.shareBp);
    const whole = BigInt(WHOLE_BP);
    return { ...share, amountYen: Number(exact / whole), restBp: Number(exact % whole) };
  });
  let leftYen = all.reduce((rest, { amountYen }) => rest - amountYen, costYen);
  const byRemainder = [...all].sort((a, b) => b.restBp - a.restBp);
  for (const part of byRemainder) {
    if (leftYen === 0) break;
    part.amountYen += 1;
    leftYen -= 1;
  }
  return all.slice(1).map(({ funder, amountYen }) => ({ funder, amountYen }));
}
