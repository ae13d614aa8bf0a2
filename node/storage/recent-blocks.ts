/** Blocks in memory, the latest that were written or asked for: for followers that are a little behind, and the tip. */
import { type Block, decodeBlock } from "../../ledger/block.ts";

/** All that are kept, bytes. */
const RECENT_SIZE_BYTES_MAX: number = 16 * 1024 * 1024;

/** Blocks by height; when they take too much room, the one that came first goes. */
export class RecentBlocks {
  readonly #blocks = new Map<number, RecentBlock>();
  #sizeBytes = 0;

  /** The block of a height, if it is kept. */
  get(height: number): Block | undefined {
    return this.#blocks.get(height)?.block;
  }

  /** Keeps a block, in the place of another of that height. */
  put(height: number, bytes: Uint8Array): RecentBlock {
    const recent = new RecentBlock(bytes);
    this.delete(height);
    this.#blocks.set(height, recent);
    this.#sizeBytes += bytes.length;
    for (const oldest of this.#blocks.keys()) {
      if (this.#sizeBytes <= RECENT_SIZE_BYTES_MAX) break;
      this.delete(oldest);
    }
    return recent;
  }

  /** Keeps that one no more. */
  delete(height: number): void {
    this.#sizeBytes -= this.#blocks.get(height)?.bytes.length ?? 0;
    this.#blocks.delete(height);
  }

  /** Keeps none. */
  clear(): void {
    this.#blocks.clear();
    this.#sizeBytes = 0;
  }
}

/** A block's bytes, decoded when somebody wants more of it than that it is there. */
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
