import { join } from "node:path";
import type { Command } from "commander";
import { civilDate, civilDateAt } from "../../contracts/fields/dates.ts";
import { networkIdOf } from "../../ledger/genesis.ts";
import { readGenesis } from "../files.ts";
import { Journal, type JournalEntry } from "../terminal/journal.ts";
import { leafCommand, perform } from "./command.ts";
import { terminalOption } from "./terminal-options.ts";

/** `terminal today`: what the terminal took on a day. */
export function terminalTodayCommand(): Command {
  const command = leafCommand("today", "List the payments of a day, and their sum", [
    "terminal today --dir bakery",
    "terminal today --dir bakery --date 2026-11-01",
  ])
    .addOption(terminalOption())
    .option("--date <date>", "another day, such as 2026-11-01");
  return perform<{ dir: string; date?: string }>(command, (output, { dir, date }) => {
    const networkId = networkIdOf(readGenesis(join(dir, "genesis.json")));
    const day = date === undefined ? civilDateAt(Date.now()) : civilDate.fromJson(date, "date");
    const journal = new Journal(join(dir, "journal"), networkId);
    const { entries, tornLines } = journal.day(day);
    const paid = entries.filter(({ outcome }) => outcome === "PAID");
    const totalPt = paid.reduce((sum, { amountPt }) => sum + amountPt, 0);
    const isUndecided = journal.pending() !== null;
    output.result({ date: day, payments: paid.length, totalPt, entries, isUndecided, tornLines }, [
      ...entries.map(lineOf),
      `${day}: ${paid.length} 件 / payments, ${totalPt.toLocaleString("en-US")} pt`,
      ...(isUndecided ? ["確認中の支払いが1件あります / one payment is not decided yet"] : []),
    ]);
    return true;
  });
}

function lineOf({ atMs, amountPt, outcome, id }: JournalEntry): string {
  const time = new Date(atMs).toLocaleTimeString("ja-JP", { timeZone: "Asia/Tokyo" });
  return `${time.padStart(8)}  ${String(amountPt).padStart(11)} pt  ${OUTCOMES[outcome]}  ${id}`;
}

const OUTCOMES: Readonly<Record<JournalEntry["outcome"], string>> = {
  PAID: "支払い済み / paid",
  REFUSED: "支払いなし / not paid",
  VOIDED: "取消済み / voided",
};
