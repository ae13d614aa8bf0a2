/** Blocks kept in memory: for followers that are a little behind, and the tip. */
import { type Block, decodeBlock } from "../../ledger/block.ts";

/** Kept, bytes. */
const RECENT_SIZE_BYTES_MAX: number = 16 * 1024 * 1024;

/** The blocks read or written last, by height. */
export class RecentBlocks {
  readonly #blocks = new Map<number, RecentBlock>();
  #sizeBytes = 0;

  /** The block at a height, if it is remembered. */
  at(height: number): Block | undefined {
    return this.#blocks.get(height)?.block;
  }

  /** Remembers the bytes of a block, in place of what was remembered at its height. */
  remember(height: number, bytes: Uint8Array): RecentBlock {
    const recent = new RecentBlock(bytes);
    this.forget(height);
    this.#blocks.set(height, recent);
    this.#sizeBytes += bytes.length;
    for (const oldest of this.#blocks.keys()) {
      if (this.#sizeBytes <= RECENT_SIZE_BYTES_MAX) break;
      this.forget(oldest);
    }
    return recent;
  }

  /** Forgets the block at a height. */
  forget(height: number): void {
    this.#sizeBytes -= this.#blocks.get(height)?.bytes.length ?? 0;
    this.#blocks.delete(height);
  }

  /** Forgets all. */
  clear(): void {
    this.#blocks.clear();
    this.#sizeBytes = 0;
  }
}

/** A block in memory, decoded when somebody wants more of it than that it is there. */
class RecentBlock {
  readonly bytes: Uint8Array;
  #block: Block | null = null;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get block(): Block {
    this.#block ??= decodeBlock(this.bytes);
    return this.#block;
  }
}
