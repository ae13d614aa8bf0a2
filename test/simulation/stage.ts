/** Where a run takes place: machines, disks, network and time, all drawn from one seed, and who watches them. */
import { toHex } from "../../ledger/bytes.ts";
import { genesisMembership } from "../../ledger/genesis.ts";
import type { NodeLog } from "../../node/logger.ts";
import { AT_MS } from "../support/ledger-world.ts";
import { BrokenPromise } from "./broken-promise.ts";
import { Dice } from "./dice.ts";
import { Machine } from "./machine.ts";
import { drawOptions, type SimulationOptions } from "./options.ts";
import { PromiseWatch } from "./promise-watch.ts";
import { rememberedVerification } from "./remembered-verification.ts";
import { SafetyWatch } from "./safety-watch.ts";
import { SimulatedDisk } from "./simulated-disk.ts";
import { SimulatedNetwork } from "./simulated-network.ts";
import { Story, type Tell } from "./story.ts";
import { Timeline } from "./timeline.ts";
import { type Town, townOf } from "./town.ts";

/** How long calm nodes may take for anything, ms: several elections, and the slowest disk. */
const CALM_MS_MAX = 60_000;

/**
 * What one node says of another, or of its own rules, when something is wrong. All are honest here: it never is. Only
 * a block from a clock that is too far ahead is refused, rightly.
 */
const ACCUSATIONS: ReadonlySet<string> = new Set([
  ...["BLOCK_REFUSED", "BLOCK_NOT_JUDGED", "EQUIVOCATION", "SETTLED_BLOCK_CONTRADICTED"],
  "OWN_TERM_CONTRADICTED",
  ...["MESSAGE_REFUSED", "FRAME_REFUSED", "VOTE_REFUSED", "LEADERSHIP_NOT_PROVEN"],
  "TRANSACTION_NOT_EXECUTED",
]);

const verify = rememberedVerification();

/** The stage of one run. */
export class Stage {
  readonly options: SimulationOptions;
  readonly dice: Dice;
  readonly timeline = new Timeline();
  readonly story: Story;
  readonly town: Town;
  readonly machines: readonly Machine[];
  readonly network: SimulatedNetwork;
  readonly safety: SafetyWatch;
  readonly #promises: PromiseWatch;
  #bug: Error | null = null;

  /** @param print gets the story, sentence by sentence. */
  constructor(seed: number, print: ((line: string) => void) | null) {
    this.dice = new Dice(seed);
    this.options = drawOptions(seed, this.dice);
    this.story = new Story(() => this.timeline.nowMs, print);
    this.town = townOf(this.options.nodes);
    const { genesis, networkId, nodes } = this.town.world;
    const membership = genesisMembership(genesis);
    this.network = new SimulatedNetwork({
      dice: this.dice,
      timeline: this.timeline,
      options: this.options.network,
      numbers: new Map(
        membership.members.map(({ publicKey, number }) => [toHex(publicKey), number]),
      ),
      arrive: (to, from, message) => this.#machine(to).receive(from, message),
    });
    const context = { networkId, membership, verify };
    this.machines = nodes.map((_, i) => this.#newMachine(i + 1, context));
    this.safety = new SafetyWatch(context, this.machines);
    this.#promises = new PromiseWatch({
      disk: (node) => this.#machine(node).disk,
      committedHash: (height) => this.safety.committedHash(height),
    });
  }

  /** Adds a sentence to the story. */
  readonly tell: Tell = (sentence, kind) => this.story.tell(sentence, kind);

  /** Something happened that no injected fault explains: the run fails. */
  readonly fail = (error: unknown): void => {
    this.#bug ??= error instanceof Error ? error : new BrokenPromise(String(error));
  };

  /** Lets time pass until something is so. @throws what was found broken meanwhile. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await this.timeline.next();
      if (this.#bug !== null) throw this.#bug;
      this.safety.look();
    }
  }

  /** As `until`, but it must become so in the time that calm nodes may take. */
  async soon(complaint: () => string, isSo: () => boolean): Promise<void> {
    const endMs = this.timeline.nowMs + CALM_MS_MAX;
    await this.until(() => isSo() || this.timeline.nowMs > endMs);
    if (!isSo()) throw new BrokenPromise(complaint());
  }

  /** Nothing goes wrong any more on these machines and between them; all of them run. */
  calm(machines: readonly Machine[]): void {
    this.network.heal(machines.map(({ number }) => number));
    for (const machine of machines) {
      machine.disk.mayFail = false;
      machine.rightClock();
      machine.goOn();
      machine.start();
    }
  }

  /** Everything may go wrong again. */
  trouble(): void {
    this.network.trouble();
    for (const machine of this.machines) {
      machine.disk.mayFail = true;
      machine.setClock();
    }
  }

  #newMachine(number: number, context: ConstructorParameters<typeof SafetyWatch>[0]): Machine {
    const { world } = this.town;
    const [signer] = world.nodes.slice(number - 1);
    if (signer === undefined) throw new RangeError(`no node ${number}`);
    const key = toHex(signer.publicKey);
    const { electionTicks, heartbeatTicks, limits, disk, clock, snapshots } = this.options;
    const { dice, timeline } = this;
    return new Machine({
      number,
      timeline,
      dice,
      clock,
      epochMs: AT_MS,
      disk: (after) => new SimulatedDisk({ dice, options: disk, after }),
      node: {
        self: number,
        signer,
        genesis: world.genesis,
        signatures: context,
        timing: { electionTicks, heartbeatTicks },
        limits,
        snapshots,
        log: this.#logOf(number),
        send: (to, message) => this.#send(number, key, to, message),
      },
      tell: (words, kind) => this.tell(`node ${number} ${words}`, kind),
      onBug: this.fail,
    });
  }

  #send(number: number, key: string, to: string, message: Uint8Array): void {
    this.story.note(message);
    this.#promises.sent(number, message);
    this.network.send(key, to, message);
  }

  #machine(number: number): Machine {
    const [machine] = this.machines.slice(number - 1);
    if (machine === undefined) throw new RangeError(`no node ${number}`);
    return machine;
  }

  #logOf(number: number): NodeLog {
    const write: NodeLog["info"] = (code, facts = {}) => {
      const { state, reason } = facts;
      const kind = state === "StateLeader" ? "election" : code;
      const words = `node ${number} ${code} ${JSON.stringify(facts)}`;
      this.tell(words, kind);
      const isAhead = code === "BLOCK_REFUSED" && String(reason).includes("aheadMs");
      if (ACCUSATIONS.has(code) && !isAhead) this.fail(new BrokenPromise(words));
    };
    return { debug: () => {}, info: write, warn: write, error: write };
  }
}
