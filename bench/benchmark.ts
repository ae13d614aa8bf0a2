/** The benchmark: a network, the search for saturation, half of it, the floor, and the ratio of the two. */
import { availableParallelism, cpus, loadavg } from "node:os";
import { ensureLocalNetwork, LocalNetwork } from "../client/network/local-network.ts";
import { networkIdOf } from "../ledger/genesis.ts";
import { bareVerificationUs } from "./bare-verification.ts";
import { fsyncLatencyMs } from "./fsync-latency.ts";
import { type MeasuredStep, measureStep, type Site, type StepRun } from "./measure-step.ts";
import { makePayers } from "./payers.ts";
import { PaymentSigning } from "./payment-signing.ts";
import type { Percentiles } from "./percentiles.ts";
import { prepareLedger } from "./preparation.ts";
import { profileNodes } from "./profile/profile-nodes.ts";
import type { MainThreadProfile } from "./profile/profile-parts.ts";
import { samplingNodes } from "./profile/sampling.ts";
import { findSaturation, type Saturation } from "./saturation.ts";
import type { Way } from "./submission.ts";

const NODES = 3;
const RESIDENTS = 64;
const SHOPS = 8;
const START_PER_S = 400;
/** The JavaScript engine needs some thousand payments until its code is compiled well. */
const WARM_UP_PER_S = 800;
const WARM_UP_SECONDS = 10;
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

/** CPU time of one check on one thread, µs. */
export interface BareVerification {
  readonly cardUs: number;
  readonly terminalUs: number;
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
  readonly saturation: MeasuredStep;
  readonly half: MeasuredStep;
  /** Half of it again, each payment in a request of its own. */
  readonly terminals: MeasuredStep;
  /** Of a durable write of 4 KiB on the nodes' disk, right after half of saturation. */
  readonly fsyncMs: Percentiles;
  readonly bareVerification: BareVerification;
  /** Bare verification of the cards' signatures once per node ÷ all CPU time of all nodes. */
  readonly efficiencyAtSaturation: number;
  readonly efficiencyAtHalf: number;
  readonly efficiencyOfTerminals: number;
  /** Null unless asked for. */
  readonly profiles: readonly MainThreadProfile[] | null;
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
  await measureStep(site, { ratePerS: WARM_UP_PER_S, seconds: WARM_UP_SECONDS, way });
  const runs = new Map<MeasuredStep, StepRun>();
  const measureAt = async (perS: number) => {
    const run = await measureStep(site, { ratePerS: perS, seconds, way });
    runs.set(run.step, run);
    onProgress(progressOf(run.step));
    return run.step;
  };
  const { steps, best } =
    ratePerS === null
      ? await findSaturation(START_PER_S, measureAt)
      : await only(measureAt(ratePerS));
  const payments = runs.get(best)?.payments ?? [];
  const halfPerS = Math.round((ratePerS ?? best.achievedPerS) / 2);
  const halfLoad = { ratePerS: halfPerS, seconds: HALF_FACTOR * seconds, way };
  const { step: half } = await measureStep(site, halfLoad);
  onProgress(`half of it: ${progressOf(half)}`);
  const fsyncMs = await fsyncLatencyMs(site.directory);
  const { step: terminals } = await measureStep(site, { ...halfLoad, seconds, way: "terminals" });
  onProgress(`the same, each payment by itself: ${progressOf(terminals)}`);
  const bareVerification = {
    cardUs: bareVerificationUs(payments, "card"),
    terminalUs: bareVerificationUs(payments, "terminal"),
  };
  const profiles = withProfile ? await profileNodes(site, () => measureStep(site, halfLoad)) : null;
  return {
    isSearched: ratePerS === null,
    steps,
    saturation: best,
    half,
    terminals,
    fsyncMs,
    bareVerification,
    efficiencyAtSaturation: efficiencyOf(best, bareVerification.cardUs),
    efficiencyAtHalf: efficiencyOf(half, bareVerification.cardUs),
    efficiencyOfTerminals: efficiencyOf(terminals, bareVerification.cardUs),
    profiles,
  };
}

/** A search that was told what to find. */
async function only(measuring: Promise<MeasuredStep>): Promise<Saturation<MeasuredStep>> {
  const best = await measuring;
  return { steps: [best], best };
}

/** The share of the nodes' CPU time that bare verification of the cards' signatures would have taken. */
export function efficiencyOf({ nodes }: Pick<MeasuredStep, "nodes">, cardUs: number): number {
  const usedUs = nodes.reduce((sum, { cpuUsPerPayment }) => sum + cpuUsPerPayment, 0);
  return (cardUs * nodes.length) / usedUs;
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
