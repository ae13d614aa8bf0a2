/** What an access test showed, by node and in all. */
import { ACCEPTED } from "../../ledger/block.ts";
import { type Percentiles, percentilesOf } from "../percentiles.ts";
import type { PingOutcome } from "./fire.ts";

/** The figures of one node, or of all. */
export interface AccessSummary {
  /** Address; null for all together. */
  readonly node: string | null;
  readonly terminals: number;
  readonly committed: number;
  /** Terminals that sent more than once, because a node was busy or out of reach. */
  readonly sentAgain: number;
  /** From the instant to the answer, of every terminal, whatever the answer was. */
  readonly latencyMs: Percentiles;
  /** How often each result came that was not OK. */
  readonly failures: { readonly [result: string]: number };
}

/** One summary for each node, in the order of their addresses, then that of all. */
export function summarise(outcomes: readonly PingOutcome[]): AccessSummary[] {
  const nodes = [...new Set(outcomes.map(({ node }) => node))].sort((a, b) => (a < b ? -1 : 1));
  return [
    ...nodes.map((node) => summaryOf(node, outcomesAt(outcomes, node))),
    summaryOf(null, outcomes),
  ];
}

/** The outcomes that a node told. */
export function outcomesAt(outcomes: readonly PingOutcome[], node: string): PingOutcome[] {
  return outcomes.filter((outcome) => outcome.node === node);
}

function summaryOf(node: string | null, outcomes: readonly PingOutcome[]): AccessSummary {
  const failures: Record<string, number> = {};
  for (const { result } of outcomes) {
    if (result !== ACCEPTED) failures[result] = (failures[result] ?? 0) + 1;
  }
  return {
    node,
    terminals: outcomes.length,
    committed: outcomes.filter(({ result }) => result === ACCEPTED).length,
    sentAgain: outcomes.filter(({ sent }) => sent > 1).length,
    latencyMs: percentilesOf(outcomes.map(({ latencyMs }) => latencyMs)),
    failures,
  };
}
