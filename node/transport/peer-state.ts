/** What a transport keeps for each member: the queue and the counters. */
import { framedBytes } from "./framing.ts";
import { OutboundQueue, type QueueLimits } from "./outbound-queue.ts";
import type { PeerKey, PeerMetrics } from "./transport.ts";

/** Queue and counters of one member, from its admission to its removal. */
export class PeerState {
  readonly key: PeerKey;
  readonly queue: OutboundQueue;
  connected = false;
  violations = 0;
  #bytesSent = 0;
  #bytesReceived = 0;
  #messagesSent = 0;
  #messagesReceived = 0;
  #messagesDropped = 0;

  constructor(key: PeerKey, limits: QueueLimits) {
    this.key = key;
    this.queue = new OutboundQueue(limits);
  }

  /** Queues a message and counts what it displaced. */
  enqueue(message: Uint8Array): void {
    this.#messagesDropped += this.queue.push(message);
  }

  /** Takes the next messages out of the queue and counts them as sent. */
  takeBatch(bytesMax: number): Uint8Array[] {
    const queuedBytes = this.queue.bytes;
    const batch = this.queue.takeBatch(bytesMax);
    this.#messagesSent += batch.length;
    this.#bytesSent += queuedBytes - this.queue.bytes;
    return batch;
  }

  /** Counts a message from this member. */
  received(message: Uint8Array): void {
    this.#messagesReceived++;
    this.#bytesReceived += framedBytes(message);
  }

  metrics(): PeerMetrics {
    return {
      connected: this.connected,
      bytesSent: this.#bytesSent,
      bytesReceived: this.#bytesReceived,
      messagesSent: this.#messagesSent,
      messagesReceived: this.#messagesReceived,
      messagesDropped: this.#messagesDropped,
      violations: this.violations,
      queuedMessages: this.queue.length,
      queuedBytes: this.queue.bytes,
    };
  }
}
