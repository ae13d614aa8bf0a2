/**
 * A client as the SDK makes them: sends a transaction to some node and waits; when it hears nothing, asks or sends the
 * same bytes again, each time of the next node, until it has an answer that can never change.
 */
import { equalBytes } from "../../ledger/bytes.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { decodeTransaction } from "../../ledger/transaction.ts";
import { BrokenPromise } from "./broken-promise.ts";
import type { Dice } from "./dice.ts";
import type { History, Operation, Outcome } from "./history.ts";
import type { Machine } from "./machine.ts";
import type { NodeProcess } from "./node-process.ts";
import type { LoadOptions } from "./options.ts";
import type { Tell } from "./story.ts";
import type { Timeline } from "./timeline.ts";
import type { Order } from "./town.ts";

/** Faults after which the same bytes may be sent again: nothing is decided. */
const RETRY: ReadonlySet<string> = new Set(["BUSY", "SHUTTING_DOWN", "NOT_YET_VALID"]);
/** Faults that are for ever. */
const FINAL: ReadonlySet<string> = new Set(["EXPIRED", "DUPLICATE_ID"]);

/** What a client works with. */
export interface ClientParts {
  readonly number: number;
  readonly dice: Dice;
  readonly timeline: Timeline;
  readonly load: LoadOptions;
  readonly history: History;
  /** The machines that it can reach now. */
  readonly machines: () => readonly Machine[];
  /** What to ask for next; null for nothing now. */
  readonly nextOrder: () => Order | null;
  readonly tell: Tell;
  readonly onBug: (error: unknown) => void;
}

/** One operation at a time. */
export class Client {
  readonly #parts: ClientParts;
  #operation: Operation | null = null;
  /** Rises with each attempt: answers to earlier ones reach nobody. */
  #attempt = 0;
  /** Whose turn it is to be asked. */
  #turn = 0;

  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  /** True while an operation has no answer. */
  get isWaiting(): boolean {
    return this.#operation !== null;
  }

  /** Begins the next operation after a rest, and so on. */
  goOn(): void {
    const { dice, timeline, load } = this.#parts;
    timeline.after(dice.between(0, load.restMsMax), () => this.#begin());
  }

  #begin(): void {
    const { number, timeline, history, nextOrder, tell } = this.#parts;
    const order = nextOrder();
    if (order === null) {
      this.goOn();
      return;
    }
    tell(`client ${number} wants ${order.name} (wallet ${order.wallet})`);
    this.#operation = history.invoke(number, order, timeline.nowMs);
    this.#try(this.#operation);
  }

  #try(operation: Operation): void {
    const { dice, timeline, load, machines } = this.#parts;
    this.#attempt += 1;
    const attempt = this.#attempt;
    const hear = (outcome: Outcome | null): void => {
      if (attempt === this.#attempt && operation.answer === null) this.#hear(operation, outcome);
    };
    const isRetry = operation.invokedMs !== timeline.nowMs;
    const asksOnly = isRetry && dice.chance(0.3);
    // In turn, as the SDK asks: a node that a cut keeps from the leader could be drawn for ever, while the next one
    // has everything decided.
    const all = machines();
    this.#turn = isRetry ? this.#turn + 1 : dice.between(0, all.length - 1);
    const machine = all[this.#turn % all.length];
    if (machine === undefined) throw new RangeError("a client reaches some machine");
    machine.serve((node) =>
      asksOnly ? ask(node, operation, hear) : this.#submit(node, operation, hear),
    );
    timeline.after(load.patienceMs, () => {
      if (attempt === this.#attempt && operation.answer === null) this.#try(operation);
    });
  }

  /** Null: nothing is decided, the node says so. */
  #hear(operation: Operation, outcome: Outcome | null): void {
    const { number, timeline, dice, tell } = this.#parts;
    if (outcome === null) {
      this.#attempt += 1;
      timeline.after(dice.between(10, 200), () => this.#try(operation));
      return;
    }
    const where = outcome.place === null ? "" : ` in block ${outcome.place.height}`;
    const { result } = outcome;
    tell(`client ${number} hears ${result}${where} for ${operation.order.name}`, result);
    operation.answer = { outcome, atMs: timeline.nowMs };
    this.#operation = null;
    this.goOn();
  }

  async #submit(
    node: NodeProcess,
    { order }: Operation,
    hear: (outcome: Outcome | null) => void,
  ): Promise<void> {
    const { load, onBug } = this.#parts;
    try {
      const decision = await node.submit(order.bytes, load.patienceMs);
      // A client that has heard nothing has lost patience itself.
      if (decision !== null) hear(decision);
    } catch (error) {
      if (!(error instanceof LedgerFault)) throw error;
      if (FINAL.has(error.code)) hear({ result: error.code, place: null });
      else if (RETRY.has(error.code)) hear(null);
      else onBug(new BrokenPromise(`${order.name} was refused: ${error.message}`));
    }
  }
}

/** `GET /v1/transactions/:id`: what became of it, as far as this node knows. */
async function ask(
  node: NodeProcess,
  { order }: Operation,
  hear: (outcome: Outcome | null) => void,
): Promise<void> {
  const found = node.ledger.find(order.id);
  if (found === null) return hear(null);
  const isIt = equalBytes(found.leaf, decodeTransaction(order.bytes).leaf);
  hear(isIt ? found.decision : { result: "DUPLICATE_ID", place: null });
}
