/**
 * How many of a node's transactions blocks have decided lately, by block time, and since when others wait: what may
 * wait is measured by that (Little's law), so that whoever is let in is decided in a few seconds, and whoever comes
 * too many is told at once instead of slowing down everybody.
 */

/** What a block decided. */
interface Decided {
  readonly timestampMs: number;
  readonly count: number;
}

/** Counts decisions over the last so many ms of block time. */
export class Pace {
  readonly #windowMs: number;
  /** The last blocks, those of that time. */
  #blocks: Decided[] = [];
  /** How many blocks there were before these. */
  #older = 0;
  #inBlock = 0;
  #lately = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** Decisions within that time. */
  get lately(): number {
    return this.#lately;
  }

  /** What `isLate` is asked with: now. */
  get now(): number {
    return this.#older + this.#blocks.length;
  }

  /** True when what came then has waited for longer than that, while blocks were made. */
  isLate(since: number): boolean {
    return since < this.#older;
  }

  /** One more transaction of this node is decided by the block that is being applied. */
  decided(): void {
    this.#inBlock += 1;
  }

  /** The block is applied. */
  applied(timestampMs: number): void {
    const recent = this.#blocks.filter((block) => block.timestampMs > timestampMs - this.#windowMs);
    this.#older += this.#blocks.length - recent.length;
    recent.push({ timestampMs, count: this.#inBlock });
    this.#inBlock = 0;
    this.#blocks = recent;
    this.#lately = recent.reduce((sum, { count }) => sum + count, 0);
  }
}
