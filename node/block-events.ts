/** Tells listeners of each applied block, in order. */
import type { Block } from "../ledger/block.ts";

/** Takes one applied block. */
export type BlockListener = (block: Block) => void;

/** Listeners to applied blocks. */
export class BlockEvents {
  readonly #listeners = new Set<BlockListener>();

  /** How many listen. */
  get size(): number {
    return this.#listeners.size;
  }

  /** @returns how to stop listening. */
  listen(listener: BlockListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A block was applied. */
  emit(block: Block): void {
    for (const listener of this.#listeners) listener(block);
  }
}
