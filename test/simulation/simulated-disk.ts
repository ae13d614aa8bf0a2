/**
 * The disk of one node, with what power failures do to it: a database, and segments beside it (simulated-segments.ts).
 *
 * As LevelDB's: a batch is there whole or not at all; batches reach the disk in the order in which they were finished;
 * one written with `sync` takes all before it along; a reader of the same process sees what is finished. A killed
 * process loses only what was under way. When power fails, any number of the last batches that no later
 * `sync` covers is gone.
 */
import { KEYS } from "../../node/storage/buckets.ts";
import type { Database, WriteBatch } from "../../node/storage/database.ts";
import { openRecord, sealRecord } from "../../node/storage/record.ts";
import { decodePlace, isSeparated, readValue, ValueLog } from "../../node/storage/value-log.ts";
import { SeparatingDatabase } from "../../node/storage/value-separation.ts";
import type { Dice } from "./dice.ts";
import type { DiskOptions } from "./options.ts";
import { SimulatedSegments } from "./simulated-segments.ts";

/** How many times as long as usual a slow write or read takes. */
const SLOW_FACTOR = 20;

/** How a process can end. */
export type Crash = "killed" | "power-failure";

/** Sealed records, null for what is removed. */
type Changes = ReadonlyMap<string, Uint8Array | null>;

/** What a disk is made with. */
export interface SimulatedDiskParts {
  readonly dice: Dice;
  readonly options: DiskOptions;
  /** Lets something happen to the running process after a time. */
  readonly after: (delayMs: number, happen: () => void) => void;
}

/** An injected fault: a write that does not reach the disk. */
export class DiskFailure extends Error {
  override readonly name = "DiskFailure";
}

/** Survives the processes that use it, one after the other. */
export class SimulatedDisk {
  readonly #parts: SimulatedDiskParts;
  readonly #segments: SimulatedSegments;
  readonly #durable = new Map<string, Uint8Array>();
  /** What a process reads: the durable records and, on top, what is not synced. */
  #visible = new Map<string, Uint8Array>();
  /** Finished batches since the last sync. */
  #unsynced: Changes[] = [];
  readonly #underWay = new Set<Changes>();
  /** The copy of the promises that lies in a file of its own. */
  #promised: Uint8Array | undefined;
  /** Whether writes may fail now. */
  mayFail = true;
  /** What is held back while the disk stands still; null when it does not. */
  #held: (() => void)[] | null = null;

  constructor(parts: SimulatedDiskParts) {
    this.#parts = parts;
    this.#segments = new SimulatedSegments(parts.dice);
  }

  /** The durable record under a key, checksum and all: what would be there after any crash. */
  durable(key: string): Uint8Array | undefined {
    return this.#durable.get(key);
  }

  /** What lies durably under a key. @throws StorageError when it is damaged. */
  durableValue(key: string): Uint8Array | undefined {
    const record = this.#durable.get(key);
    if (record === undefined) return undefined;
    const payload = openRecord(key, record);
    const place = isSeparated(key) ? decodePlace(payload) : null;
    return place === null ? payload : readValue(this.#segments, key, place);
  }

  /** The bytes of all segments, by number. */
  get segments(): ReadonlyMap<number, Uint8Array> {
    return this.#segments.files;
  }

  /** What was promised last. */
  get promised(): Uint8Array | undefined {
    return this.#promised;
  }

  /** Opens the disk for a process, blocks in segments. */
  async openSeparated(): Promise<Database> {
    const database = this.open();
    const segments = this.#segments.open((work) =>
      this.#later(() => {
        this.#mayFail();
        work();
      }),
    );
    const { segmentSizeBytesMax } = this.#parts.options;
    return new SeparatingDatabase(database, await ValueLog.open(segments, segmentSizeBytesMax));
  }

  /** Opens the database alone. LevelDB's recovery syncs what it finds; then both promises are one again. */
  open(): Database {
    this.#sync();
    this.#promised = this.#newestPromise();
    const read = (key: string): Uint8Array | undefined => {
      const sealed = this.#visible.get(key);
      return sealed === undefined ? undefined : openRecord(key, sealed);
    };
    const keysIn = (start: string, end: string): string[] =>
      inOrder(this.#visible.keys()).filter((key) => start <= key && key < end);
    const recordsOf = (records: ReadonlyMap<string, Uint8Array>, start: string, end: string) =>
      inOrder(records.keys())
        .filter((key) => start <= key && key < end)
        .map((key) => [key, openRecord(key, records.get(key) as Uint8Array)] as const);
    return {
      get: read,
      getMany: (keys) => this.#later(() => keys.map(read)),
      promise: () => this.#newestPromise(),
      keys: async (start, end, max) => keysIn(start, end).slice(0, max),
      batch: () => this.#batch(),
      entries: (start, end) => oneByOne(recordsOf(this.#visible, start, end)),
      view: () => {
        const records = new Map(this.#visible);
        return {
          entries: (start, end) => oneByOne(recordsOf(records, start, end)),
          close: async () => {},
        };
      },
      lastKey: async (start, end) => keysIn(start, end).at(-1),
      compact: () => this.#later(() => undefined),
      close: async () => {},
    };
  }

  /** Nothing is written any more, and nothing fails: not before `goOn`. */
  standStill(): void {
    this.#held ??= [];
  }

  /** The disk does all that it held back. */
  goOn(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const work of held) work();
  }

  /** The process ended; nothing that was under way will be finished. */
  crash(crash: Crash): void {
    const { dice } = this.#parts;
    if (this.#held !== null) this.#held = [];
    const kept =
      crash === "killed" ? this.#unsynced.length : dice.between(0, this.#unsynced.length);
    const left = this.#unsynced.slice(0, kept);
    if (kept === this.#unsynced.length) {
      left.push(...dice.shuffled([...this.#underWay]).filter(() => dice.chance(0.5)));
    }
    this.#underWay.clear();
    this.#segments.crash();
    this.#visible = new Map(this.#durable);
    for (const changes of left) apply(changes, this.#visible);
    this.#unsynced = left;
    if (crash === "power-failure") this.#sync();
  }

  /** Flips one bit somewhere. @returns the key of the damaged record, or its segment, or null when there is none. */
  damage(): string | null {
    const { dice } = this.#parts;
    const segment = dice.chance(0.5) ? this.#segments.damage() : null;
    if (segment !== null) return segment;
    if (this.#visible.size === 0) return null;
    this.#sync();
    const keys = inOrder(this.#visible.keys());
    const lastBlock = keys.findLast((at) => KEYS.block(0) <= at && at < KEYS.blocksEnd);
    // What was written last is at risk most.
    const key = dice.chance(0.5) ? (lastBlock ?? dice.pick(keys)) : dice.pick(keys);
    const record = new Uint8Array(this.#visible.get(key) as Uint8Array);
    const position = dice.between(0, record.length - 1);
    record[position] = (record[position] as number) ^ (1 << dice.between(0, 7));
    this.#visible.set(key, record);
    this.#durable.set(key, record);
    return key;
  }

  /** The database's copy, which is written first; the file's, when that one is damaged. */
  #newestPromise(): Uint8Array | undefined {
    const sealed = this.#visible.get(KEYS.promise);
    try {
      return sealed === undefined ? this.#promised : openRecord(KEYS.promise, sealed);
    } catch {
      return this.#promised;
    }
  }

  #batch(): WriteBatch {
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
      write: async ({ sync }) => {
        await this.#write(changes, sync);
        const payload = promised;
        if (payload === null) return;
        await this.#later(() => {
          this.#promised = payload;
        });
      },
    };
    return batch;
  }

  #write(changes: Changes, sync: boolean): Promise<void> {
    this.#underWay.add(changes);
    return this.#later(() => {
      this.#mayFail();
      this.#underWay.delete(changes);
      apply(changes, this.#visible);
      this.#unsynced.push(changes);
      if (sync) this.#sync();
    });
  }

  #mayFail(): void {
    const { dice, options } = this.#parts;
    if (this.mayFail && dice.chance(options.failure)) throw new DiskFailure("the disk is full");
  }

  #sync(): void {
    for (const changes of this.#unsynced) apply(changes, this.#durable);
    this.#unsynced = [];
  }

  #later<T>(work: () => T): Promise<T> {
    const { dice, options, after } = this.#parts;
    const [low, high] = options.latencyMs;
    const factor = this.mayFail && dice.chance(options.slowness) ? SLOW_FACTOR : 1;
    return new Promise((resolve, reject) => {
      const finish = () => {
        try {
          resolve(work());
        } catch (error) {
          reject(error);
        }
      };
      after(factor * dice.between(low, high), () => {
        if (this.#held === null) finish();
        else this.#held.push(finish);
      });
    });
  }
}

/** Ascending, as LevelDB compares: keys here are ASCII. */
function inOrder(keys: Iterable<string>): string[] {
  return [...keys].sort((a, b) => (a < b ? -1 : 1));
}

async function* oneByOne<T>(items: readonly T[]): AsyncIterable<T> {
  yield* items;
}

function apply(changes: Changes, records: Map<string, Uint8Array>): void {
  for (const [key, record] of changes) {
    if (record === null) records.delete(key);
    else records.set(key, record);
  }
}
