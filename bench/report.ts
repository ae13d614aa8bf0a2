/** The result as text for people. */
import { tableLines } from "../client/table-lines.ts";
import type { BenchmarkResult } from "./benchmark.ts";
import type { MeasuredLoad, MeasuredStep } from "./measure-step.ts";
import type { NodeProfile, TimeShare } from "./profile/profile-parts.ts";
import { spreadText } from "./spread.ts";

const FUNCTIONS_SHOWN = 12;

/** Lines for the terminal. */
export function reportLines(result: BenchmarkResult): string[] {
  const { machine, closedLoops, saturation, half, terminals, fsyncMs } = result;
  return [
    `${result.nodes} nodes, the load and its cards on one machine: ${machine.cores} × ${machine.cpu}, ` +
      `Node ${machine.node}`,
    `load average ${machine.loadBefore.toFixed(1)} before, ${machine.loadAfter.toFixed(1)} after`,
    "",
    ...tableLines([
      [
        "offered/s",
        "achieved/s",
        "committed",
        "in a block",
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "p100 ms",
        "neighbours",
        "efficiency",
        "with terminal",
        "",
      ],
      ...closedLoops.map((load) => loadRow("never idle", load)),
      ...[...result.steps, half, terminals].map(stepRow),
    ]),
    "",
    `fsync of 4 KiB        p50 ${fsyncMs.p50.toFixed(1)} ms, p99 ${fsyncMs.p99.toFixed(1)} ms`,
    `${result.isSearched ? "saturation" : "given rate"}            ${saturation.achievedPerS.toFixed(0)} payments/s`,
    `never idle            ${spreadText(result.capacityPerS, 0)} payments/s`,
    `efficiency            ${spreadText(result.efficiency, 3)} when never idle: the card's signature alone`,
    `with terminal         ${spreadText(result.efficiencyWithTerminal, 3)}: both signatures that the rule demands`,
    ...[...closedLoops, half, terminals].map(floorLine),
    "",
    "CPU per payment, µs:",
    ...tableLines([
      [
        "",
        "node",
        "all",
        "event loop",
        "verifier",
        "engine",
        "files",
        "RSS MiB",
        "disk B",
        "wire B",
      ],
      ...closedLoops.flatMap((load) => nodeRows("never idle", load)),
      ...nodeRows("half", half),
      ...nodeRows("terminals", terminals),
    ]),
    ...(result.profiles ?? []).flatMap(profileLines),
  ];
}

function stepRow(step: MeasuredStep): string[] {
  return [...loadRow(`${step.offeredPerS}`, step), step.isSustained ? "" : "not sustained"];
}

function loadRow(name: string, load: MeasuredLoad): string[] {
  const { p50, p95, p99, p100 } = load.latencyMs;
  return [
    name,
    load.achievedPerS.toFixed(0),
    `${load.committed}/${load.payments}`,
    load.paymentsPerBlock.toFixed(0),
    ...[p50, p95, p99, p100].map((ms) => ms.toFixed(1)),
    `${(100 * load.neighboursShare).toFixed(0)} %`,
    load.efficiency.toFixed(3),
    load.efficiencyWithTerminal.toFixed(3),
  ];
}

function floorLine({ floor, achievedPerS }: MeasuredLoad): string {
  return (
    `bare verification     ${spreadText(floor.cardUs, 1)} µs card, ` +
    `${spreadText(floor.terminalUs, 1)} µs terminal, beside ${achievedPerS.toFixed(0)}/s`
  );
}

function nodeRows(name: string, step: MeasuredLoad): string[][] {
  const rows = step.nodes.map((usage) => [
    name,
    `${usage.node}${usage.isLeader ? " leader" : ""}`,
    usage.cpuUsPerPayment.toFixed(0),
    usage.mainThreadUsPerPayment.toFixed(0),
    usage.verifyThreadUsPerPayment.toFixed(0),
    usage.engineThreadsUsPerPayment.toFixed(0),
    usage.diskThreadsUsPerPayment.toFixed(0),
    usage.residentMiB.toFixed(0),
    usage.diskBytesPerPayment.toFixed(0),
    usage.wireBytesPerPayment.toFixed(0),
  ]);
  const generator = step.loadGeneratorCpuUsPerPayment.toFixed(0);
  return [...rows, [name, "load", generator, "", "", "", "", "", "", ""]];
}

function profileLines({ node, isLeader, parts, functions }: NodeProfile): string[] {
  const row = ({ name, usPerPayment }: TimeShare) => [name, usPerPayment.toFixed(1)];
  return [
    "",
    `node ${node} (${isLeader ? "leader" : "follower"}), half load, µs per payment by part:`,
    ...tableLines(parts.map(row)),
    "its event loop by function:",
    ...tableLines(functions.slice(0, FUNCTIONS_SHOWN).map(row)),
  ];
}
