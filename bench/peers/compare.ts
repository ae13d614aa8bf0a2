/**
 * The ledger beside other systems, in one run on one machine: all get the same payments, in turn, several times, each
 * with as many under way as suit it best. What counts is the ratio within a round.
 */
import { ensureLocalNetwork, LocalNetwork } from "../../client/network/local-network.ts";
import { type Percentiles, percentilesOf } from "../../client/percentiles.ts";
import { networkIdOf } from "../../ledger/genesis.ts";
import { keepBusy } from "../closed-loop.ts";
import { achievedOf } from "../measure-step.ts";
import { makePayers } from "../payers.ts";
import { PaymentSigning } from "../payment-signing.ts";
import { prepareLedger } from "../preparation.ts";
import { cpuTimeOf } from "../process-usage.ts";
import { type Spread, spreadOf } from "../spread.ts";
import { submissionTo } from "../submission.ts";
import { startEtcd } from "./etcd.ts";
import { type Peer, PeerMissing } from "./peer.ts";
import { startPostgres } from "./postgres.ts";

const NODES = 3;
const RESIDENTS = 64;
/** As many as residents: rows that everybody updates would be PostgreSQL's bottleneck and no fair one. */
const SHOPS = 64;
const ROUNDS = 5;
const PAYMENTS = 20_000;
/** With fewer, what is the beginning and the end of a load would decide how many suit a system best. */
const TRIAL_PAYMENTS = 12_000;
const TRIALS_EACH = 2;
/** The JavaScript engine needs as many payments until its code is compiled well. */
const WARM_UP_PAYMENTS = 24_000;

/** What is to be compared. */
export interface CompareOptions {
  /** An empty folder, on the disk that is to be measured. */
  readonly directory: string;
  /** Hears how far it is. */
  readonly onProgress: (text: string) => void;
}

/** One system in one round. */
export interface PeerRound {
  readonly perS: number;
  readonly latencyMs: Percentiles;
  /** All processes of the system, and the load that it got (for PostgreSQL the application, too). */
  readonly systemCpuUsPerPayment: number;
  readonly clientCpuUsPerPayment: number;
}

/** One system in all rounds. */
export interface PeerResult {
  readonly name: string;
  readonly underWay: number;
  readonly rounds: readonly PeerRound[];
  readonly perS: Spread;
  /** The ledger's payments per second ÷ this system's, in the same round. */
  readonly ledgerRatio: Spread;
}

/** Everything that a comparison finds out. */
export interface Comparison {
  /** The ledger first. */
  readonly results: readonly PeerResult[];
  /** What could not be compared, and why. */
  readonly missing: readonly string[];
}

/** Compares; no process is left behind. */
export async function compare({ directory, onProgress }: CompareOptions): Promise<Comparison> {
  const payers = await makePayers(RESIDENTS, SHOPS);
  onProgress("starting the ledger");
  await ensureLocalNetwork(directory, NODES);
  const network = await LocalNetwork.open(directory, () => undefined);
  const signing = new PaymentSigning(payers, networkIdOf(network.genesis));
  const running: Peer[] = [ledgerPeer(network)];
  const missing: string[] = [];
  try {
    await prepareLedger(network, directory, payers);
    for (const start of [
      () => startEtcd(directory),
      () => startPostgres({ directory, standbys: 2, payers }),
      () => startPostgres({ directory, standbys: 0, payers }),
    ]) {
      try {
        running.push(await start());
        onProgress(`${running.at(-1)?.name} runs`);
      } catch (error) {
        if (!(error instanceof PeerMissing)) throw error;
        missing.push(error.message);
      }
    }
    return { results: await alternate(running, signing, onProgress), missing };
  } finally {
    await signing.close();
    for (const peer of running) await peer.stop();
  }
}

function ledgerPeer(network: LocalNetwork): Peer {
  return {
    name: "MyKey ledger, 3 nodes",
    underWayTried: [1000, 2000],
    doors: async () => network.nodes.map(({ client }) => submissionTo(client.url, "gateway")),
    cpuS: () =>
      network.nodes.reduce((sum, { process: { pid } }) => {
        if (pid === undefined) throw new Error("a node does not run");
        return sum + cpuTimeOf(pid).totalS;
      }, 0),
    stop: () => network.stop(),
  };
}

/** Signs so many payments and gives them to each system in turn, but to those that get no number. */
type RunAll = (
  count: number,
  underWayOf: (peer: Peer) => number | undefined,
) => Promise<Map<Peer, PeerRound>>;

async function alternate(
  peers: readonly Peer[],
  signing: PaymentSigning,
  onProgress: CompareOptions["onProgress"],
): Promise<PeerResult[]> {
  // The ledger is the first in each turn, for payments live for two minutes; the others do not ask.
  const runAll: RunAll = async (count, underWayOf) => {
    const payments = await signing.sign(count);
    const done = new Map<Peer, PeerRound>();
    for (const peer of peers) {
      const underWay = underWayOf(peer);
      if (underWay !== undefined) done.set(peer, await runOnce(peer, underWay, payments));
    }
    return done;
  };
  await runAll(WARM_UP_PAYMENTS, ({ underWayTried }) => underWayTried[0]);
  const best = await bestUnderWay(peers, runAll);
  const rounds = new Map<Peer, PeerRound[]>(peers.map((peer) => [peer, []]));
  for (let round = 1; round <= ROUNDS; round += 1) {
    const done = await runAll(PAYMENTS, (peer) => best.get(peer));
    for (const [peer, own] of done) {
      rounds.get(peer)?.push(own);
      onProgress(`round ${round}: ${peer.name}: ${own.perS.toFixed(0)}/s`);
    }
  }
  const ledger = rounds.values().next().value ?? [];
  return peers.map((peer) => {
    const own = rounds.get(peer) ?? [];
    return {
      name: peer.name,
      underWay: best.get(peer) ?? 0,
      rounds: own,
      perS: spreadOf(own.map(({ perS }) => perS)),
      ledgerRatio: spreadOf(own.map(({ perS }, i) => (ledger[i]?.perS ?? 0) / perS)),
    };
  });
}

/** How many payments under way suit each system best: each number is tried more than once, and their sum decides. */
async function bestUnderWay(peers: readonly Peer[], runAll: RunAll): Promise<Map<Peer, number>> {
  const best = new Map<Peer, number>();
  const sums = new Map(peers.map((peer) => [peer, peer.underWayTried.map(() => 0)]));
  const most = Math.max(...peers.map(({ underWayTried }) => underWayTried.length));
  for (let trial = 0; trial < most * TRIALS_EACH; trial += 1) {
    const which = trial % most;
    const done = await runAll(TRIAL_PAYMENTS, ({ underWayTried }) => underWayTried[which]);
    for (const [peer, { perS }] of done) {
      const own = sums.get(peer) ?? [];
      own[which] = (own[which] ?? 0) + perS;
      best.set(peer, peer.underWayTried[own.indexOf(Math.max(...own))] ?? 0);
    }
  }
  return best;
}

/** @throws Error when a payment is refused: then it would be no comparison. */
async function runOnce(
  peer: Peer,
  underWay: number,
  payments: readonly Uint8Array[],
): Promise<PeerRound> {
  const doors = await peer.doors(underWay);
  const [systemBeforeS, clientBefore] = [peer.cpuS(), process.cpuUsage()];
  const samples = await keepBusy(payments, { underWay, doors });
  const { user, system } = process.cpuUsage(clientBefore);
  const systemS = peer.cpuS() - systemBeforeS;
  for (const door of doors) door.close();
  const refused = samples.filter(({ isCommitted }) => !isCommitted).length;
  if (refused > 0) throw new Error(`${peer.name} refused ${refused} of ${payments.length}`);
  return {
    perS: achievedOf(samples).perS,
    latencyMs: percentilesOf(samples.map(({ dueMs, answeredMs }) => answeredMs - dueMs)),
    systemCpuUsPerPayment: (systemS * 1_000_000) / payments.length,
    clientCpuUsPerPayment: (user + system) / payments.length,
  };
}
