/**
 * The messages that wait for one member, bounded in bytes and in number. When it is full the
 * **oldest** give way: consensus sends again what was lost, and the newest term, commit index or
 * vote is worth more than one that has waited.
 */
import { framedBytes } from "./framing.ts";

/** What a queue may hold. */
export interface QueueLimits {
  /** Frames' bytes, headers included. At least one frame of the largest size. */
  readonly bytesMax: number;
  readonly messagesMax: number;
}

/** A bounded first-in-first-out queue of messages. */
export class OutboundQueue {
  readonly #limits: QueueLimits;
  #messages: Uint8Array[] = [];
  #bytes = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  /** Waiting messages. */
  get length(): number {
    return this.#messages.length;
  }

  /** Bytes of the waiting frames. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds a message; returns how many older ones were dropped for it. */
  push(message: Uint8Array): number {
    this.#messages.push(message);
    this.#bytes += framedBytes(message);
    let dropped = 0;
    while (this.#bytes > this.#limits.bytesMax || this.length > this.#limits.messagesMax) {
      this.#shift();
      dropped++;
    }
    return dropped;
  }

  /** Removes and returns the oldest messages, as many as fit, but at least one if there is any. */
  takeBatch(bytesMax: number): Uint8Array[] {
    const batch: Uint8Array[] = [];
    let batchBytes = 0;
    for (const message of this.#messages) {
      batchBytes += framedBytes(message);
      if (batch.length > 0 && batchBytes > bytesMax) break;
      batch.push(message);
    }
    this.#messages = this.#messages.slice(batch.length);
    this.#bytes -= batch.reduce((sum, message) => sum + framedBytes(message), 0);
    return batch;
  }

  #shift(): void {
    const oldest = this.#messages.shift();
    if (oldest !== undefined) this.#bytes -= framedBytes(oldest);
  }
}
