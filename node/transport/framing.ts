/**
 * Messages on a byte stream: a length (u32, big-endian), then that many bytes. Pure.
 *
 * Invariant: between two calls the decoder holds less than one frame, of which the payload was
 * allocated only after its length was found to be within the limit.
 */
import { FRAME_SIZE_BYTES_MAX } from "./limits.ts";

/** Bytes before each payload. */
export const FRAME_HEADER_BYTES = 4;

/** How a peer broke the framing. */
export type FrameFault =
  | { readonly code: "FRAME_TOO_LARGE"; readonly sizeBytes: number; readonly maxBytes: number }
  | { readonly code: "FRAME_EMPTY" }
  | { readonly code: "FRAME_TRUNCATED"; readonly missingBytes: number };

/** Carries a {@link FrameFault}; the stream it came from cannot be read any further. */
export class FrameError extends Error {
  readonly fault: FrameFault;

  constructor(fault: FrameFault) {
    super(`framing broken: ${fault.code}`);
    this.name = "FrameError";
    this.fault = fault;
  }

  /** The code of the fault, for `catch` sites and tests. */
  get code(): FrameFault["code"] {
    return this.fault.code;
  }
}

/** Bytes that a message takes on the stream. */
export function framedBytes(message: Uint8Array): number {
  return FRAME_HEADER_BYTES + message.length;
}

/**
 * Checks that a message can be a frame.
 * @throws {RangeError} when it is empty or larger than the receiver takes
 */
export function assertFrameable(message: Uint8Array, sizeBytesMax: number): void {
  if (message.length > 0 && message.length <= sizeBytesMax) return;
  throw new RangeError(`a message has 1 to ${sizeBytesMax} bytes, not ${message.length}`);
}

/**
 * Gathers messages into one buffer, ready to be written; each is copied once. They are frameable:
 * see {@link assertFrameable}.
 */
export function encodeFrames(messages: readonly Uint8Array[]): Uint8Array {
  const sizeBytes = messages.reduce((sum, message) => sum + framedBytes(message), 0);
  const frames = new Uint8Array(sizeBytes);
  const view = new DataView(frames.buffer);
  let offset = 0;
  for (const message of messages) {
    view.setUint32(offset, message.length);
    frames.set(message, offset + FRAME_HEADER_BYTES);
    offset += framedBytes(message);
  }
  return frames;
}

/** Cuts a stream into messages, however it was chunked. One decoder reads one stream. */
export class FrameDecoder {
  readonly #sizeBytesMax: number;
  readonly #header = new Uint8Array(FRAME_HEADER_BYTES);
  #headerBytes = 0;
  #payload: Uint8Array | undefined;
  #payloadBytes = 0;

  constructor(sizeBytesMax: number = FRAME_SIZE_BYTES_MAX) {
    this.#sizeBytesMax = sizeBytesMax;
  }

  /**
   * Yields the messages that the chunks complete, each in memory of its own (a message may be kept
   * without keeping the chunk alive). Lazy, so that a reader can pause between two messages: run
   * it to its end before the next call.
   * @throws {FrameError} FRAME_TOO_LARGE, FRAME_EMPTY
   */
  *decode(chunks: Iterable<Uint8Array>): Generator<Uint8Array, void, undefined> {
    for (const chunk of chunks) {
      let offset = 0;
      while (offset < chunk.length) {
        offset += this.#take(chunk, offset);
        if (this.#payload === undefined || this.#payloadBytes < this.#payload.length) continue;
        const message = this.#payload;
        this.#payload = undefined;
        this.#headerBytes = 0;
        yield message;
      }
    }
  }

  /**
   * Says that the stream has ended in good order.
   * @throws {FrameError} FRAME_TRUNCATED when it ended within a frame
   */
  end(): void {
    const held = this.#headerBytes + (this.#payload === undefined ? 0 : this.#payloadBytes);
    if (held === 0) return;
    const wanted = FRAME_HEADER_BYTES + (this.#payload?.length ?? 0);
    throw new FrameError({ code: "FRAME_TRUNCATED", missingBytes: wanted - held });
  }

  /** Moves bytes from the chunk to where they belong; returns how many. */
  #take(chunk: Uint8Array, offset: number): number {
    if (this.#payload === undefined) {
      const part = chunk.subarray(offset, offset + FRAME_HEADER_BYTES - this.#headerBytes);
      this.#header.set(part, this.#headerBytes);
      this.#headerBytes += part.length;
      if (this.#headerBytes === FRAME_HEADER_BYTES) this.#startPayload();
      return part.length;
    }
    const part = chunk.subarray(offset, offset + this.#payload.length - this.#payloadBytes);
    this.#payload.set(part, this.#payloadBytes);
    this.#payloadBytes += part.length;
    return part.length;
  }

  #startPayload(): void {
    const sizeBytes = new DataView(this.#header.buffer).getUint32(0);
    if (sizeBytes === 0) throw new FrameError({ code: "FRAME_EMPTY" });
    if (sizeBytes > this.#sizeBytesMax) {
      throw new FrameError({ code: "FRAME_TOO_LARGE", sizeBytes, maxBytes: this.#sizeBytesMax });
    }
    this.#payload = new Uint8Array(sizeBytes);
    this.#payloadBytes = 0;
  }
}
