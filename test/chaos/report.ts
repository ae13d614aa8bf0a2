/** What a run says of itself: a few lines for people, one object for programs. */
import { toHex } from "../../ledger/bytes.ts";
import { type Failover, medianOf } from "./failover.ts";
import type { PaymentRecord } from "./payer.ts";
import type { FaultKind } from "./schedule.ts";
import type { Verdict } from "./verdict.ts";

/** A fault that happened. */
export interface InflictedFault {
  readonly kind: FaultKind;
  /** Since the first, ms. */
  readonly atMs: number;
  readonly lastsMs: number;
  readonly leader: number;
  /** Numbers of the nodes that were hit. */
  readonly hit: readonly number[];
}

/** Everything about a run. */
export interface ChaosReport {
  readonly seed: number;
  readonly nodes: number;
  /** Without a leader for so long, or up to twice, a node asks for votes, ms. */
  readonly electionTimeoutMs: number;
  readonly faults: readonly InflictedFault[];
  readonly failovers: readonly Failover[];
  /** Terms that had a leader, as far as was seen. */
  readonly terms: number;
  /** Numbers of the nodes at the end. */
  readonly members: readonly number[];
  /** How often a node ended because its disk was full, to come back when there was room. */
  readonly endsOnFullDisk: number;
  readonly payments: readonly PaymentRecord[];
  readonly verdict: Verdict;
  /** What must never happen and did; empty when all is well. */
  readonly violations: readonly string[];
  /** The end of every node's log, when there are violations. */
  readonly logTails: readonly string[];
}

/** The report as text. */
export function reportText(report: ChaosReport): string {
  const { seed, nodes, faults, terms, verdict, violations } = report;
  const { committed, refused, turnedAway, unknown } = countFates(report.payments);
  const lines = [
    ["seed", `${seed} (${nodes} nodes)`],
    ["faults", `${faults.length}: ${countsText(faults)}`],
    [
      "payments",
      `${committed} committed, ${refused} refused, ${turnedAway} turned away, ${unknown} unheard`,
    ],
    ["leaders", `${terms} terms; payments stood still for ${failoverText(report)}`],
    ["patience", `no client waited longer than ${inTimeouts(report, longestWaitMs(report))}`],
    ["members", `${membershipText(report)}`],
    ["disks", diskText(report)],
    [
      "chain",
      `height ${verdict.height}, state ${toHex(verdict.stateRoot).slice(0, 16)} on all nodes`,
    ],
    ["audit", `${verdict.audited} transactions of each node's chain verified again`],
    ["money", `${verdict.accepted} payments accepted, ${verdict.spentPt} pt, counted on all nodes`],
    ["verdict", violations.length === 0 ? "no violation" : `${violations.length} VIOLATIONS`],
    ...violations.map((what) => ["", what]),
  ];
  return lines.map(([name = "", text = ""]) => `${name.padEnd(10)}${text}\n`).join("");
}

/** The report as one JSON object. */
export function reportJson(report: ChaosReport): object {
  const { payments, verdict, ...rest } = report;
  return {
    ...rest,
    payments: countFates(payments),
    failoverMedianElectionTimeouts: medianOf(failoversInTimeouts(report)),
    longestWaitElectionTimeouts: longestWaitMs(report) / report.electionTimeoutMs,
    verdict: { ...verdict, stateRoot: toHex(verdict.stateRoot) },
  };
}

function countFates(payments: readonly PaymentRecord[]) {
  const fates = payments.map(({ fate }) =>
    fate.kind === "decided" ? fate.decision.status : fate.kind,
  );
  const count = (wanted: string) => fates.filter((fate) => fate === wanted).length;
  return {
    committed: count("committed"),
    refused: count("refused"),
    turnedAway: count("turned away"),
    unknown: count("unknown"),
  };
}

function countsText(faults: readonly InflictedFault[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of faults) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join(", ");
}

function countOf({ faults }: ChaosReport, ...kinds: readonly FaultKind[]): number {
  return faults.filter(({ kind }) => kinds.includes(kind)).length;
}

function membershipText(report: ChaosReport): string {
  const changes = countOf(report, "replace", "grow", "demote", "rotate");
  const [replaced, grown] = [countOf(report, "replace"), countOf(report, "grow")];
  return (
    `${changes} changes: ${replaced} lost nodes replaced, ${grown} joined while one retired; ` +
    `in the end ${report.members.join(", ")}`
  );
}

function diskText(report: ChaosReport): string {
  const full = countOf(report, "full");
  if (full === 0) return "none was full";
  return `${full} times full; ${report.endsOnFullDisk} nodes ended, and came back`;
}

function longestWaitMs({ payments }: ChaosReport): number {
  return Math.max(0, ...payments.map(({ waitedMs }) => waitedMs));
}

function inTimeouts({ electionTimeoutMs }: ChaosReport, durationMs: number): string {
  return `${(durationMs / electionTimeoutMs).toFixed(1)} election timeouts`;
}

function failoverText(report: ChaosReport): string {
  const durations = failoversInTimeouts(report);
  const [median, min, max] = [medianOf(durations), durations.at(0), durations.at(-1)];
  if (median === null || min === undefined || max === undefined) {
    return "no change that was measured";
  }
  const range = `${min.toFixed(1)}–${max.toFixed(1)}`;
  const unit = `1 = ${report.electionTimeoutMs} ms`;
  return `${median.toFixed(1)} election timeouts (median of ${durations.length}, ${range}; ${unit})`;
}

function failoversInTimeouts({ failovers, electionTimeoutMs }: ChaosReport): number[] {
  return failovers
    .map(({ durationMs }) => durationMs / electionTimeoutMs)
    .toSorted((a, b) => a - b);
}
