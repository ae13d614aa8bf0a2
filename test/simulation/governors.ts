/**
 * Those who decide together who runs the network: now and then they wish for another membership, one wish at a time,
 * and send it until it is decided. They never wish for a network whose disks are not whole at a majority.
 */
import { LedgerFault } from "../../ledger/faults.ts";
import { isQuorum, type Membership } from "../../ledger/membership.ts";
import { signerOfSeed } from "../../ledger/native/ed25519-signer.ts";
import { makeTransactionId, TRANSACTION_ID_SIZE_BYTES } from "../../ledger/transaction-id.ts";
import { nodeSeed } from "../support/chain-builder.ts";
import {
  AT_MS,
  GOVERNORS,
  type LedgerWorld,
  type Party,
  seedOf,
  TOSHIMA,
} from "../support/ledger-world.ts";
import { BrokenPromise, demand } from "./broken-promise.ts";
import type { Dice } from "./dice.ts";
import type { Machine } from "./machine.ts";
import type { MemberWatch } from "./member-watch.ts";
import type { NodeProcess } from "./node-process.ts";
import type { GovernanceOptions } from "./options.ts";
import type { Tell } from "./story.ts";
import type { Timeline } from "./timeline.ts";

const DAY_MS = 86_400_000;
/** How long an answer is waited for before another node is asked, ms. */
const PATIENCE_MS = 1000;

type Role = "voter" | "learner";
/** Roles by number. */
type Wished = ReadonlyMap<number, Role>;

/** A change that is asked for. */
interface Wish {
  readonly type: string;
  readonly number: number;
  /** What the transaction says, but for `force`. */
  readonly fields: { readonly [field: string]: unknown };
  readonly holder: Party | null;
  /** Who is wished for when it is accepted. */
  readonly wished: Wished;
}

/** A wish that is not decided. */
interface WishUnderWay extends Wish {
  readonly bytes: Uint8Array;
  /** Copies that no node has refused. Each was let in, or may be yet: a node that stands still answers later. */
  copiesOut: number;
}

/** What governors work with. */
export interface GovernorsParts {
  readonly dice: Dice;
  readonly timeline: Timeline;
  readonly options: GovernanceOptions;
  readonly world: LedgerWorld;
  /** Those of the founding members, then those that stand ready. */
  readonly machines: readonly Machine[];
  readonly members: MemberWatch;
  readonly tell: Tell;
  readonly onBug: (error: unknown) => void;
}

/** The seeds of a node's key and of the next one. */
export function seedsOf(number: number): readonly [Uint8Array, Uint8Array] {
  return [nodeSeed(number), seedOf(`next key of node ${number}`)];
}

/** Where a node listens, as the ledger has it. */
export function addressOf(number: number): string {
  return `/ip4/127.0.0.1/tcp/${7100 + number}`;
}

/** Who governs one run. */
export class Governors {
  readonly #parts: GovernorsParts;
  readonly #rotated = new Set<number>();
  #wished: Wished;
  #lastNumber: number;
  #underWay: WishUnderWay | null = null;
  #wishes = 0;
  #isActive = true;

  constructor(parts: GovernorsParts) {
    this.#parts = parts;
    this.#wished = new Map(parts.world.nodes.map((_, i) => [i + 1, "voter"]));
    this.#lastNumber = parts.world.nodes.length;
  }

  /** Machines that are members, were, or may become so at any time. */
  get called(): readonly Machine[] {
    const { machines } = this.#parts;
    const last = Math.max(this.#lastNumber, ...(this.#underWay?.wished.keys() ?? []));
    return machines.slice(0, last);
  }

  /** Every membership whose voters must be able to decide: those that count, and those that are wished for. */
  get standing(): readonly Membership[] {
    const wished = [this.#wished, ...(this.#underWay === null ? [] : [this.#underWay.wished])];
    return [...this.#parts.members.standing, ...wished.map(membershipOf)];
  }

  /** They begin to wish. */
  begin(): void {
    const { wishEveryMs } = this.#parts.options;
    if (wishEveryMs !== null) this.#repeat(wishEveryMs);
  }

  /** No new wish from now on; one that is under way may still be accepted. */
  rest(): void {
    this.#isActive = false;
  }

  /** The ledger promises nothing once no majority of disks is whole: may this one be damaged, too? */
  mayLose(machine: Machine): boolean {
    return this.standing.every((membership) => this.#isWhole(membership, machine));
  }

  #isWhole(membership: Membership, except: Machine | null = null): boolean {
    const whole = this.#parts.machines.filter((one) => one !== except && !one.isDamaged);
    return isQuorum(membership, new Set(whole.map(({ number }) => number)));
  }

  #repeat(everyMs: number): void {
    const { dice, timeline } = this.#parts;
    timeline.after(dice.between(1, 2 * everyMs), () => {
      if (!this.#isActive) return;
      this.#underWay ??= this.#newWish();
      if (this.#underWay !== null) this.#send(this.#underWay);
      this.#repeat(everyMs);
    });
  }

  #newWish(): WishUnderWay | null {
    const { dice, tell, world } = this.#parts;
    const wish = dice.pick([...this.#comings(), ...this.#changes()]);
    const isPossible = [...wish.wished.values()].includes("voter");
    if (!isPossible || !this.#isWhole(membershipOf(wish.wished))) return null;
    const force = dice.chance(0.3);
    this.#wishes += 1;
    const { type, number, holder, fields } = wish;
    tell(`the governors wish ${type} ${number}${force ? " by force" : ""}`, type);
    const random = seedOf(`wish ${this.#wishes}`).slice(0, TRANSACTION_ID_SIZE_BYTES);
    const bytes = world.transaction(
      type,
      { public: { ...fields, force }, private: null },
      {
        signers: [...(holder === null ? [] : [holder]), ...GOVERNORS],
        id: makeTransactionId("organisation", AT_MS, random),
        notAfterMs: AT_MS + DAY_MS,
      },
    );
    return { ...wish, bytes, copiesOut: 0 };
  }

  /** A machine that stands ready comes in, by itself or in the place of another. */
  #comings(): Wish[] {
    const { dice, machines } = this.#parts;
    const number = this.#lastNumber + 1;
    if (machines.length < number) return [];
    const role = dice.pick(["voter", "learner"] as const);
    const [old, oldRole] = dice.pick([...this.#wished]);
    const [key] = seedsOf(number);
    const holder = partyOf(key);
    const where = { publicKey: holder.publicKey, address: addressOf(number) };
    const others = [...this.#wished].filter(([other]) => other !== old);
    return [
      {
        type: "NODE_ADMIT",
        number,
        fields: { ...where, organisation: TOSHIMA, number, role },
        holder,
        wished: new Map([...this.#wished, [number, role]]),
      },
      {
        type: "NODE_REPLACE",
        number: old,
        fields: { ...where, number: old, newNumber: number },
        holder,
        wished: new Map([...others, [number, oldRole]]),
      },
    ];
  }

  /** A member gets another part, another key, or goes. */
  #changes(): Wish[] {
    const [number, role] = this.#parts.dice.pick([...this.#wished]);
    const others = [...this.#wished].filter(([other]) => other !== number);
    const as = (to: Role): Wished => new Map([...others, [number, to]]);
    const simple = { number, fields: { number }, holder: null };
    const holder = partyOf(seedsOf(number)[1]);
    const fields = { number, publicKey: holder.publicKey, address: addressOf(number) };
    const rotate = { type: "NODE_KEY_ROTATE", number, fields, holder, wished: as(role) };
    return [
      { ...simple, type: "NODE_PROMOTE", wished: as("voter") },
      { ...simple, type: "NODE_DEMOTE", wished: as("learner") },
      { ...simple, type: "NODE_RETIRE", wished: new Map(others) },
      ...(this.#rotated.has(number) ? [] : [rotate]),
    ];
  }

  #send(wish: WishUnderWay): void {
    this.#prepare(wish);
    const machine = this.#parts.dice.pick(this.called);
    // Where nothing runs, the connection is refused.
    if (!machine.isOn) return;
    wish.copiesOut += 1;
    machine.serve((node) => this.#submit(node, wish));
  }

  /** A node that comes in is started first; one that is replaced may be so because its disk is gone. */
  #prepare({ type, number, wished }: WishUnderWay): void {
    const { dice, machines } = this.#parts;
    const [old] = machines.slice(number - 1);
    const isLost = type === "NODE_REPLACE" && dice.chance(0.3);
    if (isLost && old !== undefined && !old.isLost && this.mayLose(old)) old.lose();
    for (const newcomer of wished.keys()) {
      if (newcomer > this.#lastNumber) machines[newcomer - 1]?.start();
    }
  }

  async #submit(node: NodeProcess, wish: WishUnderWay): Promise<void> {
    const { onBug } = this.#parts;
    try {
      const decision = await node.submit(wish.bytes, PATIENCE_MS);
      if (decision !== null) this.#decided(wish, decision.result);
    } catch (error) {
      if (!(error instanceof LedgerFault)) throw error;
      wish.copiesOut -= 1;
      if (error.code === "QUORUM_AT_RISK") this.#giveUp(wish);
      else if (!["BUSY", "NOT_YET_VALID", "SHUTTING_DOWN"].includes(error.code)) {
        onBug(new BrokenPromise(`${wish.type} was refused: ${error.message}`));
      }
    }
  }

  /** What one node refuses may be accepted all the same while another has it. */
  #giveUp(wish: WishUnderWay): void {
    if (this.#underWay !== wish || wish.copiesOut > 0) return;
    this.#parts.tell(`${wish.type} ${wish.number} would put the quorum at risk`, "QUORUM_AT_RISK");
    this.#underWay = null;
  }

  #decided(wish: WishUnderWay, result: string): void {
    if (this.#underWay !== wish) return;
    demand(result === "OK", () => `${wish.type} ${wish.number} is decided ${result}`);
    this.#parts.tell(`${wish.type} ${wish.number} is accepted`, `${wish.type} accepted`);
    this.#underWay = null;
    this.#wished = wish.wished;
    this.#lastNumber = Math.max(this.#lastNumber, ...wish.wished.keys());
    if (wish.type === "NODE_KEY_ROTATE") this.#rotated.add(wish.number);
  }
}

function partyOf(seed: Uint8Array): Party {
  return { kind: "organisation", algorithm: "ed25519", ...signerOfSeed(seed) };
}

/** As far as quorums go. */
function membershipOf(wished: Wished): Membership {
  const members = [...wished].map(([number, role]) => ({
    number,
    role,
    publicKey: new Uint8Array(),
    organisation: TOSHIMA,
    address: "",
  }));
  return { members, outgoing: [] };
}
