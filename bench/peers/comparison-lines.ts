/** The comparison for people. */
import { tableLines } from "../../client/table-lines.ts";
import { spreadOf, spreadText } from "../spread.ts";
import type { Comparison, PeerResult, PeerRound } from "./compare.ts";

/** Lines for the terminal. */
export function comparisonLines({ results, missing }: Comparison): string[] {
  return [
    ...tableLines([
      [
        "medians (and spread) over the rounds",
        "payments/s",
        "under way",
        "p50 ms",
        "p99 ms",
        "CPU µs",
        "client µs",
        "ledger ÷ it",
      ],
      ...results.map(rowOf),
    ]),
    ...missing.map((reason) => `not compared: ${reason}`),
  ];
}

function rowOf({ name, perS, underWay, rounds, ledgerRatio }: PeerResult): string[] {
  const median = (of: (round: PeerRound) => number) => spreadOf(rounds.map(of)).median.toFixed(0);
  return [
    name,
    spreadText(perS, 0),
    `${underWay}`,
    median(({ latencyMs }) => latencyMs.p50),
    median(({ latencyMs }) => latencyMs.p99),
    median(({ systemCpuUsPerPayment }) => systemCpuUsPerPayment),
    median(({ clientCpuUsPerPayment }) => clientCpuUsPerPayment),
    spreadText(ledgerRatio, 2),
  ];
}
