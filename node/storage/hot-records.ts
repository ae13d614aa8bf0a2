/**
 * Records of the state that were read or written lately. A shop, its terminals and the lists of its municipality are
 * read by every block: reading one from the database costs as much as executing a payment, and a block that needs
 * none from there waits for no thread.
 *
 * Invariant: what is here is what the database holds.
 */

/** Bytes kept, keys and values: some ten thousand wallets. */
const SIZE_BYTES_MAX: number = 16 * 1024 * 1024;
/** What keeping one takes beside them. */
const ENTRY_SIZE_BYTES = 200;

/** Records by key; the oldest give way. */
export class HotRecords {
  readonly #sizeBytesMax: number;
  readonly #records = new Map<string, Uint8Array | null>();
  #sizeBytes = 0;

  constructor(sizeBytesMax: number = SIZE_BYTES_MAX) {
    this.#sizeBytesMax = sizeBytesMax;
  }

  /** The record; null when it is known that there is none, undefined when nothing is known. */
  get(key: string): Uint8Array | null | undefined {
    return this.#records.get(key);
  }

  /** Keeps what the database holds under a key now; null for nothing. */
  put(key: string, record: Uint8Array | null): void {
    this.#forget(key);
    this.#records.set(key, record);
    this.#sizeBytes += sizeOf(key, record);
    for (const oldest of this.#records.keys()) {
      if (this.#sizeBytes <= this.#sizeBytesMax) break;
      this.#forget(oldest);
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.#records.clear();
    this.#sizeBytes = 0;
  }

  #forget(key: string): void {
    const record = this.#records.get(key);
    if (record === undefined) return;
    this.#records.delete(key);
    this.#sizeBytes -= sizeOf(key, record);
  }
}

function sizeOf(key: string, record: Uint8Array | null): number {
  return key.length + (record?.length ?? 0) + ENTRY_SIZE_BYTES;
}
