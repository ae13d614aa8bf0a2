/**
 * What a municipality's points cost in a fiscal year and how much of that came to shops through residents.
 *
 *     cost        = points used + own costs − own income − merchant fees + shares borne for others − shares borne by others
 *     return rate = points used ÷ cost
 *     inside rate = points used at the municipality's own shops ÷ points used
 *
 * Points cost their yen when they are used, not when they are granted: what lapses was paid to nobody. Every figure but the
 * municipality's own lines is the ledger's.
 */
import { CAMPAIGN } from "../../contracts/campaigns/campaign-records.ts";
import { COST_SHARE, partsOfCost } from "../../contracts/campaigns/cost-share.ts";
import { fiscalYearOf } from "../../contracts/fields/dates.ts";
import type { Holdings } from "../../contracts/spending/till.ts";
import {
  BATCH,
  BUDGET,
  DUE,
  MERCHANT,
  MERCHANT_ACCOUNT,
} from "../../contracts/state/state-records.ts";
import type { AuditedLedger } from "../audit/audited-ledger.ts";
import type { CostLines } from "./cost-lines.ts";
import type { Tie } from "./ledger-report.ts";
import { addFlows, NO_FLOW, type PointFlows } from "./point-flows.ts";
import type { Cell, Table } from "./table.ts";

const WHOLE_BP = 10_000;

/** Which municipality, and its own lines. */
export interface CostReturnQuestion {
  readonly municipality: string;
  readonly own: CostLines;
}

/** The figures of one fiscal year: points and yen, and rates in basis points. */
export interface CostReturn {
  readonly appropriatedPt: number;
  readonly grantedPt: number;
  readonly premiumPt: number;
  readonly usedInsidePt: number;
  readonly usedElsewherePt: number;
  readonly usedPt: number;
  readonly ownCostsYen: number;
  readonly ownIncomeYen: number;
  readonly merchantFeesYen: number;
  readonly borneForOthersYen: number;
  readonly borneByOthersYen: number;
  readonly costYen: number;
  /** Null where nothing was spent. */
  readonly returnRateBp: number | null;
  readonly insideRateBp: number | null;
}

/** The figures. */
export function costReturn(
  ledger: AuditedLedger,
  { municipality, own }: CostReturnQuestion,
): CostReturn {
  const { fiscalYear: year } = own;
  const budgets = ledger.all(BUDGET).filter(({ id }) => id.startsWith(`${municipality}/${year}/`));
  const premiums = campaignsOf(ledger, municipality).filter(
    ({ value }) => value.fiscalYear === year,
  );
  const used = takings(ledger).filter(
    ({ issuer, fiscalYear }) => issuer === municipality && fiscalYear === year,
  );
  const usedPt = sum(used.map(({ balancePt }) => balancePt));
  const usedInsidePt = sum(
    used.filter(({ shopOf }) => shopOf === municipality).map(({ balancePt }) => balancePt),
  );
  const ownCostsYen = sum(own.costs.map(({ amountYen }) => amountYen));
  const ownIncomeYen = sum(own.income.map(({ amountYen }) => amountYen));
  const merchantFeesYen = feesOf(ledger, municipality, year);
  const shares = sharesOf(ledger, municipality, year);
  const costYen =
    usedPt +
    ownCostsYen -
    ownIncomeYen -
    merchantFeesYen +
    shares.borneForOthersYen -
    shares.borneByOthersYen;
  return {
    appropriatedPt: sum(budgets.map(({ value }) => value.appropriatedPt)),
    grantedPt: sum(budgets.map(({ value }) => value.grantedPt)),
    premiumPt: sum(premiums.map(({ value }) => value.premiumPt)),
    usedInsidePt,
    usedElsewherePt: usedPt - usedInsidePt,
    usedPt,
    ownCostsYen,
    ownIncomeYen,
    merchantFeesYen,
    ...shares,
    costYen,
    returnRateBp: rateBp(usedPt, costYen),
    insideRateBp: rateBp(usedInsidePt, usedPt),
  };
}

/** The same figures by another way, over all years: the postings of every block. */
export function costReturnTies(
  ledger: AuditedLedger,
  flows: PointFlows,
  municipality: string,
): Tie[] {
  const total = flows
    .days()
    .filter(({ asset }) => asset.startsWith(`${municipality}/`))
    .flatMap(({ days }) => days.map(([, flow]) => flow))
    .reduce(addFlows, NO_FLOW);
  const used = takings(ledger).filter(({ issuer }) => issuer === municipality);
  const budgets = ledger.all(BUDGET).filter(({ id }) => id.startsWith(`${municipality}/`));
  const granted = sum(budgets.map(({ value }) => value.grantedPt));
  const premiums = sum(campaignsOf(ledger, municipality).map(({ value }) => value.premiumPt));
  const converted = ledger
    .all(DUE)
    .filter(({ id, value }) => value.kind === "CONVERSION" && id.split("/")[1] === municipality);
  return [
    {
      name: `points of ${municipality} used: tills and batches = days`,
      left: sum(used.map(({ balancePt }) => balancePt)),
      right: total.usedPt,
    },
    {
      name: `points of ${municipality} issued: granted, given and converted = days`,
      left: granted + premiums + sum(converted.map(({ value }) => value.owedYen)),
      right: total.issuedPt,
    },
  ];
}

/** One row for each figure. */
export function costReturnTable(
  { municipality, own }: CostReturnQuestion,
  figures: CostReturn,
): Table {
  const rows = (Object.keys(FIGURES_JA) as (keyof CostReturn)[]).map((name): Cell[] => {
    return [municipality, own.fiscalYear, name, FIGURES_JA[name], figures[name] ?? ""];
  });
  const lines = [
    ...own.costs.map(({ name, amountYen }): Cell[] => ["cost", name, amountYen]),
    ...own.income.map(({ name, amountYen }): Cell[] => ["income", name, amountYen]),
  ];
  return {
    name: "cost-return",
    titleJa: "費用と還元率",
    titleEn: "Cost and return",
    columns: [
      { name: "municipality", ja: "自治体" },
      { name: "fiscalYear", ja: "年度" },
      { name: "figure", ja: "項目" },
      { name: "figureJa", ja: "名称" },
      { name: "value", ja: "値" },
    ],
    rows: [...rows, ...lines.map((line) => [municipality, own.fiscalYear, ...line])],
  };
}

const FIGURES_JA: Readonly<Record<keyof CostReturn, string>> = {
  appropriatedPt: "予算",
  grantedPt: "付与",
  premiumPt: "特典",
  usedInsidePt: "域内の店での利用",
  usedElsewherePt: "域外の店での利用",
  usedPt: "利用",
  ownCostsYen: "自団体の費用（円）",
  ownIncomeYen: "自団体の収入（円）",
  merchantFeesYen: "加盟店手数料（円）",
  borneForOthersYen: "他団体のための負担（円）",
  borneByOthersYen: "他団体による負担（円）",
  costYen: "総費用（円）",
  returnRateBp: "還元率（一万分の一）",
  insideRateBp: "域内率（一万分の一）",
};

/** What shops took and keep, and whose shops they are: in tills, in batches, paid out. */
function takings(ledger: AuditedLedger) {
  const tills = ledger.all(MERCHANT_ACCOUNT).map(({ id, value: { holdings } }) => {
    return { merchant: id, holdings };
  });
  const lines = ledger
    .all(BATCH)
    .flatMap(({ value }) => value.lines.filter(({ status }) => status !== "RETURNED"));
  return [...tills, ...lines].flatMap(({ merchant, holdings }) => {
    const shopOf = ledger.read(MERCHANT.key(merchant))?.issuer ?? "";
    return (holdings as Holdings).map((holding) => ({ ...holding, shopOf }));
  });
}

function campaignsOf(ledger: AuditedLedger, municipality: string) {
  return ledger.all(CAMPAIGN).filter(({ id }) => id.startsWith(`${municipality}/`));
}

/** What merchants paid for being paid. */
function feesOf(ledger: AuditedLedger, municipality: string, year: number): number {
  return sum(
    ledger
      .all(BATCH)
      .filter(({ id, value }) => id.startsWith(`${municipality}/`) && value.fiscalYear === year)
      .flatMap(({ value }) => (value.approvedOn === null ? [] : value.lines))
      .filter(({ status }) => status !== "RETURNED")
      .map(({ feeYen }) => feeYen),
  );
}

/** Shares of campaigns' costs that were billed in the year. */
function sharesOf(ledger: AuditedLedger, municipality: string, year: number) {
  let borneForOthersYen = 0;
  let borneByOthersYen = 0;
  for (const { id, value } of ledger.all(COST_SHARE)) {
    const { shares, bill } = value;
    if (bill === null || fiscalYearOf(bill.billedOn) !== year) continue;
    for (const { funder, amountYen } of partsOfCost(bill.costYen, shares)) {
      if (id.startsWith(`${municipality}/`)) borneByOthersYen += amountYen;
      if (funder === municipality) borneForOthersYen += amountYen;
    }
  }
  return { borneForOthersYen, borneByOthersYen };
}

/** Rounded down: no figure is made better than it is. */
function rateBp(part: number, whole: number): number | null {
  return whole <= 0 ? null : Math.floor((part * WHOLE_BP) / whole);
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
