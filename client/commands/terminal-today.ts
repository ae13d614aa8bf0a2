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
  const command = leafCommand("today", "List the payments and visits of a day, and the sum", [
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
    const totalPt = paid.reduce((sum, { amountPt }) => sum + (amountPt ?? 0), 0);
    const visits = entries.filter(({ outcome }) => outcome === "VISITED").length;
    const isUndecided = journal.pending() !== null;
    const sums = { payments: paid.length, totalPt, visits };
    output.result({ date: day, ...sums, entries, isUndecided, tornLines }, [
      ...entries.map(lineOf),
      `${day}: ${paid.length} 件 / payments, ${totalPt.toLocaleString("en-US")} pt`,
      ...(visits > 0 ? [`${day}: ${visits} 件 / visits`] : []),
      ...(isUndecided ? ["確認中のものが1件あります / one of them is not decided yet"] : []),
    ]);
    return true;
  });
}

function lineOf({ atMs, amountPt, outcome, id }: JournalEntry): string {
  const time = new Date(atMs).toLocaleTimeString("ja-JP", { timeZone: "Asia/Tokyo" });
  return `${time.padStart(8)}  ${amountPt === null ? " ".repeat(14) : `${String(amountPt).padStart(11)} pt`}  ${OUTCOMES[outcome]}  ${id}`;
}

const OUTCOMES: Readonly<Record<JournalEntry["outcome"], string>> = {
  PAID: "支払い済み / paid",
  VISITED: "来場 / visit",
  REFUSED: "不成立 / refused",
  VOIDED: "取消済み / voided",
};
