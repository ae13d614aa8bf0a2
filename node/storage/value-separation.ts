/**
 * A database whose blocks lie in files of their own (value-log.ts); under their keys it keeps where. LevelDB writes what it
 * is given several times, into its log and into tables at each level: four fifths of all that is blocks, once now.
 *
 * A value is on the disk before its place is written. A crash between the two leaves bytes that nobody needs; the other way
 * round the database could promise a block that is not there, and perhaps is nowhere.
 *
 * Invariant: writes reach the disk in the order in which they were asked for, each whole or not at all; after one that
 * failed there is none.
 */
import { KEYS } from "./buckets.ts";
import { Readers } from "./compaction.ts";
import type { Database, DatabaseView, WriteBatch } from "./database.ts";
import { placeAt, SegmentSweeper } from "./segment-sweeper.ts";
import {
  decodePlace,
  encodePlace,
  isSeparated,
  SEGMENT_SIZE_BYTES_MAX,
  type ValueLog,
} from "./value-log.ts";

/** The same database; close this one, and not the other. */
export class SeparatingDatabase implements Database {
  readonly #database: Database;
  readonly #values: ValueLog;
  readonly #readers = new Readers();
  readonly #sweeper: SegmentSweeper;
  /** Settles when the last write does that was asked for. */
  #written: Promise<void> = Promise.resolve();
  /** How much was replaced or removed since segments were swept last. */
  #garbageSizeBytes = 0;

  constructor(database: Database, values: ValueLog) {
    this.#database = database;
    this.#values = values;
    this.#sweeper = new SegmentSweeper({
      database,
      values,
      readers: this.#readers,
      inTurn: (work) => this.#inTurn(work),
    });
  }

  get(key: string): Uint8Array | undefined {
    return this.#resolved(key, this.#database.get(key));
  }

  async getMany(keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    const leave = this.#readers.enter();
    try {
      const stored = await this.#database.getMany(keys);
      return stored.map((payload, i) => this.#resolved(keys[i] ?? "", payload));
    } finally {
      leave();
    }
  }

  promise(): Uint8Array | undefined {
    return this.#database.promise();
  }

  entries(start: string, end: string): AsyncIterable<readonly [string, Uint8Array]> {
    return this.#entriesOf(this.#database, start, end);
  }

  view(): DatabaseView {
    const leave = this.#readers.enter();
    const view = this.#database.view();
    return {
      entries: (start, end) => this.#entriesOf(view, start, end),
      close: () => view.close().finally(leave),
    };
  }

  keys(start: string, end: string, max?: number): Promise<string[]> {
    return this.#database.keys(start, end, max);
  }

  lastKey(start: string, end: string): Promise<string | undefined> {
    return this.#database.lastKey(start, end);
  }

  batch(): WriteBatch {
    const records = this.#database.batch();
    /** Null for what is removed. */
    const values = new Map<string, Uint8Array | null>();
    const batch: WriteBatch = {
      put: (key, payload) => {
        if (isSeparated(key)) values.set(key, payload);
        else records.put(key, payload);
        return batch;
      },
      del: (key) => {
        if (isSeparated(key)) values.set(key, null);
        else records.del(key);
        return batch;
      },
      promise: (payload) => {
        records.promise(payload);
        return batch;
      },
      write: ({ sync }) =>
        this.#inTurn(async () => {
          await this.#addValues(values, records);
          await records.write({ sync });
          this.#sweepSometimes();
        }),
    };
    return batch;
  }

  async compact(start: string, end: string): Promise<void> {
    if (mayBeSeparated(start, end)) await this.#sweeper.moveOn();
    await this.#database.compact(start, end);
  }

  async close(): Promise<void> {
    await this.#sweeper.stop();
    try {
      await this.#values.close();
    } finally {
      await this.#database.close();
    }
  }

  async #addValues(
    values: ReadonlyMap<string, Uint8Array | null>,
    records: WriteBatch,
  ): Promise<void> {
    const added = new Map<string, Uint8Array>();
    for (const [key, value] of values) {
      this.#garbageSizeBytes += placeAt(this.#database, key)?.sizeBytes ?? 0;
      if (value === null) records.del(key);
      else added.set(key, value);
    }
    const places = await this.#values.append(added);
    for (const [key, place] of places) records.put(key, encodePlace(place));
  }

  /** A pass over all places for each segment's worth of garbage. Whoever writes next hears of a failure. */
  #sweepSometimes(): void {
    if (this.#garbageSizeBytes < SEGMENT_SIZE_BYTES_MAX) return;
    this.#garbageSizeBytes = 0;
    this.#sweeper.removeUnneeded().catch((error) => {
      this.#written = Promise.reject(error);
      this.#written.catch(() => undefined);
    });
  }

  /** One after the other. After one that failed, what it left behind is not known. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#written = this.#written.then(work);
    return this.#written;
  }

  #resolved(key: string, stored: Uint8Array | undefined): Uint8Array | undefined {
    if (stored === undefined || !isSeparated(key)) return stored;
    const place = decodePlace(stored);
    return place === null ? stored : this.#values.read(key, place);
  }

  #entriesOf(
    records: Pick<Database, "entries">,
    start: string,
    end: string,
  ): AsyncIterable<readonly [string, Uint8Array]> {
    const stored = records.entries(start, end);
    return mayBeSeparated(start, end) ? this.#resolvedEntries(stored) : stored;
  }

  async *#resolvedEntries(
    stored: AsyncIterable<readonly [string, Uint8Array]>,
  ): AsyncIterable<readonly [string, Uint8Array]> {
    const leave = this.#readers.enter();
    try {
      for await (const [key, payload] of stored) {
        yield [key, this.#resolved(key, payload) ?? payload] as const;
      }
    } finally {
      leave();
    }
  }
}

function mayBeSeparated(start: string, end: string): boolean {
  return start < KEYS.blocksEnd && KEYS.block(0) < end;
}
