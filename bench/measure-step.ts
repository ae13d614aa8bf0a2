/** One step of the load: offers payments at a rate and says what came of it and what it cost. */
import { setTimeout as delay } from "node:timers/promises";
import type { LocalNetwork, LocalNode } from "../client/network/local-network.ts";
import { countersOf, type NodeCounters } from "./node-counters.ts";
import { offer, type Sample } from "./open-loop.ts";
import type { PaymentSigning } from "./payment-signing.ts";
import { type Percentiles, percentilesOf } from "./percentiles.ts";
import { dataDirectoryOf } from "./preparation.ts";
import { type CpuTime, cpuTimeOf, diskBytesOf, residentMiBOf } from "./process-usage.ts";
import type { Step } from "./saturation.ts";
import type { Way } from "./submission.ts";

/** A rate is sustained when so much of it is answered, within that time. */
const ACHIEVED_SHARE_MIN = 0.95;
const P99_MS_MAX = 1000;
/** The rate of answers counts from here on: before, the first answers are still under way. */
const SETTLING_SHARE = 0.25;
/** How long the other nodes may take to apply what the last answer was about, ms. */
const LEVEL_TIMEOUT_MS = 30_000;
const ASK_EVERY_MS = 20;

/** What a node used for the payments of a step. */
export interface NodeUsage {
  readonly node: number;
  readonly isLeader: boolean;
  /** All threads, user and system, µs. */
  readonly cpuUsPerPayment: number;
  /** The thread of the event loop alone. */
  readonly mainThreadUsPerPayment: number;
  /** The busiest other thread, which verifies signatures. */
  readonly verifyThreadUsPerPayment: number;
  /** Everything else: file system, database and JavaScript engine. */
  readonly otherThreadsUsPerPayment: number;
  readonly residentMiB: number;
  readonly diskBytesPerPayment: number;
  /** Sent to the other members, before encryption. */
  readonly wireBytesPerPayment: number;
}

/** A step's figures. */
export interface MeasuredStep extends Step {
  readonly seconds: number;
  readonly way: Way;
  readonly payments: number;
  readonly committed: number;
  readonly achievedPerS: number;
  /** From the instant a payment was due to its answer, ms; every payment, answered well or not. */
  readonly latencyMs: Percentiles;
  readonly paymentsPerBlock: number;
  readonly nodes: readonly NodeUsage[];
  readonly loadGeneratorCpuUsPerPayment: number;
}

/** Where steps are measured. */
export interface Site {
  readonly network: LocalNetwork;
  readonly directory: string;
  readonly signing: PaymentSigning;
}

/** What load a step offers. */
export interface Offer {
  readonly ratePerS: number;
  readonly seconds: number;
  readonly way: Way;
}

/** A step and the payments that it sent. */
export interface StepRun {
  readonly step: MeasuredStep;
  readonly payments: readonly Uint8Array[];
}

/** Signs, offers, waits for every answer and for every node to have applied everything. */
export async function measureStep(
  { network, directory, signing }: Site,
  { ratePerS, seconds, way }: Offer,
): Promise<StepRun> {
  const payments = await signing.sign(Math.max(1, Math.round(ratePerS * seconds)));
  const urls = network.nodes.map(({ client }) => client.url);
  const use = () => network.nodes.map((node) => snapshot(node, directory));
  const count = () => Promise.all(urls.map(countersOf));
  const countedBefore = await count();
  const before = use();
  const cpuBefore = process.cpuUsage();
  const samples = await offer(payments, { ratePerS, urls, way });
  const { user, system } = process.cpuUsage(cpuBefore);
  const leader = await waitUntilLevel(network);
  const after = use();
  const countedAfter = await count();
  const committed = samples.filter(({ isCommitted }) => isCommitted).length;
  const perPayment = (value: number) => value / Math.max(1, committed);
  const latencyMs = percentilesOf(samples.map(({ dueMs, answeredMs }) => answeredMs - dueMs));
  const achieved = achievedOf(samples);
  const step: MeasuredStep = {
    offeredPerS: ratePerS,
    seconds,
    way,
    payments: payments.length,
    committed,
    achievedPerS: achieved.perS,
    latencyMs,
    isSustained: achieved.share >= ACHIEVED_SHARE_MIN && latencyMs.p99 < P99_MS_MAX,
    paymentsPerBlock: committed / Math.max(1, blocksBetween(countedBefore, countedAfter)),
    nodes: network.nodes.map(({ number }, i) => ({
      ...usageBetween(before[i], after[i], {
        node: number,
        isLeader: number === leader,
        perPayment,
      }),
      wireBytesPerPayment: perPayment(
        (countedAfter[i]?.peerBytesSent ?? 0) - (countedBefore[i]?.peerBytesSent ?? 0),
      ),
    })),
    loadGeneratorCpuUsPerPayment: perPayment(user + system),
  };
  return { step, payments };
}

/** What was committed while the load ran. */
export interface Achieved {
  readonly perS: number;
  /** Of what was due in the same time: arrivals are random, and the share does not depend on their luck. */
  readonly share: number;
}

/** Committed payments once the load had settled and until its last payment was due. */
export function achievedOf(samples: readonly Sample[]): Achieved {
  const lastDueMs = samples.at(-1)?.dueMs ?? 0;
  const fromMs = SETTLING_SHARE * lastDueMs;
  const due = samples.filter(({ dueMs }) => dueMs >= fromMs).length;
  const committed = samples.filter(
    ({ isCommitted, answeredMs }) => isCommitted && answeredMs >= fromMs && answeredMs <= lastDueMs,
  ).length;
  return { perS: (committed * 1000) / (lastDueMs - fromMs), share: committed / due };
}

interface Snapshot {
  readonly cpu: CpuTime;
  readonly residentMiB: number;
  readonly diskBytes: number;
}

function snapshot({ number, process: { pid } }: LocalNode, directory: string): Snapshot {
  if (pid === undefined) throw new Error(`node ${number} does not run`);
  return {
    cpu: cpuTimeOf(pid),
    residentMiB: residentMiBOf(pid),
    diskBytes: diskBytesOf(dataDirectoryOf(directory, number)),
  };
}

function usageBetween(
  before: Snapshot | undefined,
  after: Snapshot | undefined,
  step: {
    readonly node: number;
    readonly isLeader: boolean;
    perPayment(value: number): number;
  },
): Omit<NodeUsage, "wireBytesPerPayment"> {
  if (before === undefined || after === undefined) throw new RangeError("a node is missing");
  const { node, isLeader, perPayment } = step;
  const us = (seconds: number) => perPayment(seconds * 1_000_000);
  const totalS = after.cpu.totalS - before.cpu.totalS;
  const mainS = after.cpu.mainS - before.cpu.mainS;
  const others = [...after.cpu.threadsS].map(
    ([thread, seconds]) => seconds - (before.cpu.threadsS.get(thread) ?? 0),
  );
  const verifyS = Math.max(0, ...others);
  return {
    node,
    isLeader,
    cpuUsPerPayment: us(totalS),
    mainThreadUsPerPayment: us(mainS),
    verifyThreadUsPerPayment: us(verifyS),
    otherThreadsUsPerPayment: us(totalS - mainS - verifyS),
    residentMiB: after.residentMiB,
    diskBytesPerPayment: perPayment(after.diskBytes - before.diskBytes),
  };
}

function blocksBetween(before: readonly NodeCounters[], after: readonly NodeCounters[]): number {
  return (after[0]?.appliedHeight ?? 0) - (before[0]?.appliedHeight ?? 0);
}

/** Waits until every node has applied what the highest has. @returns the leader's number. */
async function waitUntilLevel({ nodes }: LocalNetwork): Promise<number | null> {
  const deadlineMs = performance.now() + LEVEL_TIMEOUT_MS;
  while (performance.now() < deadlineMs) {
    const statuses = await Promise.all(nodes.map(({ client }) => client.status()));
    const heights = statuses.map(({ appliedHeight }) => appliedHeight);
    if (new Set(heights).size === 1) return statuses[0]?.leader ?? null;
    await delay(ASK_EVERY_MS);
  }
  throw new Error("the nodes did not come level");
}
