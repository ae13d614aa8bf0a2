/** The figures of an import as both officers see them. */
import type { GrantTerms } from "./grant-batches.ts";
import type { GrantTotals } from "./grants-file.ts";

/** For people. */
export function totalsLines(terms: GrantTerms, totals: GrantTotals): string[] {
  const { issuer, pointType, budgetCategory, day } = terms;
  const { lines, wallets, totalPt, largestPt, batches } = totals;
  return [
    `${issuer} ${pointType}（${budgetCategory}） 付与日 / day of the grant: ${day}`,
    `  件数 ${lines}  人数 ${wallets}  合計 ${totalPt} ポイント  最高 ${largestPt}  取引 ${batches}`,
    `  ${lines} lines, ${wallets} wallets, ${totalPt} pt in all, ${largestPt} at most, ${batches} transactions`,
  ];
}
