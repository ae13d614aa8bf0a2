/** What clients asked for and what they were answered, with the times of both. */
import type { Order } from "./town.ts";

/** The end of a transaction, as a client heard it. */
export interface Outcome {
  /** `OK` or a fault code. */
  readonly result: string;
  /** Where the block is that says so; null when none does. */
  readonly place: { readonly height: number; readonly index: number } | null;
}

/** One client's wish, from the first attempt to the answer that ends it. */
export interface Operation {
  readonly client: number;
  readonly order: Order;
  readonly invokedMs: number;
  answer: { readonly outcome: Outcome; readonly atMs: number } | null;
}

/** All operations of a run. */
export class History {
  readonly #operations: Operation[] = [];

  /** In order of invocation. */
  get operations(): readonly Operation[] {
    return this.#operations;
  }

  /** A client begins. */
  invoke(client: number, order: Order, invokedMs: number): Operation {
    const operation: Operation = { client, order, invokedMs, answer: null };
    this.#operations.push(operation);
    return operation;
  }
}
