/**
 * Getting rid of segments (value-log.ts) of which nothing, or not everything, is needed any more. Which these are is not
 * kept anywhere: the records that name a place are looked through. Values come into the last segment alone, so what no record
 * needs of an earlier one is needed never again, whatever is written meanwhile.
 *
 * Order: the records that need it no more are on the disk → who read before has finished → the file is removed.
 */
import { heightOfBlockKey, KEYS } from "./buckets.ts";
import type { Readers } from "./compaction.ts";
import type { Database } from "./database.ts";
import { StorageError } from "./record.ts";
import { decodePlace, encodePlace, type Place, type ValueLog } from "./value-log.ts";

/** Records looked through at one go. */
const SCANNED_MAX = 256;
/** Values moved on in one write. */
const MOVED_MAX = 16;

/** What sweeping works with. */
export interface SegmentSweeperParts {
  /** The records, of which some are places. */
  readonly database: Database;
  readonly values: ValueLog;
  /** Who reads values. */
  readonly readers: Readers;
  /** Does something between two writes. */
  readonly inTurn: (work: () => Promise<void>) => Promise<void>;
}

/** The sweeper of one value log. */
export class SegmentSweeper {
  readonly #parts: SegmentSweeperParts;
  /** Settles when nothing is swept. */
  #swept: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(parts: SegmentSweeperParts) {
    this.#parts = parts;
  }

  /** Removes the segments of which nothing is needed. */
  removeUnneeded(): Promise<void> {
    return this.#oneByOne(async () => {
      const sizes = await this.#earlierSizes();
      const needed = await this.#neededSizes();
      await this.#remove([...sizes.keys()].filter((segment) => !needed.has(segment)));
    });
  }

  /** When it resolves, what was replaced or removed before is in no segment: what is needed beside it is moved on. */
  moveOn(): Promise<void> {
    return this.#oneByOne(async () => {
      await this.#parts.inTurn(() => this.#parts.values.rotate());
      const sizes = await this.#earlierSizes();
      const needed = await this.#neededSizes();
      const left = [...sizes.keys()].filter(
        (segment) => (needed.get(segment) ?? 0) < (sizes.get(segment) ?? 0),
      );
      await this.#moveOutOf(new Set(left));
      await this.#remove(left);
    });
  }

  /** Lets go of what is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#swept;
  }

  #oneByOne(work: () => Promise<void>): Promise<void> {
    const turn = this.#swept.then(work);
    const rest = () => undefined;
    this.#swept = turn.then(rest, rest);
    return turn;
  }

  /** Of the segments to which nothing is added. */
  async #earlierSizes(): Promise<ReadonlyMap<number, number>> {
    const { values } = this.#parts;
    const { last } = values;
    return new Map([...(await values.sizes())].filter(([segment]) => segment < last));
  }

  /** How much is needed of each segment, bytes; of one that is not named nothing. */
  async #neededSizes(): Promise<ReadonlyMap<number, number>> {
    const needed = new Map<number, number>();
    for await (const keys of this.#keys(SCANNED_MAX)) {
      for (const key of keys) {
        const place = placeAt(this.#parts.database, key);
        if (place === null) continue;
        needed.set(place.segment, (needed.get(place.segment) ?? 0) + place.sizeBytes);
      }
    }
    return needed;
  }

  async #moveOutOf(segments: ReadonlySet<number>): Promise<void> {
    const { database, inTurn } = this.#parts;
    const isLeft = (key: string) => segments.has(placeAt(database, key)?.segment ?? 0);
    for await (const keys of this.#keys(MOVED_MAX)) {
      if (keys.some(isLeft)) await inTurn(() => this.#move(keys.filter(isLeft)));
    }
  }

  async #move(keys: readonly string[]): Promise<void> {
    const { database, values } = this.#parts;
    const moved = new Map<string, Uint8Array>();
    for (const key of keys) {
      const value = valueAt(database, values, key);
      if (value !== null) moved.set(key, value);
    }
    const batch = database.batch();
    for (const [key, place] of await values.append(moved)) batch.put(key, encodePlace(place));
    await batch.write({ sync: true });
  }

  async #remove(segments: readonly number[]): Promise<void> {
    const { database, values, readers, inTurn } = this.#parts;
    if (segments.length === 0) return;
    // The key of no record: this makes durable what was written before.
    await inTurn(() => database.batch().del(KEYS.blocksEnd).write({ sync: true }));
    await readers.finished();
    for (const segment of segments) await inTurn(() => values.remove(segment));
  }

  /** All keys of separated values, some at a time. @throws Error when this was stopped: what it found is not all. */
  async *#keys(max: number): AsyncIterable<readonly string[]> {
    for (let start = KEYS.block(0); ; ) {
      if (this.#isStopped) throw new Error("the database is being closed");
      const keys = await this.#parts.database.keys(start, KEYS.blocksEnd, max);
      const last = keys.at(-1);
      if (last === undefined) return;
      yield keys;
      start = KEYS.block(heightOfBlockKey(last) + 1);
    }
  }
}

/** Where the value of a key lies; null when it is nowhere, or in the database, or nobody can say: then it cannot be read. */
export function placeAt(database: Database, key: string): Place | null {
  return unlessDamaged(() => {
    const stored = database.get(key);
    return stored === undefined ? null : decodePlace(stored);
  });
}

/** A value to be moved; null when it is damaged: its place stays, where it is found to be missing (damage.ts, scrub.ts). */
function valueAt(database: Database, values: ValueLog, key: string): Uint8Array | null {
  const place = placeAt(database, key);
  return place === null ? null : unlessDamaged(() => values.read(key, place));
}

function unlessDamaged<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof StorageError && error.code === "RECORD_DAMAGED") return null;
    throw error;
  }
}
