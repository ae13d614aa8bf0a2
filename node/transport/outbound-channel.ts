/**
 * Keeps one stream open to one member and writes its queue to it.
 *
 * Invariant: bytes are handed to libp2p only while it holds none of ours, so that what waits in
 * its buffers is at most one batch; everything else waits in the bounded queue.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Stream } from "@libp2p/interface";
import { type Backoff, backoffMs } from "./backoff.ts";
import { encodeFrames } from "./framing.ts";
import { BATCH_BYTES_MAX } from "./limits.ts";
import type { PeerState } from "./peer-state.ts";

/** How long a stream may take to close in good order before it is reset, ms. */
const CLOSE_WITHIN_MS = 1000;

/** What a channel needs. */
export interface OutboundChannelOptions {
  readonly peer: PeerState;
  /** Reaches the member and opens a stream to it; gives up by itself. */
  readonly open: () => Promise<Stream>;
  readonly backoff: Backoff;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly onOpen: () => void;
  /** The stream is gone; with the reason when it did not end in good order. */
  readonly onClose: (error: Error | undefined) => void;
  readonly onDialFailed: (error: unknown, waitMs: number) => void;
  /** The member wrote on a stream that is ours to write on; it has been reset. */
  readonly onViolation: (error: Error) => void;
}

/** The way out to one member. */
export class OutboundChannel {
  readonly #options: OutboundChannelOptions;
  #stream: Stream | undefined;
  #flush: NodeJS.Immediate | undefined;
  #closed = false;
  #wait = new AbortController();
  #ended: Promise<void> = Promise.resolve();

  constructor(options: OutboundChannelOptions) {
    this.#options = options;
  }

  /** Begins to reach the member, and does so again whenever the stream is lost. */
  start(): void {
    this.#ended = this.#run();
  }

  /** Queues a message. All that come in one turn of the event loop leave in one write. */
  send(message: Uint8Array): void {
    this.#options.peer.enqueue(message);
    this.#schedule();
  }

  /** The member is there (it has just connected to us): no need to wait any longer. */
  wake(): void {
    this.#wait.abort();
  }

  /**
   * Sends what is queued and closes the stream. The member closes its half once it has read all;
   * that is waited for, because closing the connection would throw away what is under way.
   */
  async finish(): Promise<void> {
    this.#shut();
    const stream = this.#stream;
    if (stream === undefined) return;
    try {
      const batch = this.#options.peer.takeBatch(Number.POSITIVE_INFINITY);
      if (batch.length > 0) stream.send(encodeFrames(batch));
      await stream.close({ signal: AbortSignal.timeout(CLOSE_WITHIN_MS) });
    } catch (error) {
      stream.abort(new Error("closed while sending", { cause: error }));
    }
    await Promise.race([this.#ended, delay(CLOSE_WITHIN_MS, undefined, { ref: false })]);
  }

  /** Resets the stream at once and stops trying. */
  abort(reason: Error): void {
    this.#shut();
    this.#stream?.abort(reason);
  }

  /** Resolves when a channel that was finished or aborted has let go of everything. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  #shut(): void {
    this.#closed = true;
    clearImmediate(this.#flush);
    this.#wait.abort();
  }

  async #run(): Promise<void> {
    const { backoff, random, onDialFailed } = this.#options;
    let failures = 0;
    while (!this.#closed) {
      this.#wait = new AbortController();
      let livedMs = 0;
      let failure: unknown;
      try {
        const stream = await this.#options.open();
        const openedMs = performance.now();
        await this.#carry(stream);
        livedMs = performance.now() - openedMs;
      } catch (error) {
        failure = error;
      }
      if (this.#closed) return;
      // A stream that was reset soon after it opened is a failure too, or two nodes that refuse
      // each other's frames would open and reset without a pause.
      failures = livedMs > backoff.maxMs ? 1 : failures + 1;
      const waitMs = backoffMs(backoff, failures, random);
      if (failure !== undefined) onDialFailed(failure, waitMs);
      await delay(waitMs, undefined, { signal: this.#wait.signal }).catch(ignoreAbort);
    }
  }

  /** Uses a stream until it is gone. */
  #carry(stream: Stream): Promise<void> {
    return new Promise((resolve) => {
      if (this.#closed) stream.abort(new Error("no longer wanted"));
      if (stream.status !== "open") {
        resolve();
        return;
      }
      stream.addEventListener("drain", () => this.#schedule());
      stream.addEventListener("message", () => {
        const error = new Error("wrote on the stream of the other direction");
        stream.abort(error);
        this.#options.onViolation(error);
      });
      stream.addEventListener("close", ({ error }) => {
        this.#stream = undefined;
        this.#options.onClose(error);
        resolve();
      });
      this.#stream = stream;
      this.#options.onOpen();
      this.#schedule();
    });
  }

  /**
   * Later in this turn of the event loop: what is sent until then goes along, and after a `drain`
   * libp2p has first written what it still held.
   */
  #schedule(): void {
    if (this.#stream !== undefined) this.#flush ??= setImmediate(() => this.#write());
  }

  /** Writes batches until the queue is empty or libp2p wants a pause. */
  #write(): void {
    this.#flush = undefined;
    const { peer } = this.#options;
    const stream = this.#stream;
    if (stream === undefined) return;
    try {
      while (peer.queue.length > 0 && mayWrite(stream)) {
        stream.send(encodeFrames(peer.takeBatch(BATCH_BYTES_MAX)));
      }
    } catch (error) {
      stream.abort(new Error("the connection broke while writing", { cause: error }));
    }
  }
}

function mayWrite(stream: Stream): boolean {
  if (stream.writeStatus !== "writable") return false;
  return !stream.writableNeedsDrain && stream.writeBufferLength === 0;
}

/** A wait that was cut short is over, that is all. */
function ignoreAbort(error: Error): void {
  if (error.name !== "AbortError") throw error;
}
