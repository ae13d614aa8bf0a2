/** Reads the headers of yamux frames (hashicorp/yamux spec.md, "Framing") as they pass by. Pure. */

/** Version (1 byte), type (1), flags (2), stream (4), length (4). */
const HEADER_BYTES = 12;
const TYPE_OFFSET = 1;
const LENGTH_OFFSET = 8;
/** The one type whose length announces bytes that follow. */
const TYPE_DATA = 0;

/** A peer announced a yamux frame larger than any window it was ever granted. */
export class YamuxFrameError extends Error {
  constructor(dataBytes: number, dataBytesMax: number) {
    super(`yamux frame of ${dataBytes} bytes, limit ${dataBytesMax}`);
    this.name = "YamuxFrameError";
  }
}

/** Finds frames that announce more than they may, before anybody waits for their bytes. */
export class YamuxFrameGuard {
  readonly #dataBytesMax: number;
  readonly #header = new Uint8Array(HEADER_BYTES);
  #headerBytes = 0;
  #dataBytesLeft = 0;

  constructor(dataBytesMax: number) {
    this.#dataBytesMax = dataBytesMax;
  }

  /**
   * Follows the next bytes of the connection.
   * @throws {YamuxFrameError} when a data frame announces more than the limit
   */
  check(chunks: Iterable<Uint8Array>): void {
    for (const chunk of chunks) {
      let offset = 0;
      while (offset < chunk.length) {
        if (this.#dataBytesLeft > 0) {
          const passed = Math.min(this.#dataBytesLeft, chunk.length - offset);
          this.#dataBytesLeft -= passed;
          offset += passed;
        } else {
          const part = chunk.subarray(offset, offset + HEADER_BYTES - this.#headerBytes);
          this.#header.set(part, this.#headerBytes);
          this.#headerBytes += part.length;
          offset += part.length;
          if (this.#headerBytes === HEADER_BYTES) this.#onHeader();
        }
      }
    }
  }

  #onHeader(): void {
    this.#headerBytes = 0;
    if (this.#header[TYPE_OFFSET] !== TYPE_DATA) return;
    const dataBytes = new DataView(this.#header.buffer).getUint32(LENGTH_OFFSET);
    if (dataBytes > this.#dataBytesMax) {
      throw new YamuxFrameError(dataBytes, this.#dataBytesMax);
    }
    this.#dataBytesLeft = dataBytes;
  }
}
