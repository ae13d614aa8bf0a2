/** One resident who pays and pays, as the tills of a town would, and remembers every answer. */
import { setTimeout as delay } from "node:timers/promises";
import { ClientError } from "../../client/client-fault.ts";
import { type Decision, submitTransaction } from "../../client/sdk/submit.ts";
import type { RandomBelow } from "../../consensus/random.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import type { ChaosNetwork } from "./chaos-network.ts";
import type { ChaosNode } from "./chaos-node.ts";
import { type Resident, TOO_MUCH_PT } from "./town.ts";

/** What the client knows of its payment when it stops asking. */
export type Fate =
  | { readonly kind: "decided"; readonly decision: Decision }
  /** Refused at the door, for good: it must never be in the ledger. */
  | { readonly kind: "turned away"; readonly code: string }
  /** No answer in time: it may be in the ledger or not, but on all nodes alike. */
  | { readonly kind: "unknown" };

/** One payment and what was heard of it. */
export interface PaymentRecord {
  readonly id: string;
  readonly wallet: string;
  readonly amountPt: number;
  readonly fate: Fate;
  /** How long the client asked, ms. */
  readonly waitedMs: number;
}

/** With whom a payer talks, and who hears of what he learns. */
export interface PayerContext {
  readonly network: ChaosNetwork;
  readonly random: RandomBelow;
  readonly onDecision: (decision: Decision) => void;
  /** Hears of an answer that contradicts an earlier one. */
  readonly onContradiction: (what: string) => void;
}

/** A patient client asks for so long, an impatient one goes away after a moment, ms. */
const PATIENCE_MS = 60_000;
const IMPATIENCE_MS = 300;
/** Pause between two payments of one resident, at most, ms. */
const PAUSE_MS_MAX = 150;
/** One payment of so many is too large, has an impatient client, is sent once more, is read back. */
const ONE_OF = { tooLarge: 12, impatient: 12, again: 8, readBack: 2 } as const;
const SMALL_PT_MAX = 50;
/** How long a node may hold the answer to a repeated sending back, ms. */
const WAIT_MS = 1000;

/** Pays until it is stopped. */
export class Payer {
  readonly records: PaymentRecord[] = [];
  readonly #resident: Resident;
  readonly #context: PayerContext;
  #isStopped = false;

  constructor(resident: Resident, context: PayerContext) {
    this.#resident = resident;
    this.#context = context;
  }

  /** After the payment under way there is no other. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Settles after `stop`. */
  async run(): Promise<void> {
    const { random } = this.#context;
    while (!this.#isStopped) {
      const amountPt = random(ONE_OF.tooLarge) === 0 ? TOO_MUCH_PT : 1 + random(SMALL_PT_MAX);
      const { id, bytes } = await this.#resident.pay(amountPt, random(1000));
      const startMs = performance.now();
      const fate = await this.#submit(bytes);
      const waitedMs = performance.now() - startMs;
      this.records.push({ id, wallet: this.#resident.wallet, amountPt, fate, waitedMs });
      if (fate.kind === "decided") {
        this.#context.onDecision(fate.decision);
        if (random(ONE_OF.again) === 0) await this.#sendAgain(bytes, fate.decision);
        if (random(ONE_OF.readBack) === 0) await this.#readBack(fate.decision);
      }
      await delay(random(PAUSE_MS_MAX));
    }
  }

  async #submit(bytes: Uint8Array): Promise<Fate> {
    const { network, random } = this.#context;
    const timeoutMs = random(ONE_OF.impatient) === 0 ? IMPATIENCE_MS : PATIENCE_MS;
    const nodes = this.#nodesInTurn().map(({ client }) => client);
    try {
      const { genesis } = network;
      return {
        kind: "decided",
        decision: await submitTransaction(bytes, { nodes, genesis, timeoutMs }),
      };
    } catch (error) {
      if (error instanceof LedgerFault) return { kind: "turned away", code: error.code };
      if (error instanceof ClientError && error.code === "UNDECIDED") return { kind: "unknown" };
      throw error;
    }
  }

  /** A second sending of the same bytes must give the first answer, at any node that answers with one. */
  async #sendAgain(bytes: Uint8Array, { id, status, height, index }: Decision): Promise<void> {
    const [node] = this.#nodesInTurn();
    if (node === undefined) return;
    const answer = await node.client.submit(bytes, WAIT_MS).catch(faultOf);
    if (answer === null) return;
    const first = `${status} at ${height}/${index}`;
    const second =
      typeof answer === "string" ? answer : `${answer.status} at ${answer.height}/${answer.index}`;
    if (second === first || (typeof answer !== "string" && answer.status === "pending")) return;
    this.#context.onContradiction(
      `payment ${id}: first ${first}, then ${second} from node ${node.number}`,
    );
  }

  /** A node that shows the height of an answer or a later one must have what was answered. */
  async #readBack({ id, status, height }: Decision): Promise<void> {
    const [node] = this.#nodesInTurn();
    if (node === undefined) return;
    const { client, life, number } = node;
    const head = await client.status().catch(faultOf);
    if (head === null || typeof head === "string" || head.appliedHeight < height) return;
    const read = await client.transaction(id).catch(faultOf);
    // What a node had applied before it was killed, it may have to apply again.
    if (read === null || node.life !== life) return;
    if (typeof read !== "string" && read.status === status && read.height === height) return;
    this.#context.onContradiction(
      `payment ${id}: ${status} at ${height}, but node ${number} at ${head.appliedHeight} ` +
        `says ${typeof read === "string" ? read : `${read.status} at ${read.height}`}`,
    );
  }

  /** All nodes, a random one first. */
  #nodesInTurn(): ChaosNode[] {
    const { network, random } = this.#context;
    const at = random(network.nodes.length);
    return [...network.nodes.slice(at), ...network.nodes.slice(0, at)];
  }
}

/** Null when the node was away or busy, which says nothing; the code of what it said else. */
function faultOf(error: unknown): string | null {
  if (error instanceof LedgerFault) return SAYS_NOTHING.has(error.code) ? null : error.code;
  if (error instanceof ClientError) return null;
  throw error;
}

const SAYS_NOTHING: ReadonlySet<string> = new Set([
  "BUSY",
  "SHUTTING_DOWN",
  "NOT_A_MEMBER",
  // From a node that is behind: the transaction is too late for it, and its block has not come yet.
  "EXPIRED",
  // From a node that is behind and whose clock was set back.
  "NOT_YET_VALID",
]);
