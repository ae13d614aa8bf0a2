/** The result as text for people. */
import type { BenchmarkResult } from "./benchmark.ts";
import type { MeasuredStep } from "./measure-step.ts";
import type { MainThreadProfile } from "./profile/profile-parts.ts";

const FUNCTIONS_SHOWN = 12;

/** Lines for the terminal. */
export function reportLines(result: BenchmarkResult): string[] {
  const { machine, saturation, half, terminals, fsyncMs, bareVerification: bare } = result;
  return [
    `${result.nodes} nodes, the load and its cards on one machine: ${machine.cores} × ${machine.cpu}, ` +
      `Node ${machine.node}`,
    `load average ${machine.loadBefore.toFixed(1)} before, ${machine.loadAfter.toFixed(1)} after`,
    "",
    ...table([
      [
        "offered/s",
        "achieved/s",
        "committed",
        "in a block",
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "p100 ms",
        "",
      ],
      ...[...result.steps, half, terminals].map(stepRow),
    ]),
    "",
    `fsync of 4 KiB        p50 ${fsyncMs.p50.toFixed(1)} ms, p99 ${fsyncMs.p99.toFixed(1)} ms`,
    `${result.isSearched ? "saturation" : "given rate"}            ${saturation.achievedPerS.toFixed(0)} payments/s`,
    `efficiency            ${result.efficiencyAtSaturation.toFixed(3)} at this load, ` +
      `${result.efficiencyAtHalf.toFixed(3)} at half of it, ` +
      `${result.efficiencyOfTerminals.toFixed(3)} there with a request for each payment`,
    `bare verification     ${bare.cardUs.toFixed(1)} µs card, ${bare.terminalUs.toFixed(1)} µs terminal`,
    "",
    "CPU per payment, µs:",
    ...table([
      ["", "node", "all", "event loop", "verifier", "other", "RSS MiB", "disk B", "wire B"],
      ...nodeRows("full", saturation),
      ...nodeRows("half", half),
      ...nodeRows("terminals", terminals),
    ]),
    ...(result.profiles ?? []).flatMap(profileLines),
  ];
}

function stepRow(step: MeasuredStep): string[] {
  const { p50, p95, p99, p100 } = step.latencyMs;
  return [
    `${step.offeredPerS}`,
    step.achievedPerS.toFixed(0),
    `${step.committed}/${step.payments}`,
    step.paymentsPerBlock.toFixed(0),
    ...[p50, p95, p99, p100].map((ms) => ms.toFixed(1)),
    step.isSustained ? "" : "not sustained",
  ];
}

function nodeRows(name: string, step: MeasuredStep): string[][] {
  const rows = step.nodes.map((usage) => [
    name,
    `${usage.node}${usage.isLeader ? " leader" : ""}`,
    usage.cpuUsPerPayment.toFixed(0),
    usage.mainThreadUsPerPayment.toFixed(0),
    usage.verifyThreadUsPerPayment.toFixed(0),
    usage.otherThreadsUsPerPayment.toFixed(0),
    usage.residentMiB.toFixed(0),
    usage.diskBytesPerPayment.toFixed(0),
    usage.wireBytesPerPayment.toFixed(0),
  ]);
  const generator = step.loadGeneratorCpuUsPerPayment.toFixed(0);
  return [...rows, [name, "load", generator, "", "", "", "", "", ""]];
}

function profileLines(profile: MainThreadProfile): string[] {
  const { node, isLeader, busyUsPerPayment, parts, functions } = profile;
  const row = ({ name, usPerPayment }: { name: string; usPerPayment: number }) => [
    name,
    usPerPayment.toFixed(1),
  ];
  return [
    "",
    `event loop of node ${node} (${isLeader ? "leader" : "follower"}), half load: ` +
      `${busyUsPerPayment.toFixed(0)} µs per payment`,
    ...table(parts.map(row)),
    "by function:",
    ...table(functions.slice(0, FUNCTIONS_SHOWN).map(row)),
  ];
}

/** Columns as wide as their widest cell: the first to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}
