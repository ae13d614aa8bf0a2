/** All tables of a report, and the sums that must be the same in two of them. */
import { type AccountTotal, checkInvariants } from "../../contracts/invariants.ts";
import type { AuditedLedger } from "../audit/audited-ledger.ts";
import { campaignCosts } from "./campaign-costs.ts";
import type { Journal } from "./journal.ts";
import { clearingMatrix, conversions, duesByAge, merchantStatements } from "./money-tables.ts";
import { addFlows, flowOf, isPointAsset, NO_FLOW, type PointFlows } from "./point-flows.ts";
import { pointsByDay, pointsByMonth, unusedBalances } from "./point-tables.ts";
import { sumOf, type Table } from "./table.ts";

/** Two figures that come by different ways, and must be equal. */
export interface Tie {
  readonly name: string;
  readonly left: number;
  readonly right: number;
}

/** A report. */
export interface LedgerReport {
  readonly tables: readonly Table[];
  readonly ties: readonly Tie[];
}

/** The report of a ledger whose blocks were heard by `flows` and `journal`. */
export function ledgerReport(
  ledger: AuditedLedger,
  { flows, journal }: { readonly flows: PointFlows; readonly journal: Journal },
): LedgerReport {
  const days = pointsByDay(flows);
  const months = pointsByMonth(flows);
  const statements = merchantStatements(ledger);
  const dues = duesByAge(ledger);
  const matrix = clearingMatrix(ledger);
  const unused = unusedBalances(flows, ledger);
  const costs = campaignCosts(ledger);
  const totals = checkInvariants(ledger.records());
  return {
    tables: [
      days,
      months,
      unused,
      statements,
      dues,
      matrix,
      conversions(ledger),
      costs,
      journal.table(),
    ],
    ties: [
      ...flowTies(days, months, totals),
      ...moneyTies({ statements, dues, matrix, costs }, totals),
      ...reportTies(unused),
    ],
  };
}

/** What moved, day by day and month by month, leads to what the last state holds. */
function flowTies(days: Table, months: Table, totals: readonly AccountTotal[]): Tie[] {
  const end = totals
    .filter(({ asset }) => isPointAsset(asset))
    .map(({ kind, balancePt }) => flowOf(`${kind}/`, balancePt))
    .reduce(addFlows, NO_FLOW);
  return (["issuedPt", "usedPt", "expiredPt"] as const).flatMap((column) => [
    { name: `${column}: days = state`, left: sumOf(days, column), right: end[column] },
    { name: `${column}: months = days`, left: sumOf(months, column), right: sumOf(days, column) },
  ]);
}

/** What issuers reported as unused is what the chain gives for that day. */
function reportTies({ rows }: Table): Tie[] {
  return rows.flatMap(([issuer, pointType, date, , , , unusedPt, , reportedPt]) =>
    reportedPt === ""
      ? []
      : [
          {
            name: `unused balance of ${issuer}/${pointType} on ${date}: report = chain`,
            left: Number(reportedPt),
            right: Number(unusedPt),
          },
        ],
  );
}

function moneyTies(
  tables: {
    readonly statements: Table;
    readonly dues: Table;
    readonly matrix: Table;
    readonly costs: Table;
  },
  totals: readonly AccountTotal[],
): Tie[] {
  const held = (...kinds: readonly string[]) =>
    totals
      .filter(({ kind }) => kinds.includes(kind))
      .reduce((sumPt, { balancePt }) => sumPt + balancePt, 0);
  const { statements, dues, matrix, costs } = tables;
  const returnedPt = sumOf({ ...statements, rows: statements.rows.filter(isReturned) }, "grossPt");
  return [
    {
      name: "points of merchants: statements = state",
      left: sumOf(statements, "grossPt") - returnedPt,
      right: held("merchant", "batch", "retired"),
    },
    {
      name: "premiums: parts of campaigns' costs = state",
      left: sumOf(costs, "amountYen"),
      right: held("premium"),
    },
    { name: "open yen: dues = state", left: sumOf(dues, "openYen"), right: held("due") },
    { name: "settled yen: dues = state", left: sumOf(dues, "settledYen"), right: held("settled") },
    { name: "clearing: net = 0 (I4)", left: sumOf(matrix, "netYen"), right: 0 },
    {
      name: "clearing: gross in = gross out (I4)",
      left: sumOf(matrix, "grossInYen"),
      right: sumOf(matrix, "grossOutYen"),
    },
  ];
}

/** Points of a returned line are in the till again, and counted there. */
function isReturned(row: Table["rows"][number]): boolean {
  return row.at(-1) === "RETURNED";
}
