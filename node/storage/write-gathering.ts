/**
 * A database whose writes gather. A write costs two hand-overs between threads, whatever it holds, and a block brought
 * four: the log, the certificate, the state, and what else came by.
 *
 * - One write is under way at a time; all that comes meanwhile goes into the next one.
 * - What need not be synced waits for what must be: the state after a block goes to the disk with the next block.
 *   It can be read at once. Whoever loses it, by a killed process too, has lost what a power failure may take
 *   at any time, and makes it again from the log.
 *
 * Invariant: writes reach the disk in the order in which they were asked for, each whole or not at all.
 */
import type { Database, DatabaseView, WriteBatch } from "./database.ts";

/** What may wait for a write that must be synced, keys and values; more is written by itself. */
const WAITING_SIZE_BYTES_MAX: number = 4 * 1024 * 1024;

/** Payloads by key; null for what is removed. */
type Changes = ReadonlyMap<string, Uint8Array | null>;

/** One batch, or several that became one. */
interface Gathered {
  readonly changes: Map<string, Uint8Array | null>;
  promise: Uint8Array | null;
  isSynced: boolean;
  sizeBytes: number;
}

const NOTHING: Changes = new Map();

/** The same database; close this one, and not the other. */
export class GatheringDatabase implements Database {
  readonly #database: Database;
  #waiting: Gathered = nothingYet();
  /** Readers see it until it is written: the database may show it later. */
  #underWay: Changes = NOTHING;
  /** Settles when the last write does that was asked for. */
  #written: Promise<void> = Promise.resolve();
  #isWriteDue = false;

  constructor(database: Database) {
    this.#database = database;
  }

  get(key: string): Uint8Array | undefined {
    const changed = this.#changed(key);
    return changed === undefined ? this.#database.get(key) : (changed ?? undefined);
  }

  async getMany(keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    const changed = keys.map((key) => this.#changed(key));
    const missing = keys.filter((_, i) => changed[i] === undefined);
    const stored = missing.length === 0 ? [] : await this.#database.getMany(missing);
    let next = 0;
    return changed.map((value) => (value === undefined ? stored[next++] : (value ?? undefined)));
  }

  promise(): Uint8Array | undefined {
    return this.#database.promise();
  }

  async *entries(start: string, end: string): AsyncIterable<readonly [string, Uint8Array]> {
    yield* withChanges(this.#database.entries(start, end), this.#allChanges(), start, end);
  }

  view(): DatabaseView {
    const changes = this.#allChanges();
    const view = this.#database.view();
    return {
      entries: (start, end) => withChanges(view.entries(start, end), changes, start, end),
      close: () => view.close(),
    };
  }

  async keys(start: string, end: string, max?: number): Promise<string[]> {
    await this.#flush();
    return this.#database.keys(start, end, max);
  }

  async lastKey(start: string, end: string): Promise<string | undefined> {
    await this.#flush();
    return this.#database.lastKey(start, end);
  }

  async compact(start: string, end: string): Promise<void> {
    await this.#flush();
    await this.#database.compact(start, end);
  }

  async close(): Promise<void> {
    try {
      await this.#flush();
    } finally {
      await this.#database.close();
    }
  }

  batch(): WriteBatch {
    const own = nothingYet();
    const batch: WriteBatch = {
      put: (key, payload) => {
        put(own, key, payload);
        return batch;
      },
      del: (key) => {
        put(own, key, null);
        return batch;
      },
      promise: (payload) => {
        own.promise = payload;
        return batch;
      },
      write: ({ sync }) => {
        own.isSynced = sync;
        return this.#add(own);
      },
    };
    return batch;
  }

  /** Resolves when it is where it should be: on the disk, or, if it may be lost, here. */
  #add(batch: Gathered): Promise<void> {
    const waiting = this.#waiting;
    for (const [key, value] of batch.changes) put(waiting, key, value);
    waiting.promise = batch.promise ?? waiting.promise;
    waiting.isSynced ||= batch.isSynced;
    const mayWait = !batch.isSynced && waiting.sizeBytes <= WAITING_SIZE_BYTES_MAX;
    return mayWait ? Promise.resolve() : this.#flush();
  }

  /** Resolves when all that waits now is written. */
  #flush(): Promise<void> {
    if (this.#isWriteDue) return this.#written;
    this.#isWriteDue = true;
    // After one that failed nothing is written any more: what it left behind is not known.
    this.#written = this.#written.then(() => this.#write());
    return this.#written;
  }

  async #write(): Promise<void> {
    const { changes, promise, isSynced } = this.#waiting;
    this.#waiting = nothingYet();
    this.#isWriteDue = false;
    if (changes.size === 0 && promise === null) return;
    this.#underWay = changes;
    const batch = this.#database.batch();
    for (const [key, value] of changes) {
      if (value === null) batch.del(key);
      else batch.put(key, value);
    }
    if (promise !== null) batch.promise(promise);
    await batch.write({ sync: isSynced });
    this.#underWay = NOTHING;
  }

  /** What is not in the database yet; undefined when nothing changed, null when it was removed. */
  #changed(key: string): Uint8Array | null | undefined {
    const waiting = this.#waiting.changes.get(key);
    return waiting === undefined ? this.#underWay.get(key) : waiting;
  }

  #allChanges(): Changes {
    return new Map([...this.#underWay, ...this.#waiting.changes]);
  }
}

function nothingYet(): Gathered {
  return { changes: new Map(), promise: null, isSynced: false, sizeBytes: 0 };
}

function put(gathered: Gathered, key: string, value: Uint8Array | null): void {
  gathered.changes.set(key, value);
  gathered.sizeBytes += key.length + (value?.length ?? 0);
}

/** Records as they are with the changes, in order of key. */
async function* withChanges(
  stored: AsyncIterable<readonly [string, Uint8Array]>,
  changes: Changes,
  start: string,
  end: string,
): AsyncIterable<readonly [string, Uint8Array]> {
  const changed = [...changes]
    .filter(([key]) => start <= key && key < end)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  let next = 0;
  for await (const record of stored) {
    for (; next < changed.length && (changed[next]?.[0] ?? "") < record[0]; next++) {
      yield* present(changed[next]);
    }
    if (!changes.has(record[0])) yield record;
  }
  for (; next < changed.length; next++) yield* present(changed[next]);
}

function* present(
  changed: readonly [string, Uint8Array | null] | undefined,
): Generator<readonly [string, Uint8Array]> {
  if (changed?.[1] !== undefined && changed[1] !== null) yield [changed[0], changed[1]];
}
