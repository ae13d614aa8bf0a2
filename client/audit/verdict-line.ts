/** The verdict of an audit in one line. */
import type { AccountTotal } from "../../contracts/invariants.ts";
import type { Finding } from "../../ledger/verify-evidence.ts";
import type { AuditFailed, AuditPassed } from "./verify-bundle.ts";

/** `verified up to height …`, or the height and the rule that is broken there. */
export function verdictLine(verdict: AuditPassed | AuditFailed): string {
  if (!verdict.ok) {
    const { height, rule, file, detail, detailJa, facts } = verdict;
    const said = Object.entries(facts).map(([name, value]) => `${name}: ${value}`);
    const tail = said.length === 0 ? "" : ` (${said.join(", ")})`;
    const where = file === "" ? "" : ` in ${file}`;
    return `broken at height ${height}${where}: ${rule}: ${detail} / ${detailJa}${tail}`;
  }
  const { height, transactions, cardSignatures, votes, totals, networkId } = verdict;
  const trust = verdict.trustedGenesis
    ? ""
    : `, by the bundle's own genesis ${networkId.slice(0, 16)}… ` +
      "(pass --genesis to check against yours)";
  const rehearsed = verdict.clock === "world" ? "" : ", a rehearsal: no points of worth / 予行";
  return (
    `verified up to height ${height}${howFar(verdict)}: ${transactions} transactions, ` +
    `${cardSignatures} card signatures, ${votes} votes, totals balance (${balances(totals)})` +
    `${proven(verdict.evidence)}${rehearsed}${trust}`
  );
}

/** ` by execution from block 41; attested before (blocks 1 to 40: 3 transactions without their private part)`. */
function howFar({ attestedHeight, prunedTransactions }: AuditPassed): string {
  if (attestedHeight === 0) return "";
  return (
    ` by execution from block ${attestedHeight + 1}; attested by certificates before ` +
    `(blocks 1 to ${attestedHeight}: ${prunedTransactions} transactions without their private part)`
  );
}

/** `, evidence proven: node 3 (double-vote, term 2, height 5)`, for each piece. */
function proven(findings: readonly Finding[]): string {
  const said = findings.map(
    ({ kind, culprits, term, height }) =>
      `node ${culprits.join(" and ")} (${kind}, term ${term}, height ${height})`,
  );
  return said.length === 0 ? "" : `, evidence proven: ${said.join(", ")}`;
}

/** `131164/health: 1000 pt = wallet 650 + merchant 350`, for each kind of points. */
function balances(totals: readonly AccountTotal[]): string {
  const issues = totals.filter(({ kind }) => kind === "issue");
  const lines = issues.map(({ asset, balancePt: issuePt }) => {
    const holders = totals
      .filter((total) => total.asset === asset && total.kind !== "issue" && total.balancePt > 0)
      .map(({ kind, balancePt }) => `${kind} ${balancePt}`);
    return `${asset}: ${-issuePt} pt = ${holders.length === 0 ? "0" : holders.join(" + ")}`;
  });
  return lines.length === 0 ? "no points issued" : lines.join("; ");
}
