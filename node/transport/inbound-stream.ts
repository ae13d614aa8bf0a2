/**
 * Reads the messages of one member from one stream. While the handler's promise is pending the
 * stream is paused; yamux then grants the sender no more window, so that what waits here is at
 * most one window of bytes and one frame. A window holds a hundred thousand small messages, which would keep the event
 * loop for seconds: after a few milliseconds everything else has its turn.
 */
import type { Stream } from "@libp2p/interface";
import { FrameDecoder, FrameError } from "./framing.ts";
import { READING_MS_MAX } from "./limits.ts";

/** What a stream reports to. */
export interface InboundStreamOptions {
  readonly frameSizeBytesMax: number;
  /** Takes a message. Must neither throw nor reject. */
  readonly onMessage: (message: Uint8Array) => void | Promise<void>;
  /** The peer broke the framing; the stream has been reset. */
  readonly onViolation: (error: FrameError) => void;
}

/** One stream that a member opened to send to us. */
export class InboundStream {
  readonly #stream: Stream;
  readonly #options: InboundStreamOptions;
  readonly #decoder: FrameDecoder;
  #reading = false;
  /** When it began to read in this turn of the event loop; null when it has not yet. */
  #turnBeganMs: number | null = null;
  #ended = false;

  constructor(stream: Stream, options: InboundStreamOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#decoder = new FrameDecoder(options.frameSizeBytesMax);
    stream.addEventListener("message", ({ data }) => {
      void this.#read(data instanceof Uint8Array ? [data] : data);
    });
    stream.addEventListener("end", () => {
      // Only a stream that is still open was ended by its writer; else the connection broke.
      if (stream.status !== "open") return;
      this.#ended = true;
      if (!this.#reading) this.#finish();
    });
  }

  /** Resets the stream; messages not yet handed over are lost. */
  abort(reason: Error): void {
    this.#stream.abort(reason);
  }

  /** Runs synchronously as long as the handler does, and not for long; libp2p emits nothing while we are paused. */
  async #read(chunks: Iterable<Uint8Array>): Promise<void> {
    this.#reading = true;
    try {
      for (const message of this.#decoder.decode(chunks)) {
        if (this.#stream.status !== "open") return;
        const beganMs = this.#turnBegan();
        const handled = this.#options.onMessage(message);
        const turn = performance.now() - beganMs > READING_MS_MAX ? nextTurn() : undefined;
        if (handled === undefined && turn === undefined) continue;
        if (this.#stream.readStatus === "readable") this.#stream.pause();
        await handled;
        await turn;
      }
    } catch (error) {
      this.#refuse(error);
    } finally {
      this.#reading = false;
    }
    if (this.#ended) this.#finish();
    else if (this.#stream.status === "open" && this.#stream.readStatus === "paused") {
      this.#stream.resume();
    }
  }

  #turnBegan(): number {
    if (this.#turnBeganMs === null) {
      setImmediate(() => {
        this.#turnBeganMs = null;
      });
    }
    this.#turnBeganMs ??= performance.now();
    return this.#turnBeganMs;
  }

  /** The writer is done: our half is closed too, and libp2p forgets the stream. */
  #finish(): void {
    try {
      this.#decoder.end();
    } catch (error) {
      this.#refuse(error);
      return;
    }
    this.#stream.close().catch((error: Error) => this.#stream.abort(error));
  }

  #refuse(error: unknown): void {
    if (!(error instanceof FrameError)) throw error;
    this.#stream.abort(error);
    this.#options.onViolation(error);
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
