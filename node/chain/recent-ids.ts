/**
 * Ids of card-signed transactions in applied blocks that could still be replayed: those whose `notAfterMs`
 * has not passed. Derived from the chain, so every node has the same.
 */

/** Ids in order of arrival, dropped when they can no longer matter. */
export class RecentIds {
  readonly #notAfterMs = new Map<string, number>();

  /** True when a transaction with that id could still be replayed at `timestampMs`. */
  has(id: string, timestampMs: number): boolean {
    return (this.#notAfterMs.get(id) ?? -1) >= timestampMs;
  }

  /** Notes an id until its time has passed. */
  add(id: string, notAfterMs: number): void {
    this.#notAfterMs.set(id, notAfterMs);
  }

  /** Forgets ids from the oldest on, as far as their time has passed: only memory depends on it. */
  forget(timestampMs: number): void {
    for (const [id, notAfterMs] of this.#notAfterMs) {
      if (notAfterMs >= timestampMs) return;
      this.#notAfterMs.delete(id);
    }
  }
}
