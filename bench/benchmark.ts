/** The benchmark: a network that is never idle, the search for saturation, half of it, and where time goes. */
import { availableParallelism, cpus, loadavg } from "node:os";
import { ensureLocalNetwork, LocalNetwork } from "../client/network/local-network.ts";
import type { Percentiles } from "../client/percentiles.ts";
import { networkIdOf } from "../ledger/genesis.ts";
import { fsyncLatencyMs } from "./fsync-latency.ts";
import {
  type MeasuredLoad,
  type MeasuredStep,
  measureClosedLoop,
  measureStep,
  type Site,
} from "./measure-step.ts";
import { makePayers } from "./payers.ts";
import { PaymentSigning } from "./payment-signing.ts";
import { prepareLedger } from "./preparation.ts";
import { profileNodes } from "./profile/profile-nodes.ts";
import type { NodeProfile } from "./profile/profile-parts.ts";
import { samplingNodes } from "./profile/sampling.ts";
import { findSaturation, type Saturation } from "./saturation.ts";
import { type Spread, spreadOf } from "./spread.ts";
import type { Way } from "./submission.ts";

const NODES = 3;
const RESIDENTS = 64;
const SHOPS = 8;
/**
 * Nodes run for months: compiling their code is no part of what a payment costs. That takes the engine as many payments,
 * and for what is done once a block hundreds of blocks, which only a low rate makes.
 */
const WARM_UP_PAYMENTS = 40_000;
const WARM_UP_OFFER = { ratePerS: 400, seconds: 15 };
/** A network that is never idle, as often as it takes to see how steady that is. */
const CLOSED_LOOP_UNDER_WAY = 2000;
const CLOSED_LOOP_SECONDS_ABOUT = 5;
/** Where a machine is slow: with few more than are under way at once there would be no loop. */
const CLOSED_LOOP_PAYMENTS_MIN: number = 4 * CLOSED_LOOP_UNDER_WAY;
const CLOSED_LOOPS = 3;
/** A load that neighbours disturbed more than that is measured again, so often at most. */
const NEIGHBOURS_SHARE_MAX = 0.1;
const CLOSED_LOOPS_AGAIN_MAX = 4;
/** Half of saturation is what the figures are about: measured longer than the steps that lead there. */
const HALF_FACTOR = 2;

/** What is to be measured. */
export interface BenchmarkOptions {
  /** An empty folder, on the disk that is to be measured. */
  readonly directory: string;
  /** Length of each step of load, s. */
  readonly seconds: number;
  /** Measure at this rate and at half of it, instead of searching for saturation; null searches. */
  readonly ratePerS: number | null;
  /** How payments reach the nodes. */
  readonly way: Way;
  /** Also sample the event loops at half of saturation, in a step of its own. */
  readonly withProfile: boolean;
  /** Hears how far it is. */
  readonly onProgress: (text: string) => void;
}

/** Where it was measured: figures of a machine that others use are worth less. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  /** Load average of the last minute, before the nodes were started and at the end. */
  readonly loadBefore: number;
  readonly loadAfter: number;
}

/** Everything that a run finds out. */
export interface BenchmarkResult {
  readonly machine: Machine;
  readonly nodes: number;
  readonly residents: number;
  readonly shops: number;
  /** Whether `saturation` was searched for; otherwise it is the rate that was asked for. */
  readonly isSearched: boolean;
  /** The steps of the search, in the order of time. */
  readonly steps: readonly MeasuredStep[];
  /** The highest rate that was sustained, or the one asked for. */
  readonly saturation: MeasuredStep;
  readonly half: MeasuredStep;
  /** Half of it again, each payment in a request of its own. */
  readonly terminals: MeasuredStep;
  /** Of a durable write of 4 KiB on the nodes' disk, right after half of saturation. */
  readonly fsyncMs: Percentiles;
  /** So many payments under way that the network is never idle: the least disturbed times. */
  readonly closedLoops: readonly MeasuredLoad[];
  /** Of these. */
  readonly capacityPerS: Spread;
  readonly efficiency: Spread;
  readonly efficiencyWithTerminal: Spread;
  /** Null unless asked for. */
  readonly profiles: readonly NodeProfile[] | null;
}

/** Runs the benchmark; no process is left behind. @throws Error when a node ends or refuses. */
export async function runBenchmark(options: BenchmarkOptions): Promise<BenchmarkResult> {
  const { directory, onProgress, withProfile } = options;
  const loadBefore = loadavg()[0] ?? 0;
  onProgress("making keys, starting nodes");
  const payers = await makePayers(RESIDENTS, SHOPS);
  await ensureLocalNetwork(directory, NODES);
  const exits: Error[] = [];
  const open = () => LocalNetwork.open(directory, (_, error) => exits.push(error));
  const network = await (withProfile ? samplingNodes(directory, open) : open());
  const signing = new PaymentSigning(payers, networkIdOf(network.genesis));
  try {
    onProgress("preparing the ledger");
    await prepareLedger(network, directory, payers);
    const measured = await measure({ network, directory, signing }, options);
    const machine = machineNow(loadBefore);
    if (exits[0] !== undefined) throw exits[0];
    return { machine, nodes: NODES, residents: RESIDENTS, shops: SHOPS, ...measured };
  } finally {
    await signing.close();
    await network.stop();
  }
}

type Measured = Omit<BenchmarkResult, "machine" | "nodes" | "residents" | "shops">;

async function measure(site: Site, options: BenchmarkOptions): Promise<Measured> {
  const { seconds, ratePerS, way, withProfile, onProgress } = options;
  const closedLoops = await measureClosedLoops(site, options);
  const capacityPerS = spreadOf(closedLoops.map(({ achievedPerS }) => achievedPerS));
  const measureAt = async (perS: number) => {
    const step = await measureStep(site, { ratePerS: perS, seconds, way });
    onProgress(progressOf(step));
    return step;
  };
  const { steps, best: saturation } =
    ratePerS === null
      ? await findSaturation(capacityPerS.median, measureAt)
      : await only(measureAt(ratePerS));
  const halfPerS = Math.round((ratePerS ?? saturation.achievedPerS) / 2);
  const halfLoad = { ratePerS: halfPerS, seconds: HALF_FACTOR * seconds, way };
  const half = await measureStep(site, halfLoad);
  onProgress(`half of it: ${progressOf(half)}`);
  const fsyncMs = await fsyncLatencyMs(site.directory);
  const terminals = await measureStep(site, { ...halfLoad, seconds, way: "terminals" });
  onProgress(`the same, each payment by itself: ${progressOf(terminals)}`);
  return {
    isSearched: ratePerS === null,
    steps,
    saturation,
    half,
    terminals,
    fsyncMs,
    closedLoops,
    capacityPerS,
    efficiency: spreadOf(closedLoops.map(({ efficiency }) => efficiency)),
    efficiencyWithTerminal: spreadOf(
      closedLoops.map(({ efficiencyWithTerminal }) => efficiencyWithTerminal),
    ),
    profiles: withProfile ? await profileNodes(site, () => measureStep(site, halfLoad)) : null,
  };
}

/** Warms up and measures what the network does when it is never idle. */
async function measureClosedLoops(
  site: Site,
  { way, onProgress }: BenchmarkOptions,
): Promise<MeasuredLoad[]> {
  const closedLoop = { underWay: CLOSED_LOOP_UNDER_WAY, way };
  const warmUp = await measureClosedLoop(site, { ...closedLoop, payments: WARM_UP_PAYMENTS });
  await measureStep(site, { ...WARM_UP_OFFER, way });
  const payments = Math.max(
    CLOSED_LOOP_PAYMENTS_MIN,
    Math.ceil(warmUp.achievedPerS * CLOSED_LOOP_SECONDS_ABOUT),
  );
  const all: MeasuredLoad[] = [];
  const calm = () => all.filter(({ neighboursShare }) => neighboursShare < NEIGHBOURS_SHARE_MAX);
  while (calm().length < CLOSED_LOOPS && all.length < CLOSED_LOOPS + CLOSED_LOOPS_AGAIN_MAX) {
    const load = await measureClosedLoop(site, { ...closedLoop, payments });
    all.push(load);
    onProgress(
      `never idle: ${load.achievedPerS.toFixed(0)}/s, efficiency ${load.efficiency.toFixed(3)}`,
    );
  }
  return all.toSorted((a, b) => a.neighboursShare - b.neighboursShare).slice(0, CLOSED_LOOPS);
}

/** A search that was told what to find. */
async function only(measuring: Promise<MeasuredStep>): Promise<Saturation<MeasuredStep>> {
  const best = await measuring;
  return { steps: [best], best };
}

function progressOf({ offeredPerS, achievedPerS, latencyMs, isSustained }: MeasuredStep): string {
  const rates = `${offeredPerS}/s offered, ${achievedPerS.toFixed(0)}/s achieved`;
  return `${rates}, p99 ${latencyMs.p99.toFixed(0)} ms${isSustained ? "" : ": not sustained"}`;
}

function machineNow(loadBefore: number): Machine {
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    node: process.version,
    loadBefore,
    loadAfter: loadavg()[0] ?? 0,
  };
}
