/** LevelDB with sealed records; the only file that knows the library. */
import { Level } from "level";
import { openRecord, sealRecord } from "./record.ts";

/** Changes that reach the disk together or not at all. */
export interface WriteBatch {
  put(key: string, payload: Uint8Array): WriteBatch;
  del(key: string): WriteBatch;
  /** @param options.sync true: on the disk (fsync) when it resolves; false: after a crash of the machine it may be gone. */
  write(options: { readonly sync: boolean }): Promise<void>;
}

/** Sealed records by key. */
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

/** Opens a node's database, making it when it is not there. @throws when another process holds it. */
export async function openDatabase(directory: string): Promise<Database> {
  const level = new Level<string, Uint8Array>(directory, { valueEncoding: "view" });
  await level.open();
  return {
    get: (key) => {
      const record = level.getSync(key);
      return record === undefined ? undefined : openRecord(key, record);
    },
    getMany: async (keys) => {
      const records = await level.getMany([...keys]);
      return records.map((record, i) =>
        record === undefined ? undefined : openRecord(keys[i] ?? "", record),
      );
    },
    batch: () => chainedBatch(level),
    async *entries(start, end) {
      for await (const [key, record] of level.iterator({ gte: start, lt: end })) {
        yield [key, openRecord(key, record)] as const;
      }
    },
    lastKey: async (start, end) => {
      const [key] = await level.keys({ gte: start, lt: end, reverse: true, limit: 1 }).all();
      return key;
    },
    close: () => level.close(),
  };
}

/** LevelDB's chained batch: three times as fast as one from an array. */
function chainedBatch(level: Level<string, Uint8Array>): WriteBatch {
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
    write: ({ sync }) => chained.write({ sync }),
  };
  return batch;
}
