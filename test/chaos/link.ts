/** One direction of the line between two nodes. What is held is not lost: TCP would send it again. */
import { setTimeout as delay } from "node:timers/promises";

/** Passes pieces of a byte stream on, at once, late, or not before it is opened again. */
export class Link {
  /** How long each piece takes, ms: latency, and with it a limit of one piece at a time. */
  delayMs = 0;
  #opened: Promise<void> = Promise.resolve();
  #open: () => void = () => undefined;
  #isHeld = false;

  /** From now on nothing passes. Idempotent. */
  hold(): void {
    if (this.#isHeld) return;
    this.#isHeld = true;
    this.#opened = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  /** What was held goes on, and nothing is late any more. */
  heal(): void {
    this.delayMs = 0;
    this.#isHeld = false;
    this.#open();
  }

  /** The pieces as they come out at the other end. */
  async *carry(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    for await (const piece of pieces) {
      await this.#opened;
      if (this.delayMs > 0) await delay(this.delayMs);
      yield piece;
    }
  }
}
