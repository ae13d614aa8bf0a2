/**
 * One run: the town is set up in calm; then anything goes wrong while clients pay; then a majority is healed and must
 * go on by itself; then all others must catch up; the books are examined; and long afterwards all of it is forgotten.
 */
import { useSha256 } from "../../ledger/hash.ts";
import { isQuorum, memberOf, voterOf } from "../../ledger/membership.ts";
import { nativeSha256 } from "../../ledger/native/sha256.ts";
import { stepAfter } from "../../node/chain/membership-steps.ts";
import type { MembershipWait } from "../../node/driver/membership-changer.ts";
import { Adversary } from "./adversary.ts";
import { demand } from "./broken-promise.ts";
import { Client } from "./client.ts";
import { examine } from "./examination.ts";
import { forget } from "./forgetting.ts";
import { History } from "./history.ts";
import type { Machine } from "./machine.ts";
import { Stage } from "./stage.ts";
import type { Order } from "./town.ts";

/** How long the set-up waits for its answers, ms. */
const SET_UP_MS_MAX = 60_000;
/** Payments that a healed majority must decide. */
const LATE_PAYMENTS = 6;

/** What a run came to. */
export interface SimulationResult {
  readonly seed: number;
  /** Equal for equal runs. */
  readonly hash: string;
  readonly events: number;
  readonly blocks: number;
  /** How often things of each kind happened: faults, elections, answers to clients. */
  readonly happened: Readonly<Record<string, number>>;
  /** What went wrong, and the last sentences of the story; null when nothing did. */
  readonly failure: { readonly error: unknown; readonly story: readonly string[] } | null;
}

/** Runs a seed. @param print gets the story, sentence by sentence. */
export async function simulate(
  seed: number,
  print: ((line: string) => void) | null = null,
): Promise<SimulationResult> {
  useSha256(nativeSha256);
  const stage = new Stage(seed, print);
  const history = new History();
  const { story, options, timeline, safety } = stage;
  story.tell(`seed ${seed}: ${JSON.stringify(options)}`);
  const error: unknown = await phases(stage, history).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error !== null) story.tell(String(error));
  return {
    seed,
    hash: story.digest(),
    events: timeline.happened,
    blocks: safety.committed,
    happened: story.counts,
    failure: error === null ? null : { error, story: story.last },
  };
}

async function phases(stage: Stage, history: History): Promise<void> {
  await setUp(stage);
  stage.trouble();
  stage.governors.begin();
  const adversary = new Adversary(stage);
  const orders = new OrderBook(stage);
  const clients = openShop(stage, history, orders);
  const endMs = stage.timeline.nowMs + stage.options.faultyMs;
  await stage.until(() => stage.timeline.nowMs >= endMs);
  adversary.rest();
  stage.governors.rest();
  await recover(stage, orders, clients);
  await catchUp(stage);
  await examine(stage.town, history, wholeMembers(stage));
  await forget(
    stage,
    wholeMembers(stage).filter(({ number }) => stays(stage, number)),
  );
  await catchUp(stage);
}

/** In calm: a leader, a city, its residents. */
async function setUp(stage: Stage): Promise<void> {
  const { town, options } = stage;
  const machines = stage.machines.slice(0, options.nodes);
  stage.calm(machines);
  const leads = ({ process }: Machine): boolean => process?.driver.status.state === "StateLeader";
  await stage.soon(
    () => "nobody was elected",
    () => machines.some(leads),
  );
  let accepted = 0;
  machines.find(leads)?.serve(async (node) => {
    const submitted = town.setUp.map((transaction) => node.submit(transaction, SET_UP_MS_MAX));
    for (const decision of await Promise.all(submitted)) {
      demand(decision?.result === "OK", () => `the set-up was refused: ${decision?.result}`);
      accepted += 1;
    }
  });
  await stage.soon(
    () => "the set-up was not accepted",
    () => accepted === town.setUp.length,
  );
  stage.tell("the town is set up");
}

/** What clients will ask for, and of whom. */
class OrderBook {
  #waiting: readonly Order[];
  #taken: Order[] = [];
  /** The only machines that clients can reach; null for all. */
  reachable: readonly Machine[] | null = null;
  readonly #stage: Stage;

  constructor(stage: Stage) {
    const { payments, grants } = stage.town;
    this.#stage = stage;
    this.#waiting = stage.dice.shuffled([...payments.long, ...payments.short, ...grants]);
  }

  /** What a client asks for next; now and then what was asked for already, or another thing of that id. */
  next(): Order | null {
    const { dice, town } = this.#stage;
    if (this.#taken.length > 0 && !this.isEmpty && dice.chance(0.2)) {
      const taken = dice.pick(this.#taken.slice(-4));
      return dice.chance(0.5) ? taken : (town.rivals.get(taken.id) ?? taken);
    }
    const [order, ...rest] = this.#waiting;
    if (order === undefined) return null;
    this.#waiting = rest;
    this.#taken.push(order);
    return order;
  }

  /** From now on clients ask for this alone. */
  replace(orders: readonly Order[]): void {
    this.#waiting = orders;
    this.#taken = [];
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }
}

function openShop(stage: Stage, history: History, orders: OrderBook): readonly Client[] {
  const { dice, timeline, tell, options, governors } = stage;
  return Array.from({ length: options.load.clients }, (_, i) => {
    const client = new Client({
      number: i + 1,
      dice,
      timeline,
      load: options.load,
      history,
      machines: () => orders.reachable ?? governors.called,
      nextOrder: () => orders.next(),
      tell,
      onBug: stage.fail,
    });
    client.goOn();
    return client;
  });
}

/** Raft's promise: whatever went on before, a majority that runs and hears each other goes on. */
async function recover(stage: Stage, orders: OrderBook, clients: readonly Client[]): Promise<void> {
  const { governors, dice, town } = stage;
  const core = healable(stage);
  stage.tell(`a majority is healed: ${core.map(({ number }) => number).join(", ")}`);
  stage.calm(core);
  // The others are no help, or even a nuisance: switched off, or as they were.
  for (const machine of governors.called) {
    if (!core.includes(machine) && dice.chance(0.7)) machine.crash("power-failure");
  }
  orders.reachable = core;
  orders.replace(dice.shuffled(town.payments.late).slice(0, LATE_PAYMENTS));
  const waiting = (): readonly Client[] => clients.filter(({ isWaiting }) => isWaiting);
  await stage.soon(
    () => `a healed majority decides nothing: ${waiting().length} clients wait`,
    () => orders.isEmpty && waiting().length === 0,
  );
}

/** Whole machines, no more than make a quorum of every membership that counts or is to come. */
function healable({ governors, machines, dice }: Stage): readonly Machine[] {
  const { standing } = governors;
  const core: Machine[] = [];
  for (const machine of dice.shuffled(machines.filter(({ isDamaged }) => !isDamaged))) {
    const numbers = new Set(core.map(({ number }) => number));
    const lacking = standing.filter((membership) => !isQuorum(membership, numbers));
    if (lacking.some((membership) => voterOf(membership, machine.number))) core.push(machine);
  }
  return core;
}

/** Who has not lost his disk, and is a member to the knowledge of those who know most. */
function wholeMembers({ members, machines }: Stage): readonly Machine[] {
  const { current } = members;
  return machines.filter(({ number, isDamaged }) => !isDamaged && memberOf(current, number));
}

/** Whoever leaves hears nothing of later days: its operator destroys its disk. */
function stays({ members: { current } }: Stage, number: number): boolean {
  return memberOf(current, number)?.role !== "leaving";
}

/** Every member who has not lost his disk comes to the same end of the chain, and wishes come true. */
async function catchUp(stage: Stage): Promise<void> {
  const { governors, network } = stage;
  const whole = governors.called.filter(({ isDamaged }) => !isDamaged);
  stage.tell(`all are healed: ${whole.map(({ number }) => number).join(", ")}`);
  stage.calm(whole);
  // A node with a damaged record may go on until it reads it, and may lead.
  network.heal(governors.called.map(({ number }) => number));
  const ends = (): readonly string[] =>
    wholeMembers(stage).map(({ process }) => {
      const last = process?.driver.status.lastIndex;
      const applied = process?.opened.chain.applied.tip.height;
      return `${last === applied ? applied : `${applied} of ${last}`}`;
    });
  await stage.soon(
    () => `nodes do not come to one end: ${ends().join(", ")}; ${wordsOf(unfulfilled(stage))}`,
    () =>
      new Set(ends()).size === 1 &&
      !ends().some((end) => Number.isNaN(Number(end))) &&
      unfulfilled(stage) === null,
  );
}

/** What a wish waits for that may come true; null when nothing is wished, or who it needs has lost his disk. */
function unfulfilled({
  governors,
  safety,
}: Stage): MembershipWait | "a leader" | "its turn" | null {
  const leader = governors.called.find(
    ({ process }) =>
      process?.driver.status.state === "StateLeader" && process.driver.status.term === safety.term,
  )?.process;
  if (leader === undefined || leader === null) return "a leader";
  const { opened, driver } = leader;
  const { tail, certifier } = opened;
  const next = stepAfter(tail.last, { lastCertificate: certifier.certified });
  if (next === null) return null;
  const wait = driver.membershipWait;
  if (wait === null) return "its turn";
  const isLost = (number: number) => governors.called[number - 1]?.isDamaged === true;
  return wait.reason === "NOT_CAUGHT_UP" && wait.members.every(isLost) ? null : wait;
}

function wordsOf(wait: ReturnType<typeof unfulfilled>): string {
  return wait === null ? "all wishes came true" : `a wish waits for ${JSON.stringify(wait)}`;
}
