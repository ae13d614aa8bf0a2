/**
 * A settlement batch: what a payer (the municipality that registered the merchants) took from their tills to
 * pay it out in yen, one line for each merchant. Cut → objections → approved → paid, line by line.
 */
import { identifier } from "../../ledger/membership.ts";
import { type Infer, list, nullable, oneOf, record, uint } from "../../ledger/schema.ts";
import { type CivilDate, civilDate } from "../fields/dates.ts";
import { fiscalYear, totalYen } from "../fields/fields.ts";
import { addPt, type Balance, pointAsset } from "../points/accounts.ts";
import { holdingsSchema } from "../spending/till.ts";
import { type DueAmounts, dueBalances } from "./dues.ts";

/** Merchants in one batch: a larger payer cuts several. */
export const BATCH_LINES_MAX = 500;
/** Balances in all lines of a batch: it stays well below the largest record. */
export const BATCH_HOLDINGS_MAX = 4000;
/** How long after the cut a merchant may object, days. */
export const OBJECTION_DAYS = 5;
/** The highest merchant fee, basis points: 10 %. */
export const FEE_BP_MAX = 1000;

/** Basis points in a whole. */
const BP = 10_000;

const lineSchema = record({
  merchant: identifier,
  holdings: holdingsSchema,
  feeYen: totalYen,
  /**
   * - `OPEN`: cut. - `OBJECTED`: the merchant says that it is wrong.
   * - `RETURNED`: its points went back to the till. - `DUE`: approved, and so owed.
   * - `FAILED`: the bank could not pay it; it is owed still. - `PAID`.
   */
  status: oneOf(["OPEN", "OBJECTED", "RETURNED", "DUE", "FAILED", "PAID"]),
  paidOn: nullable(civilDate),
});
/** What is settled with one merchant. */
export type BatchLine = Infer<typeof lineSchema>;

/** The record of a batch. */
export const batchSchema = record({
  fiscalYear,
  /** The last day of the period whose schedule the payment follows. */
  closesOn: civilDate,
  cutOn: civilDate,
  /** The last day on which a merchant may object. */
  objectionUntil: civilDate,
  paysOn: civilDate,
  feeBp: uint(FEE_BP_MAX),
  approvedOn: nullable(civilDate),
  /** In ascending order of merchant. */
  lines: list(lineSchema, BATCH_LINES_MAX, 1),
});
/** A settlement batch. */
export type Batch = Infer<typeof batchSchema>;

/** The first day of the half month that ends with the batch's period: what was paid since then it settles. */
export function periodStart({ closesOn }: Pick<Batch, "closesOn">): CivilDate {
  return `${closesOn.slice(0, 8)}${closesOn.endsWith("-15") ? "01" : "16"}`;
}

/** The merchant fee, yen: rounded down, to the merchant's advantage. */
export function feeYenOf(grossPt: number, feeBp: number): number {
  return Math.floor((grossPt * feeBp) / BP);
}

/** The points of a line. */
export function grossPtOf({ holdings }: Pick<BatchLine, "holdings">): number {
  return holdings.reduce((sumPt, { balancePt }) => addPt(sumPt, balancePt), 0);
}

/** What the merchant gets, yen. */
export function payoutYenOf(line: Pick<BatchLine, "holdings" | "feeYen">): number {
  return grossPtOf(line) - line.feeYen;
}

/** What a payer claims from another issuer, whose points its merchants took. */
export interface Claim {
  readonly issuer: string;
  readonly amountYen: number;
}

/** What other issuers owe the payer for the lines, in ascending order of issuer. */
export function claimsOf(payer: string, lines: readonly BatchLine[]): Claim[] {
  const sums = new Map<string, number>();
  for (const { issuer, balancePt } of lines.flatMap(({ holdings }) => holdings)) {
    if (issuer !== payer) sums.set(issuer, addPt(sums.get(issuer) ?? 0, balancePt));
  }
  const claims = [...sums].map(([issuer, amountYen]) => ({ issuer, amountYen }));
  return claims.sort((a, b) => (a.issuer < b.issuer ? -1 : 1));
}

/** The name of what a payer owes a merchant for a batch: `<payer>/<merchant>/<batch>`. */
export function payoutName(payer: string, merchant: string, batch: string): string {
  return `${payer}/${merchant}/${batch}`;
}

/** What the accounts of a batch hold. @param id `<payer>/<batch>`. */
export function batchBalances(id: string, { lines }: Batch): readonly Balance[] {
  const [payer = "", batch = ""] = id.split("/");
  return lines.flatMap((line) => [
    ...pointBalances(id, line),
    ...dueBalances(payoutName(payer, line.merchant, batch), payoutDue(line)),
  ]);
}

function pointBalances(id: string, { status, holdings }: BatchLine): readonly Balance[] {
  if (status === "RETURNED") return [];
  const account = status === "PAID" ? `retired/${id}` : `batch/${id}`;
  return holdings.map(({ issuer, pointType, balancePt }) => {
    return { account, asset: pointAsset(issuer, pointType), balancePt };
  });
}

/** What is owed to the merchant of a line: nothing before approval. */
function payoutDue(line: BatchLine): DueAmounts {
  const isOwed = line.status === "DUE" || line.status === "FAILED" || line.status === "PAID";
  const owedYen = isOwed ? payoutYenOf(line) : 0;
  return { owedYen, settledYen: line.status === "PAID" ? owedYen : 0, writtenOffYen: 0 };
}
