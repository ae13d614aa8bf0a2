/**
 * What one organisation owes another in yen: memo entries beside the points (1 pt = ¥1). Gross figures are
 * kept even where money is netted (clearing.ts), as budget law asks.
 */
import { identifier } from "../../ledger/membership.ts";
import { type Infer, nullable, oneOf, record } from "../../ledger/schema.ts";
import { type CivilDate, civilDate } from "../fields/dates.ts";
import { totalYen } from "../fields/fields.ts";
import { addPt, type Balance, type Posting, posting, yenAsset } from "../points/accounts.ts";

/**
 * Why money is owed: points taken for another issuer, a company's points that were converted, or a share of what a
 * campaign cost.
 */
export const DUE_KINDS = ["ACCEPTANCE", "CONVERSION", "COST_SHARE"] as const;

/** A clearing, by the organisation that runs it and its name. */
export const clearingName = record({ operator: identifier, clearing: identifier });

/** What is owed for one cause. */
export const dueSchema = record({
  kind: oneOf(DUE_KINDS),
  /** When the first yen of it came to be owed: ageing counts from here. */
  arisenOn: civilDate,
  owedYen: totalYen,
  settledYen: totalYen,
  writtenOffYen: totalYen,
  /** The clearing under way that holds it; nothing else may change it then. */
  clearing: nullable(clearingName),
});
/** What is owed for one cause. */
export type Due = Infer<typeof dueSchema>;

/** The amounts of a due. */
export type DueAmounts = Pick<Due, "owedYen" | "settledYen" | "writtenOffYen">;

/** What is still to be paid, yen. */
export function openYen({ owedYen, settledYen, writtenOffYen }: DueAmounts): number {
  return owedYen - settledYen - writtenOffYen;
}

/** The four accounts of a due. @param name `<debtor>/<creditor>/<cause>`. */
export function dueBalances(name: string, due: DueAmounts): readonly Balance[] {
  const asset = yenAsset(debtorOf(name));
  return [
    { account: `owed/${name}`, asset, balancePt: -due.owedYen },
    { account: `due/${name}`, asset, balancePt: openYen(due) },
    { account: `settled/${name}`, asset, balancePt: due.settledYen },
    { account: `written-off/${name}`, asset, balancePt: due.writtenOffYen },
  ];
}

/** The due after more came to be owed. */
export function withMoreOwed(
  before: Due | null,
  { kind, amountYen, today }: Pick<Due, "kind"> & { amountYen: number; today: CivilDate },
): Due {
  const nothing = { arisenOn: today, owedYen: 0, settledYen: 0, writtenOffYen: 0, clearing: null };
  const due = before ?? { kind, ...nothing };
  return { ...due, owedYen: addPt(due.owedYen, amountYen) };
}

/** Yen come to be owed. */
export function owe(name: string, amountYen: number): readonly Posting[] {
  return move({ from: "owed", to: "due", name, amountYen });
}

/** Yen that were owed are paid. */
export function settle(name: string, amountYen: number): readonly Posting[] {
  return move({ from: "due", to: "settled", name, amountYen });
}

/** The creditor gives up what he was owed. */
export function writeOff(name: string, amountYen: number): readonly Posting[] {
  return move({ from: "due", to: "written-off", name, amountYen });
}

type DueAccount = "owed" | "due" | "settled" | "written-off";

function move(movement: {
  readonly from: DueAccount;
  readonly to: DueAccount;
  readonly name: string;
  readonly amountYen: number;
}): readonly Posting[] {
  const { from, to, name, amountYen } = movement;
  const asset = yenAsset(debtorOf(name));
  return [
    posting(`${from}/${name}`, asset, -amountYen),
    posting(`${to}/${name}`, asset, amountYen),
  ];
}

function debtorOf(name: string): string {
  return name.slice(0, name.indexOf("/"));
}
