/** Where a run takes place: machines, disks, network and time, all drawn from one seed, and who watches them. */
import { equalBytes, toHex } from "../../ledger/bytes.ts";
import type { SignatureContext, Vote } from "../../ledger/certificate.ts";
import { genesisMembership } from "../../ledger/genesis.ts";
import type { Membership } from "../../ledger/membership.ts";
import { signerOfSeed } from "../../ledger/native/ed25519-signer.ts";
import type { NodeLog } from "../../node/logger.ts";
import { AT_MS } from "../support/ledger-world.ts";
import { BrokenPromise } from "./broken-promise.ts";
import { Dice } from "./dice.ts";
import { Governors, seedsOf } from "./governors.ts";
import { Machine } from "./machine.ts";
import { MemberWatch } from "./member-watch.ts";
import { drawOptions, type SimulationOptions } from "./options.ts";
import { PromiseWatch } from "./promise-watch.ts";
import { rememberedVerification } from "./remembered-verification.ts";
import { SafetyWatch } from "./safety-watch.ts";
import { SimulatedDisk } from "./simulated-disk.ts";
import { SimulatedNetwork } from "./simulated-network.ts";
import { Story, type Tell } from "./story.ts";
import { Timeline } from "./timeline.ts";
import { type Town, townOf } from "./town.ts";

const DAY_MS = 86_400_000;

/** How long calm nodes may take for anything, ms: several elections, and the slowest disk. */
const CALM_MS_MAX = 60_000;

/**
 * What one node says of another, or of its own rules, when something is wrong. All are honest here: it never is. Only
 * a block from a clock that is too far ahead is refused, rightly, and a leader who was elected by members of whom a
 * node does not know yet.
 */
const ACCUSATIONS: ReadonlySet<string> = new Set([
  ...["BLOCK_REFUSED", "BLOCK_NOT_JUDGED", "EQUIVOCATION", "SETTLED_BLOCK_CONTRADICTED"],
  "OWN_TERM_CONTRADICTED",
  ...["MESSAGE_REFUSED", "FRAME_REFUSED", "VOTE_REFUSED", "LEADERSHIP_NOT_PROVEN"],
  "MEMBERSHIP_PROOF_REFUSED",
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
  /** Those of the founding members, then those that stand ready. */
  readonly machines: readonly Machine[];
  readonly members: MemberWatch;
  readonly governors: Governors;
  readonly network: SimulatedNetwork;
  readonly safety: SafetyWatch;
  readonly #promises: PromiseWatch;
  #bug: Error | null = null;
  #epochMs = AT_MS;

  /** @param print gets the story, sentence by sentence. */
  constructor(seed: number, print: ((line: string) => void) | null) {
    this.dice = new Dice(seed);
    this.options = drawOptions(seed, this.dice);
    this.story = new Story(() => this.timeline.nowMs, print);
    this.town = townOf(this.options.nodes);
    const { dice, timeline, tell, fail } = this;
    const { nodes, governance } = this.options;
    const { world } = this.town;
    const signatures = { networkId: world.networkId, verify };
    this.members = new MemberWatch(genesisMembership(world.genesis));
    const numbers = Array.from({ length: nodes + governance.spares }, (_, i) => i + 1);
    this.network = new SimulatedNetwork({
      dice,
      timeline,
      options: this.options.network,
      numbers: new Map(
        numbers.flatMap((number) => keysOf(number).map((key) => [key, number] as const)),
      ),
      endOf: (number) => this.#machine(number).process?.transport ?? null,
      arrive: (to, from, message) => this.#machine(to).receive(from, message),
    });
    this.machines = numbers.map((number) => this.#newMachine(number, signatures));
    const { machines, members } = this;
    const options = governance;
    this.governors = new Governors({
      dice,
      timeline,
      options,
      world,
      machines,
      members,
      tell,
      onBug: fail,
    });
    this.safety = new SafetyWatch(signatures, members, machines);
    this.#promises = new PromiseWatch({
      disk: (node) => this.#machine(node).disk,
      committedHash: (height) => this.safety.committedHash(height),
      membershipOf: (node, vote) => this.#membershipOf(node, vote),
      signatures,
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

  /**
   * Nothing goes wrong any more on these machines and between them; all of them run. Who can learn nothing is started
   * again: the members that it knew may all have other keys, or be gone, and its operator says who they are now.
   */
  calm(machines: readonly Machine[]): void {
    this.network.heal(machines.map(({ number }) => number));
    for (const machine of machines) {
      machine.disk.mayFail = false;
      machine.rightClock();
      machine.goOn();
      if (this.#isStranded(machine)) machine.crash("killed");
      // Not before: a process that is killed must not hear any more of what its disk has finished.
      machine.disk.goOn();
      machine.start();
    }
  }

  /** So many days pass in which nothing happens. */
  passDays(days: number): void {
    this.#epochMs += days * DAY_MS;
    this.tell(`${days} days pass`);
  }

  /** Everything may go wrong again. */
  trouble(): void {
    this.network.trouble();
    for (const machine of this.machines) {
      machine.disk.mayFail = true;
      machine.setClock();
    }
  }

  #newMachine(number: number, signatures: SignatureContext): Machine {
    const { genesis } = this.town.world;
    const { electionTicks, heartbeatTicks, disk, clock } = this.options;
    const { limits, pipelinedMin, snapshots } = this.options;
    const { dice, timeline } = this;
    return new Machine({
      number,
      timeline,
      dice,
      clock,
      epochMs: () => this.#epochMs,
      disk: (after) => new SimulatedDisk({ dice, options: disk, after }),
      node: {
        self: number,
        seeds: seedsOf(number),
        contacts: () => this.members.standing.flatMap(({ members }) => members),
        genesis,
        signatures,
        timing: { electionTicks, heartbeatTicks },
        limits,
        pipelinedMin,
        snapshots,
        log: this.#logOf(number),
        network: {
          send: (from, to, message) => this.#send(number, { from, to, message }),
          believes: (key, other) => this.network.believes(key, other),
        },
      },
      tell: (words, kind) => this.tell(`node ${number} ${words}`, kind),
      onBug: this.fail,
    });
  }

  #send(
    number: number,
    { from, to, message }: { from: string; to: string; message: Uint8Array },
  ): void {
    this.story.note(message);
    this.#promises.sent(number, message);
    this.network.send(from, to, message);
  }

  #membershipOf(node: number, { height, blockHash }: Vote): Membership | undefined {
    const opened = this.#machine(node).process?.opened;
    const own = opened?.tail.blockAt(height);
    const isIt = own !== undefined && equalBytes(own.hash, blockHash);
    return isIt ? opened?.memberships.at(height) : undefined;
  }

  #machine(number: number): Machine {
    const [machine] = this.machines.slice(number - 1);
    if (machine === undefined) throw new RangeError(`no node ${number}`);
    return machine;
  }

  /** Whether a node reaches nobody, or only others who missed the newest proven membership, as it did itself. */
  #isStranded({ process }: Machine): boolean {
    if (process === null) return false;
    const reached = [...process.connected()];
    const { count } = this.members;
    return (
      reached.length === 1 || !reached.some((number) => this.#membershipsKnown(number) >= count)
    );
  }

  /** Whether a node knows all memberships: one that was away cannot judge who was elected under those it missed. */
  #knowsMembers(number: number): boolean {
    return this.#membershipsKnown(number) >= this.members.count + this.members.standing.length - 1;
  }

  #membershipsKnown(number: number): number {
    return this.#machine(number).process?.opened.memberships.count ?? 0;
  }

  #logOf(number: number): NodeLog {
    const write: NodeLog["info"] = (code, facts = {}) => {
      const { state, reason } = facts;
      const kind = state === "StateLeader" ? "election" : code;
      const words = `node ${number} ${code} ${JSON.stringify(facts)}`;
      this.tell(words, kind);
      const isAhead = code === "BLOCK_REFUSED" && String(reason).includes("aheadMs");
      const isUnknown = code === "LEADERSHIP_NOT_PROVEN" && !this.#knowsMembers(number);
      if (ACCUSATIONS.has(code) && !isAhead && !isUnknown) this.fail(new BrokenPromise(words));
    };
    return { debug: () => {}, info: write, warn: write, error: write };
  }
}

/** Under which a node may ever be in reach. */
function keysOf(number: number): readonly string[] {
  return seedsOf(number).map((seed) => toHex(signerOfSeed(seed).publicKey));
}
