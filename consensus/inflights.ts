// Invariants
// - Indexes rise: what is sent later ends later.
// - bytes === the sum of the sizes in the window.
import { assert } from "./assert.ts";
import type { LogIndex } from "./types.ts";

/** One MsgApp under way. */
interface Inflight {
  /** The last entry inside. */
  readonly index: LogIndex;
  readonly bytes: number;
}

/**
 * The MsgApps that a follower has not yet acknowledged: a sliding window, so that a leader can send
 * ahead without filling the network or the follower's memory (Raft thesis, 10.2.1).
 *
 * `maxBytes` is soft: the message that crosses it still goes, the next one waits.
 */
export class Inflights {
  readonly #maxCount: number;
  readonly #maxBytes: number;
  #window: Inflight[] = [];
  #bytes = 0;

  constructor(maxCount: number, maxBytes: number) {
    this.#maxCount = maxCount;
    this.#maxBytes = maxBytes;
  }

  /** Messages under way. */
  get count(): number {
    return this.#window.length;
  }

  /** Bytes under way. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether the next message must wait. */
  get full(): boolean {
    return this.#window.length >= this.#maxCount || this.#bytes >= this.#maxBytes;
  }

  /** Notes a message whose last entry is `index`. */
  add(index: LogIndex, bytes: number): void {
    assert(!this.full, () => "a message was sent into a full window");
    const newest = this.#window.at(-1);
    assert(
      newest === undefined || newest.index < index,
      () => `inflight ${index} is not ascending`,
    );
    this.#window.push({ index, bytes });
    this.#bytes += bytes;
  }

  /** Frees all messages that `index` acknowledges. */
  freeTo(index: LogIndex): void {
    const firstLater = this.#window.findIndex((inflight) => inflight.index > index);
    const freed = this.#window.splice(0, firstLater === -1 ? this.#window.length : firstLater);
    for (const { bytes } of freed) this.#bytes -= bytes;
  }

  /** Frees all. */
  reset(): void {
    this.#window = [];
    this.#bytes = 0;
  }
}
