/** A node that was away comes back: what it fetches and checks, how fast, and what of that is bare verification. */
import { setTimeout as delay } from "node:timers/promises";
import { nodeFileOf } from "../../client/network/create-network.ts";
import type { LocalNode } from "../../client/network/local-network.ts";
import { NodeProcess } from "../../client/network/node-process.ts";
import { LedgerClient } from "../../client/sdk/ledger-client.ts";
import { keepBusy } from "../closed-loop.ts";
import { type Floor, FloorProbe } from "../floor.ts";
import type { Site } from "../measure-step.ts";
import { type NodeThreads, threadsBetween } from "../node-usage.ts";
import { cpuTimeOf, residentMiBOf } from "../process-usage.ts";
import { submissionTo } from "../submission.ts";

const UNDER_WAY = 2000;
/** Payments live for two minutes: so many are signed at a time. */
const SIGNED_AT_ONCE = 20_000;
const READY_TIMEOUT_MS = 120_000;
const LEVEL_TIMEOUT_MS = 600_000;
/** Each answer takes half a millisecond of the node that is measured. */
const ASK_EVERY_MS = 250;

/** What the node did. */
export interface CatchUp {
  readonly missedPayments: number;
  readonly missedBlocks: number;
  /** From its start to when it answers, and the CPU time of all its threads until then. */
  readonly readyS: number;
  readonly startCpuS: number;
  /** From when it answers to when it has applied what the others had, and CPU time. */
  readonly levelS: number;
  readonly cpuS: number;
  readonly threads: NodeThreads;
  readonly floor: Floor;
  /** Bare verification of both signatures of what it missed ÷ its CPU time from when it answers. */
  readonly verifyingShare: number;
  readonly residentMiB: number;
}

/** Stops the last node, pays, starts it again and watches. The network is of no further use to others. */
export async function measureCatchUp(site: Site, missedPayments: number): Promise<CatchUp> {
  const { network, directory } = site;
  const away = network.nodes.at(-1);
  if (away === undefined) throw new RangeError("a network has nodes");
  const staying = network.nodes.slice(0, -1);
  const before = await heightOf(away);
  await away.process.stop();
  const sample = await payAt(staying, site, missedPayments);
  const goal = Math.max(...(await Promise.all(staying.map(heightOf))));
  const probe = await FloorProbe.start(sample);
  const beganMs = performance.now();
  const back = new NodeProcess(nodeFileOf(directory, away.number));
  try {
    const client = new LedgerClient(await back.ready(READY_TIMEOUT_MS));
    const readyMs = performance.now();
    if (back.pid === undefined) throw new Error("the node has ended");
    const start = cpuTimeOf(back.pid);
    await reach(client, goal);
    const levelMs = performance.now();
    const end = cpuTimeOf(back.pid);
    const cpuS = end.totalS - start.totalS;
    const floor = await probe.stop();
    const bareUs = floor.cardUs.median + floor.terminalUs.median;
    return {
      missedPayments,
      missedBlocks: goal - before,
      readyS: (readyMs - beganMs) / 1000,
      startCpuS: start.totalS,
      levelS: (levelMs - readyMs) / 1000,
      cpuS,
      threads: threadsBetween(start, end),
      floor,
      verifyingShare: (missedPayments * bareUs) / (cpuS * 1_000_000),
      residentMiB: residentMiBOf(back.pid),
    };
  } finally {
    await back.stop();
  }
}

/** @returns some of the payments. @throws Error when one is not committed. */
async function payAt(
  nodes: readonly LocalNode[],
  { signing }: Site,
  count: number,
): Promise<readonly Uint8Array[]> {
  const doors = nodes.map(({ client }) => submissionTo(client.url, "gateway"));
  let last: readonly Uint8Array[] = [];
  for (let done = 0; done < count; done += SIGNED_AT_ONCE) {
    last = await signing.sign(Math.min(SIGNED_AT_ONCE, count - done));
    const samples = await keepBusy(last, { underWay: UNDER_WAY, doors });
    const lost = samples.filter(({ isCommitted }) => !isCommitted).length;
    if (lost > 0) throw new Error(`${lost} payments were not committed`);
  }
  for (const door of doors) door.close();
  return last;
}

async function heightOf({ client }: Pick<LocalNode, "client">): Promise<number> {
  return (await client.status()).appliedHeight;
}

async function reach(client: LedgerClient, height: number): Promise<void> {
  const deadlineMs = performance.now() + LEVEL_TIMEOUT_MS;
  while ((await heightOf({ client })) < height) {
    if (performance.now() > deadlineMs) throw new Error("the node does not come level");
    await delay(ASK_EVERY_MS);
  }
}
