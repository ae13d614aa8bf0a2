/** Tells listeners that a block was applied. */
export class BlockEvents {
  readonly #listeners = new Set<() => void>();

  /** @returns how to stop listening. A listener must not throw. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A block was applied: the ledger's height has risen. */
  emit(): void {
    for (const listener of this.#listeners) listener();
  }
}
