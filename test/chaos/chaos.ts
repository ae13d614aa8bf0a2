/** One run: a town pays, the plan strikes, everything is healed, the result is judged. */
import { setTimeout as delay } from "node:timers/promises";
import { inspect } from "node:util";
import { type Decision, submitTransaction } from "../../client/sdk/submit.ts";
import { type RandomBelow, seededRandom } from "../../consensus/random.ts";
import { networkIdOf } from "../../ledger/genesis.ts";
import { ChaosNetwork } from "./chaos-network.ts";
import { FailoverClock } from "./failover.ts";
import { Governance } from "./governance.ts";
import { Observer } from "./observer.ts";
import { Payer } from "./payer.ts";
import type { ChaosReport, InflictedFault } from "./report.ts";
import { type FaultKind, type PlannedFault, planFaults } from "./schedule.ts";
import { begin, end, victimsOf } from "./strike.ts";
import { foundTown, type Resident } from "./town.ts";
import { judge } from "./verdict.ts";

const RESIDENTS = 6;
const LOG_TAIL_LINES = 15;

/** What is run. */
export interface ChaosOptions {
  readonly nodes: number;
  /** Which faults may come. Default: all. */
  readonly kinds?: readonly FaultKind[];
  /** How long faults go on, ms. */
  readonly durationMs: number;
  /** Of the plan and of the clients' choices. */
  readonly seed: number;
  /** Where the network lives and the logs stay. */
  readonly directory: string;
  /** Hears of each fault and each violation when it happens. */
  readonly onEvent: (text: string) => void;
}

/** Runs it. Whatever goes wrong is a violation in the report. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const violations: string[] = [];
  const onViolation = (what: string) => {
    violations.push(what);
    options.onEvent(`VIOLATION: ${what}`);
  };
  const network = await ChaosNetwork.open(options.directory, options.nodes, onViolation);
  const abandon = () => network.abandon();
  process.once("exit", abandon);
  try {
    const report = await live(network, options, onViolation);
    return { ...report, violations, logTails: violations.length === 0 ? [] : logTailsOf(network) };
  } catch (error) {
    throw new Error(`the run broke off\n${logTailsOf(network).join("\n\n")}`, { cause: error });
  } finally {
    process.off("exit", abandon);
    await network.close();
  }
}

function logTailsOf({ nodes }: ChaosNetwork): string[] {
  return nodes.map((node) => node.logTail(LOG_TAIL_LINES));
}

/** From the first transaction to the verdict. */
async function live(
  network: ChaosNetwork,
  { nodes, directory, seed, durationMs, onEvent, kinds }: ChaosOptions,
  onViolation: (what: string) => void,
): Promise<Omit<ChaosReport, "violations" | "logTails">> {
  const random = seededRandom(seed);
  const clock = new FailoverClock();
  const observer = new Observer(onViolation);
  const residents = await found(network, directory);
  const onDecision = (decision: Decision) => clock.decided(decision);
  const payers = residents.map((resident) => {
    const own: RandomBelow = seededRandom(random(2 ** 32));
    return new Payer(resident, { network, random: own, onDecision, onContradiction: onViolation });
  });
  const running = [observer.run(network.nodes), ...payers.map((payer) => payer.run())].map((run) =>
    run.catch((error: unknown) => onViolation(`a client broke off: ${inspect(error)}`)),
  );
  const plan = planFaults(random, nodes, kinds);
  const faults = await strikeFor(durationMs, { network, plan, clock, onEvent }).finally(() => {
    for (const client of [observer, ...payers]) client.stop();
  });
  await Promise.all(running);
  onEvent("everything is healed; the nodes are compared and the money is counted");
  const payments = payers.flatMap(({ records }) => records);
  const wallets = residents.map(({ wallet }) => wallet);
  const verdict = await judge({ network, directory, wallets, payments, onViolation });
  const { failovers } = clock;
  const { electionTimeoutMs, endsOnFullDisk } = network;
  const { terms } = observer;
  const members = network.nodes.map(({ number }) => number);
  const seen = { failovers, terms, members, endsOnFullDisk, payments };
  return { seed, nodes, electionTimeoutMs, faults, verdict, ...seen };
}

function found(network: ChaosNetwork, directory: string): Promise<Resident[]> {
  const { genesis, nodes } = network;
  const clients = nodes.map(({ client }) => client);
  return foundTown(directory, RESIDENTS, networkIdOf(genesis), async ({ bytes, id }) => {
    const { result } = await submitTransaction(bytes, { nodes: clients, genesis });
    if (result !== "OK") throw new Error(`transaction ${id} of the preparation: ${result}`);
  });
}

/** Strikes as planned until the time is over. */
async function strikeFor(
  durationMs: number,
  scene: {
    readonly network: ChaosNetwork;
    readonly plan: Iterable<PlannedFault>;
    readonly clock: FailoverClock;
    readonly onEvent: (text: string) => void;
  },
): Promise<InflictedFault[]> {
  const { network, plan, clock, onEvent } = scene;
  const startMs = performance.now();
  const governance = new Governance(network);
  const faults: InflictedFault[] = [];
  for (const planned of plan) {
    const atMs = performance.now() - startMs;
    if (atMs >= durationMs) break;
    const leader = await network.leader();
    const hit = victimsOf(planned, network.nodes, leader.node);
    const { kind, lastsMs, calmMs } = planned;
    if (kind === "full" && hit.some(({ disk }) => disk === null)) {
      onEvent("no disk can be full: mounting is not allowed here");
      continue;
    }
    const fault = {
      kind,
      atMs,
      lastsMs,
      leader: leader.node.number,
      hit: hit.map((n) => n.number),
    };
    onEvent(eventText(fault));
    faults.push(fault);
    clock.struck(kind, hit.includes(leader.node) ? leader.term : null);
    const strike = { ...planned, network, governance, hit };
    await begin(strike);
    await delay(lastsMs);
    await end(strike);
    await delay(calmMs);
  }
  return faults;
}

function eventText({ kind, atMs, lastsMs, leader, hit }: InflictedFault): string {
  const victims = hit.map((number) => (number === leader ? `${number} (leader)` : number));
  return `${seconds(atMs)} ${kind.padEnd(8)} node ${victims.join(", ")} for ${seconds(lastsMs)}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
