/** The summary for people, in Japanese and English. */
import { resultText } from "../error-report.ts";
import { tableLines } from "../table-lines.ts";
import type { AccessSummary } from "./summary.ts";

const HEADINGS = [
  ["ノード", "端末", "成立", "成功率", "再送", "p50", "p95", "p99", "最大"],
  ["node", "terminals", "committed", "success", "sent again", "ms", "ms", "ms", "max ms"],
];

/** Lines for the terminal: a table, then what failed. */
export function summaryLines(summaries: readonly AccessSummary[]): string[] {
  const failures = Object.entries(summaries.at(-1)?.failures ?? {});
  return [
    ...tableLines([...HEADINGS, ...summaries.map(rowOf)]),
    ...failures.map(([result, count]) => `${count} × ${resultText(result)}`),
  ];
}

function rowOf({ node, terminals, committed, sentAgain, latencyMs }: AccessSummary): string[] {
  const { p50, p95, p99, p100 } = latencyMs;
  return [
    node ?? "全体 all",
    `${terminals}`,
    `${committed}`,
    // Rounded down: 100 % is said of all alone.
    `${(Math.floor((1000 * committed) / terminals) / 10).toFixed(1)} %`,
    `${sentAgain}`,
    ...[p50, p95, p99, p100].map((ms) => ms.toFixed(0)),
  ];
}
