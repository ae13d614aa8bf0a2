/**
 * No transaction id counts twice (I7). A repeated id makes the whole block invalid: an honest leader leaves
 * the transaction out beforehand, by the same function.
 *
 * - Ids of organisations' transactions stand in the state for ever.
 * - There are too many payments to keep the id of each in the state. An id begins with its time of creation
 *   (ledger/transaction-id.ts), so nothing with that id can be valid when the longest life of its kind has
 *   passed: until then whoever keeps the chain remembers it.
 */
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

/** The ids of a chain in memory. */
export class RecentIdSet implements RecentIds {
  readonly #endsMs = new Map<string, number>();

  has(id: string, timestampMs: number): boolean {
    return (this.#endsMs.get(id) ?? -1) >= timestampMs;
  }

  /** Remembers the ids of a block that became part of the chain. */
  add(transactions: readonly CheckedTransaction[]): void {
    for (const [id, endsMs] of endsOfIds(transactions)) this.#endsMs.set(id, endsMs);
  }

  /**
   * Forgets, from the oldest on, what ran out before a time that no later block precedes. It stops at the
   * first that has not: only memory depends on it, no answer does.
   */
  forget(timestampMs: number): void {
    for (const [id, endsMs] of this.#endsMs) {
      if (endsMs >= timestampMs) return;
      this.#endsMs.delete(id);
    }
  }
}
