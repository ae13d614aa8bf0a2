/** One step of the load: sends payments and says what came of them and what they cost. */
import { setTimeout as delay } from "node:timers/promises";
import type { LocalNetwork } from "../client/network/local-network.ts";
import { type Percentiles, percentilesOf } from "../client/percentiles.ts";
import { keepBusy } from "./closed-loop.ts";
import { type Floor, FloorProbe } from "./floor.ts";
import { type NodeUsage, readMeters, type Usage, usageBetween } from "./node-usage.ts";
import { offer, type Sample } from "./open-loop.ts";
import type { PaymentSigning } from "./payment-signing.ts";
import type { Step } from "./saturation.ts";
import { submissionTo, type Way } from "./submission.ts";

/** A rate is sustained when so much of it is answered, within that time. */
const ACHIEVED_SHARE_MIN = 0.95;
const P99_MS_MAX = 1000;
/** The rate of answers counts from here on: before, the first answers are still under way. */
const SETTLING_SHARE = 0.25;
/** How long the other nodes may take to apply what the last answer was about, ms. */
const LEVEL_TIMEOUT_MS = 30_000;
const ASK_EVERY_MS = 20;

/** What came of a load and what it cost. */
export interface MeasuredLoad extends Omit<Usage, "blocks"> {
  readonly way: Way;
  readonly payments: number;
  readonly committed: number;
  readonly achievedPerS: number;
  /** From the instant a payment was due to its answer, ms; every payment, answered well or not. */
  readonly latencyMs: Percentiles;
  readonly paymentsPerBlock: number;
  /** Bare verification in the same seconds. */
  readonly floor: Floor;
  /** The share of the nodes' CPU time that bare verification of the cards' signatures would have taken. */
  readonly efficiency: number;
  /** The same of both signatures that the rule demands: no node could do with less. */
  readonly efficiencyWithTerminal: number;
}

/** A step of an open loop. */
export interface MeasuredStep extends MeasuredLoad, Step {
  readonly seconds: number;
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

/** A load that never lets the network be idle. */
export interface ClosedLoop {
  /** Payments under way at once. */
  readonly underWay: number;
  readonly payments: number;
  readonly way: Way;
}

/** An open loop at one rate. */
export async function measureStep(
  site: Site,
  { ratePerS, seconds, way }: Offer,
): Promise<MeasuredStep> {
  const payments = await site.signing.sign(Math.max(1, Math.round(ratePerS * seconds)));
  const { samples, ...load } = await measure(site, payments, {
    way,
    send: (urls) => offer(payments, { ratePerS, urls, way }),
  });
  const isSustained =
    achievedOf(samples).share >= ACHIEVED_SHARE_MIN && load.latencyMs.p99 < P99_MS_MAX;
  return { offeredPerS: ratePerS, seconds, isSustained, ...load };
}

/** A closed loop: what the network does, and what a payment costs, when it is never idle. */
export async function measureClosedLoop(
  site: Site,
  { underWay, payments: count, way }: ClosedLoop,
): Promise<MeasuredLoad> {
  const payments = await site.signing.sign(count);
  const { samples: _, ...load } = await measure(site, payments, {
    way,
    send: async (urls) => {
      const doors = urls.map((url) => submissionTo(url, way));
      const samples = await keepBusy(payments, { underWay, doors });
      for (const door of doors) door.close();
      return samples;
    },
  });
  return load;
}

interface Sending {
  readonly way: Way;
  send(urls: readonly string[]): Promise<Sample[]>;
}

/** Sends, waits for every answer and for every node to have applied everything. */
async function measure(
  { network, directory }: Site,
  payments: readonly Uint8Array[],
  { way, send }: Sending,
): Promise<MeasuredLoad & { readonly samples: readonly Sample[] }> {
  const probe = await FloorProbe.start(payments);
  const before = await readMeters(network, directory);
  const samples = await send(network.nodes.map(({ client }) => client.url));
  const leader = await waitUntilLevel(network);
  const after = await readMeters(network, directory);
  const floor = await probe.stop();
  const committed = samples.filter(({ isCommitted }) => isCommitted).length;
  const { blocks, ...usage } = usageBetween(before, after, { payments: committed, leader });
  return {
    way,
    payments: payments.length,
    committed,
    achievedPerS: achievedOf(samples).perS,
    latencyMs: percentilesOf(samples.map(({ dueMs, answeredMs }) => answeredMs - dueMs)),
    paymentsPerBlock: committed / Math.max(1, blocks),
    ...usage,
    floor,
    efficiency: efficiencyOf(usage.nodes, floor.cardUs.median),
    efficiencyWithTerminal: efficiencyOf(
      usage.nodes,
      floor.cardUs.median + floor.terminalUs.median,
    ),
    samples,
  };
}

/** The share of the nodes' CPU time that bare verification of a payment, once at each, would have taken. */
export function efficiencyOf(
  nodes: readonly Pick<NodeUsage, "cpuUsPerPayment">[],
  bareUs: number,
): number {
  const usedUs = nodes.reduce((sum, { cpuUsPerPayment }) => sum + cpuUsPerPayment, 0);
  return (bareUs * nodes.length) / usedUs;
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

/** Waits until every node has applied what the highest has. @returns the leader's number. */
export async function waitUntilLevel({ nodes }: LocalNetwork): Promise<number | null> {
  const deadlineMs = performance.now() + LEVEL_TIMEOUT_MS;
  while (performance.now() < deadlineMs) {
    const statuses = await Promise.all(nodes.map(({ client }) => client.status()));
    const heights = statuses.map(({ appliedHeight }) => appliedHeight);
    if (new Set(heights).size === 1) return statuses[0]?.leader ?? null;
    await delay(ASK_EVERY_MS);
  }
  throw new Error("the nodes did not come level");
}
