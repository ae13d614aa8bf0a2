/**
 * One run: the town is set up in calm; then anything goes wrong while clients pay; then a majority is healed and must
 * go on by itself; then all others must catch up; at last the books are examined.
 */
import { useSha256 } from "../../ledger/hash.ts";
import { nativeSha256 } from "../../ledger/native/sha256.ts";
import { Adversary } from "./adversary.ts";
import { demand } from "./broken-promise.ts";
import { Client } from "./client.ts";
import { examine } from "./examination.ts";
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
  const adversary = new Adversary(stage);
  const orders = new OrderBook(stage);
  const clients = openShop(stage, history, orders);
  const endMs = stage.timeline.nowMs + stage.options.faultyMs;
  await stage.until(() => stage.timeline.nowMs >= endMs);
  adversary.rest();
  const core = await recover(stage, orders, clients);
  await catchUp(stage, core);
  const whole = stage.machines.filter(({ isDamaged }) => !isDamaged);
  await examine(stage.town, history, whole);
}

/** In calm: a leader, a city, its residents. */
async function setUp(stage: Stage): Promise<void> {
  const { machines, town } = stage;
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
  /** Machines that clients can reach. */
  reachable: readonly Machine[];
  readonly #stage: Stage;

  constructor(stage: Stage) {
    const { payments, grants } = stage.town;
    this.#stage = stage;
    this.reachable = stage.machines;
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
  const { dice, timeline, tell, options } = stage;
  return Array.from({ length: options.load.clients }, (_, i) => {
    const client = new Client({
      number: i + 1,
      dice,
      timeline,
      load: options.load,
      history,
      machines: () => orders.reachable,
      nextOrder: () => orders.next(),
      tell,
      onBug: stage.fail,
    });
    client.goOn();
    return client;
  });
}

/** Raft's promise: whatever went on before, a majority that runs and hears each other goes on. */
async function recover(
  stage: Stage,
  orders: OrderBook,
  clients: readonly Client[],
): Promise<readonly Machine[]> {
  const { machines, dice, town } = stage;
  const whole = machines.filter(({ isDamaged }) => !isDamaged);
  const core = dice.shuffled(whole).slice(0, Math.floor(machines.length / 2) + 1);
  stage.tell(`a majority is healed: ${core.map(({ number }) => number).join(", ")}`);
  stage.calm(core);
  // The others are no help, or even a nuisance: switched off, or as they were.
  for (const machine of machines) {
    if (!core.includes(machine) && dice.chance(0.7)) machine.crash("power-failure");
  }
  orders.reachable = core;
  orders.replace(dice.shuffled(town.payments.late).slice(0, LATE_PAYMENTS));
  const waiting = (): readonly Client[] => clients.filter(({ isWaiting }) => isWaiting);
  await stage.soon(
    () => `a healed majority decides nothing: ${waiting().length} clients wait`,
    () => orders.isEmpty && waiting().length === 0,
  );
  return core;
}

/** Everybody who has not lost his disk comes to the same end of the chain. */
async function catchUp(stage: Stage, core: readonly Machine[]): Promise<void> {
  const { machines } = stage;
  const whole = machines.filter(({ isDamaged }) => !isDamaged);
  stage.tell(`all are healed; ${whole.length - core.length} have to catch up`);
  stage.calm(whole);
  // A node with a damaged record may go on until it reads it, and may lead.
  stage.network.heal(machines.map(({ number }) => number));
  const ends = (): readonly string[] =>
    whole.map(({ process }) => {
      const last = process?.driver.status.lastIndex;
      const applied = process?.opened.chain.applied.tip.height;
      return `${last === applied ? applied : `${applied} of ${last}`}`;
    });
  await stage.soon(
    () => `nodes do not come to one end: ${ends().join(", ")}`,
    () => new Set(ends()).size === 1 && !ends().some((end) => Number.isNaN(Number(end))),
  );
}
