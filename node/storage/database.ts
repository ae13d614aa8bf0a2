/** LevelDB with sealed records; the only file that knows the library. */
import { Level } from "level";
import { openRecord, StorageError, sealRecord } from "./record.ts";

/** Changes that reach the disk together or not at all. */
export interface WriteBatch {
  put(key: string, payload: Uint8Array): WriteBatch;
  del(key: string): WriteBatch;
  /** @param options.sync true: on the disk (fsync) when it resolves; false: after a crash of the machine it may be gone. */
  write(options: { readonly sync: boolean }): Promise<void>;
}

/** Sealed records by key. Everything throws StorageError when a record is damaged or the disk fails. */
export interface Database {
  get(key: string): Uint8Array | undefined;
  getMany(keys: readonly string[]): Promise<(Uint8Array | undefined)[]>;
  batch(): WriteBatch;
  /** Records with `start <= key < end`, in order of key. */
  entries(start: string, end: string): AsyncIterable<readonly [string, Uint8Array]>;
  /** The last key with `start <= key < end`. */
  lastKey(start: string, end: string): Promise<string | undefined>;
  close(): Promise<void>;
}

type Records = Level<string, Uint8Array>;

/**
 * Opens a node's database, making it when it is not there.
 * @throws StorageError `DIRECTORY_IN_USE` when another process holds it; `DISK_FAILED`.
 */
export async function openDatabase(directory: string): Promise<Database> {
  const level: Records = new Level(directory, { valueEncoding: "view" });
  await onDisk(() => level.open());
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
    batch: () => chainedBatch(level),
    entries: (start, end) => readRange(level, start, end),
    lastKey: async (start, end) => {
      const range = { gte: start, lt: end, reverse: true, limit: 1 };
      const [key] = await onDisk(() => level.keys(range).all());
      return key;
    },
    close: () => onDisk(() => level.close()),
  };
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
  start: string,
  end: string,
): AsyncIterable<readonly [string, Uint8Array]> {
  const iterator = level.iterator({ gte: start, lt: end });
  try {
    while (true) {
      const entry = await onDisk(() => iterator.next());
      if (entry === undefined) return;
      const [key, record] = entry;
      yield [key, openRecord(key, record)] as const;
    }
  } finally {
    await onDisk(() => iterator.close());
  }
}

/** LevelDB's chained batch: three times as fast as one from an array. */
function chainedBatch(level: Records): WriteBatch {
  const chained = level.batch();
  const batch: WriteBatch = {
    put: (key, payload) => {
      chained.put(key, sealRecord(key, payload));
      return batch;
    },
    del: (key) => {
      chained.del(key);
      return batch;
    },
    write: ({ sync }) => onDisk(() => chained.write({ sync })),
  };
  return batch;
}

async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw failureOf(error);
  }
}

/** The library says why in the cause of its error. */
function failureOf(error: unknown): StorageError {
  const { message, cause } = error as Error;
  const reason = cause instanceof Error ? cause.message : message;
  return (cause as { readonly code?: string } | undefined)?.code === "LEVEL_LOCKED"
    ? new StorageError("DIRECTORY_IN_USE", "another process uses the data directory", {
        cause: error,
      })
    : new StorageError("DISK_FAILED", reason, { cause: error });
}
