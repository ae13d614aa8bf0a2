/** LevelDB with sealed records; the only file that knows the library. */
import { type IteratorOptions, Level } from "level";
import { KEYS } from "./buckets.ts";
import { type Compactable, compact, Readers } from "./compaction.ts";
import { failureOf, onDisk } from "./disk-failure.ts";
import {
  decodeNumbered,
  encodeNumbered,
  type NumberedPromise,
  newerOf,
  PROMISE_FILE,
  PromiseFile,
} from "./promise-file.ts";
import { openRecord, StorageError, sealRecord } from "./record.ts";

/** Changes that reach the disk together or not at all. */
export interface WriteBatch {
  put(key: string, payload: Uint8Array): WriteBatch;
  del(key: string): WriteBatch;
  /** What the node promises with this write, which must be synced; kept twice. */
  promise(payload: Uint8Array): WriteBatch;
  /** @param options.sync true: on the disk (fsync) when it resolves; false: after a crash of the machine it may be gone. */
  write(options: { readonly sync: boolean }): Promise<void>;
}

/** Sealed records by key. Everything throws StorageError when a record is damaged or the disk fails. */
export interface Database {
  get(key: string): Uint8Array | undefined;
  getMany(keys: readonly string[]): Promise<(Uint8Array | undefined)[]>;
  /** The last promise, from whichever copy has it; undefined in a new directory. */
  promise(): Uint8Array | undefined;
  batch(): WriteBatch;
  /** Records with `start <= key < end`, in order of key. */
  entries(start: string, end: string): AsyncIterable<readonly [string, Uint8Array]>;
  /** What is stored now, whatever is written later. The caller closes it. */
  view(): DatabaseView;
  /** The first `max` (or all) keys with `start <= key < end`, in order, whatever state their records are in. */
  keys(start: string, end: string, max?: number): Promise<string[]>;
  /** The last key with `start <= key < end`. */
  lastKey(start: string, end: string): Promise<string | undefined>;
  /** When it resolves, what was replaced or removed between two keys of no records is in no file any more. */
  compact(start: string, end: string): Promise<void>;
  close(): Promise<void>;
}

/** The records of one moment. */
export interface DatabaseView extends Pick<Database, "entries"> {
  close(): Promise<void>;
}

/** Records removed in one write. */
const CLEAR_RECORDS_MAX = 10_000;

/** Removes all records with `start <= key < end`, some in each write. */
export async function clearRange(database: Database, start: string, end: string): Promise<void> {
  while (true) {
    const keys = await database.keys(start, end, CLEAR_RECORDS_MAX);
    if (keys.length === 0) return;
    const batch = database.batch();
    for (const key of keys) batch.del(key);
    await batch.write({ sync: false });
  }
}

/** The library's types are those that browsers' databases have too; ours is always LevelDB's. */
type Records = Level<string, Uint8Array> & Pick<Compactable, "compactRange">;

/**
 * What gathers in memory before LevelDB makes a table of it: records written often are merged there, not on disk. Wallets lie
 * anywhere in the key space, so that each table costs a pass over nearly all of them: four times as much gathered is a quarter
 * of the passes.
 */
const WRITE_BUFFER_SIZE_BYTES: number = 64 * 1024 * 1024;

/** How far a node's own may be from that, either way: all nodes write the same, and a quorum must not make tables at once. */
const WRITE_BUFFER_SPREAD = 0.25;

/**
 * Opens a node's database, making it when it is not there.
 * @throws StorageError `DIRECTORY_IN_USE` when another process holds it; `DATABASE_DAMAGED`, `PROMISES_LOST`,
 * `DISK_FULL`, `DISK_FAILED`.
 */
export async function openDatabase(directory: string): Promise<Database> {
  const level = new Level<string, Uint8Array>(directory, {
    valueEncoding: "view",
    // Signatures and hashes, most of what is stored, do not compress.
    compression: false,
    writeBufferSize: Math.round(
      WRITE_BUFFER_SIZE_BYTES * (1 + WRITE_BUFFER_SPREAD * (2 * Math.random() - 1)),
    ),
  }) as Records;
  await onDisk(() => level.open());
  try {
    return openedDatabase(level, await Promises.open(directory, level));
  } catch (error) {
    await level.close();
    throw error;
  }
}

function openedDatabase(level: Records, promises: Promises): Database {
  const writer = new FailStop();
  const readers = new Readers();
  const read = (range: IteratorOptions<string, Uint8Array>) => readRange(level, readers, range);
  return {
    get: (key) => {
      const record = readNow(level, key);
      return record === undefined ? undefined : openRecord(key, record);
    },
    getMany: async (keys) => {
      const records = await onDisk(() => level.getMany([...keys]));
      return records.map((record, i) =>
        record === undefined ? undefined : openRecord(keys[i] ?? "", record),
      );
    },
    promise: () => promises.newest?.payload,
    batch: () => chainedBatch(level, promises, writer),
    entries: (start, end) => read({ gte: start, lt: end }),
    view: () => {
      const snapshot = level.snapshot();
      const leave = readers.enter();
      return {
        entries: (start, end) => read({ gte: start, lt: end, snapshot }),
        close: () => onDisk(() => snapshot.close()).finally(leave),
      };
    },
    keys: (start, end, max = -1) =>
      onDisk(() => level.keys({ gte: start, lt: end, limit: max }).all()),
    lastKey: async (start, end) => {
      const range = { gte: start, lt: end, reverse: true, limit: 1 };
      const [key] = await onDisk(() => level.keys(range).all());
      return key;
    },
    compact: (start, end) => onDisk(() => compact(level, readers, start, end)),
    close: async () => {
      await promises.close();
      await onDisk(() => level.close());
    },
  };
}

/** Both copies of the promises. The file's comes last: it never names what the database may lack. */
class Promises {
  readonly #file: PromiseFile;
  #newest: NumberedPromise | undefined;

  private constructor(file: PromiseFile, newest: NumberedPromise | undefined) {
    this.#file = file;
    this.#newest = newest;
  }

  static async open(directory: string, level: Records): Promise<Promises> {
    const file = await onDisk(() => PromiseFile.open(directory));
    const stored = storedPromise(level);
    // The first promise may have reached the database alone; no later one can have.
    if (file.newest === undefined && (stored === "damaged" || (stored?.sequence ?? 1) > 1)) {
      await file.close();
      throw StorageError.lost("PROMISES_LOST", `the file ${PROMISE_FILE} is missing or damaged`);
    }
    const newest = newerOf(file.newest, stored === "damaged" ? undefined : stored);
    // A crash came between the two: until there are two again, damage to one would take back what was promised.
    if (newest !== undefined && newest !== file.newest) await file.write(newest);
    return new Promises(file, newest);
  }

  get newest(): NumberedPromise | undefined {
    return this.#newest;
  }

  next(payload: Uint8Array): NumberedPromise {
    return { sequence: (this.#newest?.sequence ?? 0) + 1, payload };
  }

  async stored(promise: NumberedPromise): Promise<void> {
    await this.#file.write(promise);
    this.#newest = promise;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

function storedPromise(level: Records): NumberedPromise | "damaged" | undefined {
  const record = readNow(level, KEYS.promise);
  if (record === undefined) return undefined;
  try {
    return decodeNumbered(openRecord(KEYS.promise, record));
  } catch (error) {
    if (error instanceof StorageError) return "damaged";
    throw error;
  }
}

/** After a write that failed nothing is written until a restart: what it left behind is not known. */
class FailStop {
  #failure: StorageError | null = null;

  async run(write: () => Promise<void>): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    try {
      await onDisk(write);
    } catch (error) {
      this.#failure = error as StorageError;
      throw error;
    }
  }
}

function readNow(level: Records, key: string): Uint8Array | undefined {
  try {
    return level.getSync(key);
  } catch (error) {
    throw failureOf(error);
  }
}

async function* readRange(
  level: Records,
  readers: Readers,
  range: IteratorOptions<string, Uint8Array>,
): AsyncIterable<readonly [string, Uint8Array]> {
  const leave = readers.enter();
  const iterator = level.iterator(range);
  try {
    while (true) {
      const entry = await onDisk(() => iterator.next());
      if (entry === undefined) return;
      const [key, record] = entry;
      yield [key, openRecord(key, record)] as const;
    }
  } finally {
    await onDisk(() => iterator.close()).finally(leave);
  }
}

/** LevelDB's chained batch: three times as fast as one from an array. */
function chainedBatch(level: Records, promises: Promises, writer: FailStop): WriteBatch {
  const chained = level.batch();
  let promised: NumberedPromise | null = null;
  const batch: WriteBatch = {
    put: (key, payload) => {
      chained.put(key, sealRecord(key, payload));
      return batch;
    },
    del: (key) => {
      chained.del(key);
      return batch;
    },
    promise: (payload) => {
      promised = promises.next(payload);
      return batch.put(KEYS.promise, encodeNumbered(promised));
    },
    write: ({ sync }) =>
      writer.run(async () => {
        await chained.write({ sync });
        if (promised !== null) await promises.stored(promised);
      }),
  };
  return batch;
}
