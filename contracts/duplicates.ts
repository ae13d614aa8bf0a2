/**
 * No transaction id counts twice (I7). A repeated id makes the whole block invalid: an honest leader leaves
 * the transaction out beforehand, by the same function.
 *
 * - Ids of organisations' transactions stand in the state for ever.
 * - There are too many payments to keep the id of each in the state. An id begins with its time of creation
 *   (ledger/transaction-id.ts), so nothing with that id can be valid when the longest life of its kind has
 *   passed: until then whoever keeps the chain remembers it.
 */
import { CARD_VALIDITY_MS_MAX } from "../ledger/limits.ts";
import { createdAtMsOf } from "../ledger/transaction-id.ts";
import type { CheckedTransaction } from "./check-transaction.ts";
import type { StateKey } from "./state/key-space.ts";
import type { State } from "./state/state.ts";
import { TRANSACTION_ID, type UsedId } from "./state/state-records.ts";

/** The ids in the ancestors of a block. Two nodes must never answer differently. */
export interface RecentIds {
  /**
   * True exactly when an ancestor holds a card-signed transaction with this id (hexadecimal) whose `idEndsMs` is at
   * `timestampMs` or later. What has run out is not remembered, even where it is still at hand.
   */
  has(id: string, timestampMs: number): boolean;
}

/** Where the id of an organisation's transaction is written down; null for card-signed types. */
export function usedIdKey({ declaration, content }: CheckedTransaction): StateKey<UsedId> | null {
  return declaration.validity === "organisation" ? TRANSACTION_ID.key(content.id) : null;
}

/** The ids that the chain must remember, and until when, ms. */
export function endsOfIds(transactions: readonly CheckedTransaction[]): Map<string, number> {
  const endsMs = new Map<string, number>();
  for (const { declaration, content, idEndsMs } of transactions) {
    if (declaration.validity === "card") endsMs.set(content.id, idEndsMs);
  }
  return endsMs;
}

/** Indexes of the transactions whose id was used by an ancestor or earlier in the list. */
export function repeatedIds(
  parent: State,
  block: { readonly timestampMs: number },
  transactions: readonly CheckedTransaction[],
  recentIds: RecentIds,
): ReadonlySet<number> {
  const repeated = new Set<number>();
  const seen = new Set<string>();
  for (const [index, transaction] of transactions.entries()) {
    const { id } = transaction.content;
    const idKey = usedIdKey(transaction);
    const wasUsed =
      seen.has(id) ||
      recentIds.has(id, block.timestampMs) ||
      (idKey !== null && parent.get(idKey.text) !== null);
    if (wasUsed) repeated.add(index);
    seen.add(id);
  }
  return repeated;
}

/** Ids that were made within so many ms of each other are kept together. */
const TOGETHER_MS = 4096;

/**
 * The ids of a chain in memory, those of the same time together: a map of all of them would be made anew, at one
 * go, whenever it has grown or shrunk twofold, and everybody would wait for that.
 */
export class RecentIdSet implements RecentIds {
  /** By when they were made; then by id, with their ends, ms. */
  readonly #made = new Map<number, Map<string, number>>();

  has(id: string, timestampMs: number): boolean {
    return (this.#made.get(timeOf(id))?.get(id) ?? -1) >= timestampMs;
  }

  /** Remembers the ids of a block that became part of the chain. */
  add(transactions: readonly CheckedTransaction[]): void {
    this.addEnds(endsOfIds(transactions));
  }

  /** Remembers ids and until when, ms. */
  addEnds(ends: ReadonlyMap<string, number>): void {
    for (const [id, endsMs] of ends) {
      const made = timeOf(id);
      const together = this.#made.get(made) ?? new Map<string, number>();
      this.#made.set(made, together.set(id, endsMs));
    }
  }

  /**
   * Forgets what all ran out before a time that no later block precedes: only memory depends on it, no answer
   * does.
   */
  forget(timestampMs: number): void {
    for (const made of this.#made.keys()) {
      if ((made + 1) * TOGETHER_MS + CARD_VALIDITY_MS_MAX < timestampMs) this.#made.delete(made);
    }
  }
}

function timeOf(id: string): number {
  return Math.floor(createdAtMsOf(id) / TOGETHER_MS);
}
