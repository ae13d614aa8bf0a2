/** Growth for people. */
import { tableLines } from "../../client/table-lines.ts";
import { spreadText } from "../spread.ts";
import type { CatchUp } from "./catch-up.ts";
import type { Growth, SizedNetwork } from "./growth.ts";
import type { StateCost } from "./state-sizes.ts";

/** Lines for the terminal. */
export function growthLines({ byState, byNodes, catchUp, audit }: Growth): string[] {
  return [
    "one node, no network: CPU µs per payment, median (and spread) over blocks of 400",
    ...tableLines([
      ["wallets", "blocks", "all", "of that signatures", "÷ first", "start s", "RSS MiB"],
      ...byState.map(stateRow),
    ]),
    "",
    "networks that are never idle",
    ...tableLines([
      [
        "nodes",
        "payments/s",
        "in a block",
        "CPU µs of a node",
        "efficiency",
        "p99 ms",
        "neighbours",
      ],
      ...byNodes.map(networkRow),
    ]),
    "",
    ...catchUpLines(catchUp),
    `audit: ${audit.transactions} transactions, ` +
      `${perS(audit.transactions, audit.exportS)}/s exported, ` +
      `${perS(audit.transactions, audit.verifyS)}/s verified ` +
      `(${perS(audit.transactions, audit.verifyCpuS)} per CPU second)`,
  ];
}

function catchUpLines(catchUp: CatchUp): string[] {
  const { missedPayments, missedBlocks, readyS, startCpuS, levelS, cpuS, threads, floor } = catchUp;
  const us = (seconds: number) => ((seconds * 1_000_000) / missedPayments).toFixed(0);
  const bareUs = (floor.cardUs.median + floor.terminalUs.median).toFixed(0);
  return [
    `a node that missed ${missedPayments} payments in ${missedBlocks} blocks: serves after ` +
      `${readyS.toFixed(1)} s (CPU ${startCpuS.toFixed(1)} s), level ${levelS.toFixed(1)} s later: ` +
      `${perS(missedPayments, levelS)} payments/s, ${catchUp.residentMiB.toFixed(0)} MiB`,
    `CPU µs per payment: ${us(cpuS)}, of that event loop ${us(threads.eventLoopS)}, verifying ` +
      `${us(threads.verifyingS)}, engine ${us(threads.engineS)}, files and database ` +
      `${us(threads.diskS)}; bare verification of both signatures ${bareUs}: ` +
      `${catchUp.verifyingShare.toFixed(2)} of it`,
  ];
}

function stateRow(cost: StateCost): string[] {
  return [
    `${cost.wallets}`,
    `${cost.blocks}`,
    spreadText(cost.cpuUsPerPayment, 0),
    cost.verifyUsPerPayment.median.toFixed(0),
    spreadText(cost.ratio, 2),
    cost.startS.toFixed(2),
    cost.residentMiB.toFixed(0),
  ];
}

function networkRow({ nodes, load }: SizedNetwork): string[] {
  const cpuUs = load.nodes.reduce((sum, { cpuUsPerPayment }) => sum + cpuUsPerPayment, 0) / nodes;
  return [
    `${nodes}`,
    load.achievedPerS.toFixed(0),
    load.paymentsPerBlock.toFixed(0),
    cpuUs.toFixed(0),
    load.efficiency.toFixed(3),
    load.latencyMs.p99.toFixed(0),
    `${(100 * load.neighboursShare).toFixed(0)} %`,
  ];
}

function perS(count: number, seconds: number): string {
  return (count / seconds).toFixed(0);
}
