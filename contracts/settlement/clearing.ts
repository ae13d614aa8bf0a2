/**
 * Multilateral clearing: many dues between organisations become one payment for each (Σ net = 0, I4). What
 * an organisation owes and is owed stays on record gross; only the money is netted.
 */
import { identifier } from "../../ledger/membership.ts";
import { type Infer, list, nullable, oneOf, record } from "../../ledger/schema.ts";
import { civilDate } from "../fields/dates.ts";
import { totalYen } from "../fields/fields.ts";
import { addPt } from "../points/accounts.ts";

/** Dues in one clearing: it stays well below the largest record. */
export const CLEARING_DUES_MAX = 1000;

/** A due by name. */
export const dueNameFields = { debtor: identifier, creditor: identifier, cause: identifier };

const positionSchema = record({
  organisation: identifier,
  /** What others owe it, yen. */
  grossInYen: totalYen,
  /** What it owes others, yen. */
  grossOutYen: totalYen,
  accepted: oneOf(["WAITING", "YES", "NO"]),
  /** When it confirmed that all that was owed to it is settled; null before. */
  settledOn: nullable(civilDate),
});
/** Where one organisation stands in a clearing. */
export type Position = Infer<typeof positionSchema>;

/** The record of a clearing. */
export const clearingSchema = record({
  cutOn: civilDate,
  dues: list(record({ ...dueNameFields, amountYen: totalYen }), CLEARING_DUES_MAX, 1),
  /** In ascending order of organisation. */
  positions: list(positionSchema, CLEARING_DUES_MAX * 2, 2),
});
/** A clearing. */
export type Clearing = Infer<typeof clearingSchema>;
/** A due in a clearing, with what it came to at the cut. */
export type ClearedDue = Clearing["dues"][number];

/** What an organisation gets; below 0: what it pays, yen. */
export function netYenOf({ grossInYen, grossOutYen }: Position): number {
  return grossInYen - grossOutYen;
}

/** Where a clearing stands. */
export type ClearingStatus = "CUT" | "REJECTED" | "ACCEPTED" | "SETTLED";

/** Where the clearing stands: one NO ends it; all must say YES before anybody settles. */
export function statusOf({ positions }: Clearing): ClearingStatus {
  if (positions.some(({ accepted }) => accepted === "NO")) return "REJECTED";
  if (positions.some(({ accepted }) => accepted === "WAITING")) return "CUT";
  const isSettled = positions.every(
    ({ grossInYen, settledOn }) => grossInYen === 0 || settledOn !== null,
  );
  return isSettled ? "SETTLED" : "ACCEPTED";
}

/** The positions that dues come to, nobody having answered, in ascending order of organisation. */
export function positionsOf(dues: readonly ClearedDue[]): Position[] {
  const grossIn = new Map<string, number>();
  const grossOut = new Map<string, number>();
  for (const { debtor, creditor, amountYen: dueYen } of dues) {
    grossIn.set(creditor, addPt(grossIn.get(creditor) ?? 0, dueYen));
    grossOut.set(debtor, addPt(grossOut.get(debtor) ?? 0, dueYen));
  }
  const organisations = [...new Set([...grossIn.keys(), ...grossOut.keys()])].sort((a, b) =>
    a < b ? -1 : 1,
  );
  return organisations.map((organisation) => ({
    organisation,
    grossInYen: grossIn.get(organisation) ?? 0,
    grossOutYen: grossOut.get(organisation) ?? 0,
    accepted: "WAITING",
    settledOn: null,
  }));
}
