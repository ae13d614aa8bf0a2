/** Growth for people. */
import { tableLines } from "../../client/table-lines.ts";
import { spreadText } from "../spread.ts";
import type { Growth, SizedNetwork } from "./growth.ts";
import type { StateCost } from "./state-cost.ts";

/** Lines for the terminal. */
export function growthLines({ byWallets, byHeight, byNodes, catchUp, audit }: Growth): string[] {
  return [
    "one node, no network: CPU µs per payment, median (and spread) over blocks of 400",
    ...tableLines([
      ["wallets", "blocks", "all", "of that signatures", "start s", "RSS MiB"],
      ...[...byWallets, ...byHeight].map(stateRow),
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
    `a node that missed ${catchUp.missedPayments} payments in ${catchUp.missedBlocks} blocks: ` +
      `serves after ${catchUp.readyS.toFixed(1)} s, level after ${catchUp.levelS.toFixed(1)} s; ` +
      `${perS(catchUp.missedPayments, catchUp.levelS)} payments/s, ` +
      `${perS(2 * catchUp.missedPayments, catchUp.cpuS)} signatures per CPU second, ` +
      `bare verification is ${catchUp.verifyingShare.toFixed(2)} of its CPU time; ` +
      `${catchUp.residentMiB.toFixed(0)} MiB`,
    `audit: ${audit.transactions} transactions, ` +
      `${perS(audit.transactions, audit.exportS)}/s exported, ` +
      `${perS(audit.transactions, audit.verifyS)}/s verified ` +
      `(${perS(audit.transactions, audit.verifyCpuS)} per CPU second)`,
  ];
}

function stateRow(cost: StateCost): string[] {
  return [
    `${cost.wallets}`,
    `${cost.blocks}`,
    spreadText(cost.cpuUsPerPayment, 0),
    cost.verifyUsPerPayment.median.toFixed(0),
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
