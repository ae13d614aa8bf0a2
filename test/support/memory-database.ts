/** A database in memory that can crash: what was not synced is gone, and each batch is there whole or not at all. */
import { KEYS } from "../../node/storage/buckets.ts";
import type { Database, DatabaseView, WriteBatch } from "../../node/storage/database.ts";
import { openRecord, StorageError, sealRecord } from "../../node/storage/record.ts";

type Changes = ReadonlyMap<string, Uint8Array | null>;

/** When the machine stops: at which write, counted from 1, and whether that write still reached the disk. */
export interface CrashPoint {
  readonly write: number;
  readonly isWritten: boolean;
}

/** Sealed records in a map. */
export class MemoryDatabase implements Database {
  /** What is stored, sealed; a test may damage it. */
  readonly records: Map<string, Uint8Array>;
  #durable: Map<string, Uint8Array>;
  #promise: Uint8Array | undefined;
  readonly #crash: CrashPoint | null;
  #writes = 0;

  constructor(
    records: ReadonlyMap<string, Uint8Array> = new Map(),
    promise?: Uint8Array,
    crash: CrashPoint | null = null,
  ) {
    this.records = new Map(records);
    this.#durable = new Map(records);
    this.#promise = promise;
    this.#crash = crash;
  }

  /** The database after a power failure now. */
  afterCrash(crash: CrashPoint | null = null): MemoryDatabase {
    return new MemoryDatabase(this.#durable, this.#promise, crash);
  }

  /** How many writes were tried. */
  get writes(): number {
    return this.#writes;
  }

  get(key: string): Uint8Array | undefined {
    const record = this.records.get(key);
    return record === undefined ? undefined : openRecord(key, record);
  }

  async getMany(keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    return keys.map((key) => this.get(key));
  }

  promise(): Uint8Array | undefined {
    return this.#promise;
  }

  async *entries(start: string, end: string): AsyncIterable<readonly [string, Uint8Array]> {
    for (const key of await this.keys(start, end)) yield [key, this.get(key) ?? new Uint8Array()];
  }

  view(): DatabaseView {
    return new MemoryDatabase(this.records);
  }

  async keys(start: string, end: string, max = Number.POSITIVE_INFINITY): Promise<string[]> {
    const keys = [...this.records.keys()].filter((key) => key >= start && key < end);
    return keys.sort((a, b) => (a < b ? -1 : 1)).slice(0, max);
  }

  async lastKey(start: string, end: string): Promise<string | undefined> {
    return (await this.keys(start, end)).at(-1);
  }

  async compact(): Promise<void> {
    // What is replaced is gone at once.
  }

  batch(): WriteBatch {
    const changes = new Map<string, Uint8Array | null>();
    let promised: Uint8Array | null = null;
    const batch: WriteBatch = {
      put: (key, payload) => {
        changes.set(key, sealRecord(key, payload));
        return batch;
      },
      del: (key) => {
        changes.set(key, null);
        return batch;
      },
      promise: (payload) => {
        promised = payload;
        return batch.put(KEYS.promise, payload);
      },
      write: async ({ sync }) => this.#write(changes, promised, sync),
    };
    return batch;
  }

  async close(): Promise<void> {
    // Nothing is open.
  }

  #write(changes: Changes, promised: Uint8Array | null, isSynced: boolean): void {
    this.#writes += 1;
    const { write, isWritten } = this.#crash ?? {
      write: Number.POSITIVE_INFINITY,
      isWritten: false,
    };
    if (this.#writes < write || (this.#writes === write && isWritten)) {
      for (const [key, record] of changes) {
        if (record === null) this.records.delete(key);
        else this.records.set(key, record);
      }
      if (promised !== null) this.#promise = promised;
      if (isSynced) this.#durable = new Map(this.records);
    }
    if (this.#writes >= write) throw new StorageError("DISK_FAILED", "the machine has stopped");
  }
}
