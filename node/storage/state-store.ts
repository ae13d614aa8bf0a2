/**
 * The state after the applied block, on LevelDB, beside the index of transactions.
 *
 * Invariant: state, applied position and index change in one atomic write per block. It is not fsynced:
 * the log is, and a node that lost the last writes applies those blocks again.
 */

import { historyLeaf } from "../../ledger/block.ts";
import type { ChainTip } from "../../ledger/chain.ts";
import { decode } from "../../ledger/encoding.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { HASH_SIZE_BYTES, type Hash } from "../../ledger/hash.ts";
import { MEMBERSHIP_CHANGES_MAX } from "../../ledger/limits.ts";
import { membershipSchema } from "../../ledger/membership.ts";
import { MembershipHistory } from "../../ledger/membership-history.ts";
import { CompactRange } from "../../ledger/merkle.ts";
import { bytes, fromBytes, list, nullable, record, toBytes, uint } from "../../ledger/schema.ts";
import { KEYS, type StatePlace, stateKeyOf, stateRange } from "./buckets.ts";
import { clearRange, type Database, type WriteBatch } from "./database.ts";
import { appendLeaf, historyPath } from "./history-tree.ts";
import { HotRecords } from "./hot-records.ts";
import { StorageError } from "./record.ts";

const appliedSchema = record({
  height: uint(),
  term: uint(),
  proposer: uint(),
  hash: bytes(HASH_SIZE_BYTES),
  timestampMs: uint(),
  historySize: uint(),
  historyPeaks: list(bytes(HASH_SIZE_BYTES), 64),
});

const pendingFields = { changeHeight: uint(), membership: membershipSchema };
const membershipsSchema = record({
  periods: list(
    record({ ...pendingFields, fromHeight: uint(), provenHeight: uint() }),
    MEMBERSHIP_CHANGES_MAX,
    1,
  ),
  pending: nullable(record(pendingFields)),
});
/** A record of all memberships there ever were, bytes. */
const MEMBERSHIPS_SIZE_BYTES_MAX = 64 * 1024 * 1024;

const placeSchema = record({ height: uint(), index: uint() });

/** Where a transaction is. */
export interface TransactionPlace {
  readonly height: number;
  readonly index: number;
}

/** A block that is certified and will not be executed here. */
export interface AnnouncedBlock {
  readonly height: number;
  readonly hash: Hash;
  /** Of its transactions, in order; none when it is bare. */
  readonly ids: readonly string[];
}

/** A changed record of the state; null removes it. */
export type StateWrite = readonly [key: string, value: Uint8Array | null];

/** Key spaces that are derived from the log, beside the applied position. */
const DERIVED_RANGES = [
  stateRange(0),
  stateRange(1),
  [KEYS.historyStart, KEYS.historyEnd],
  [KEYS.transactionStart, KEYS.transactionEnd],
] as const;

/** The applied state of one node. */
export class StateStore {
  readonly #database: Database;
  #place: StatePlace;
  /** Those on the disk, if this process wrote them. */
  #memberships: MembershipHistory | null = null;
  readonly #hot = new HotRecords();
  /** Counts the states that were read from: what was read of an earlier one is not kept. */
  #states = 0;

  constructor(database: Database) {
    this.#database = database;
    this.#place = storedPlace(database);
  }

  /** Where a snapshot may arrive. */
  get otherPlace(): StatePlace {
    return this.#place === 0 ? 1 : 0;
  }

  /** The tip that the state belongs to; undefined in a new directory. */
  applied(): ChainTip | undefined {
    const stored = this.#database.get(KEYS.applied);
    if (stored === undefined) return undefined;
    const { historySize, historyPeaks, ...tip } = fromBytes(appliedSchema, stored, 4096);
    const history = CompactRange.of(historySize, historyPeaks);
    return { ...tip, history, memberships: this.#readMemberships() };
  }

  #readMemberships(): MembershipHistory {
    const stored = this.#database.get(KEYS.memberships);
    if (stored === undefined) {
      throw StorageError.lost("RECORD_DAMAGED", "the memberships are not on this node's disk");
    }
    const { periods, pending } = fromBytes(membershipsSchema, stored, MEMBERSHIPS_SIZE_BYTES_MAX);
    return new MembershipHistory(periods, pending);
  }

  /** Height of the applied block; 0 when it cannot be read, or there is none. */
  appliedHeight(): number {
    try {
      return this.applied()?.height ?? 0;
    } catch (error) {
      const isDamaged = error instanceof StorageError && error.code === "RECORD_DAMAGED";
      if (isDamaged || error instanceof LedgerFault) return 0;
      throw error;
    }
  }

  /** True when nothing was ever applied here, and nothing of it is left. */
  async isEmpty(): Promise<boolean> {
    const keys = [await this.#database.lastKey(KEYS.applied, `${KEYS.applied}\0`)];
    for (const [start, end] of DERIVED_RANGES) keys.push(await this.#database.lastKey(start, end));
    return keys.every((key) => key === undefined);
  }

  /** Throws everything away. The position goes first: whatever is left after a crash is no state. */
  async clear(): Promise<void> {
    const batch = this.#database.batch().del(KEYS.applied).del(KEYS.memberships);
    await batch.del(KEYS.statePlace).del(KEYS.arriving).write({ sync: true });
    this.#memberships = null;
    this.#place = 0;
    this.#forgetHot();
    for (const [start, end] of DERIVED_RANGES) await clearRange(this.#database, start, end);
  }

  /** Reads from where the snapshot arrived from now on. Its records are there; `putPlace` makes it last. */
  changePlace(): void {
    this.#place = this.otherPlace;
    this.#forgetHot();
  }

  /** Adds to a batch that the state is where it is read now, and is the one after `tip`. */
  putPlace(batch: WriteBatch, tip: ChainTip): void {
    const place = Uint8Array.of(this.#place);
    batch
      .put(KEYS.applied, encodeTip(tip))
      .put(KEYS.memberships, toBytes(membershipsSchema, tip.memberships))
      .put(KEYS.statePlace, place)
      .del(KEYS.arriving);
    this.#memberships = null;
  }

  /**
   * Reads the whole index: false when a node of the history tree is missing.
   * @throws StorageError `RECORD_DAMAGED`.
   */
  async isIndexWhole(height: number): Promise<boolean> {
    const places = this.#database.entries(KEYS.transactionStart, KEYS.transactionEnd);
    for await (const [key, place] of places) placeSchema.fromCbor(decode(place, 64), key);
    let nodes = 0;
    // A snapshot that is being received brings nodes of a larger tree.
    for await (const [key] of this.#database.entries(KEYS.historyStart, KEYS.historyEnd)) {
      if (isNodeOf(key, height + 1)) nodes += 1;
    }
    return nodes === nodesOf(height + 1);
  }

  /** All records of the state, in order of key. @param source a view that was taken when it was this state. */
  async *entries(
    source: Pick<Database, "entries"> = this.#database,
    place: StatePlace = this.#place,
  ): AsyncIterable<readonly [string, Uint8Array]> {
    for await (const [key, value] of source.entries(...stateRange(place))) {
      yield [stateKeyOf(key), value] as const;
    }
  }

  /** The first records whose keys begin so, in order of key. */
  async *startingWith(prefix: string, max: number): AsyncIterable<readonly [string, Uint8Array]> {
    const start = KEYS.state(prefix, this.#place);
    let left = max;
    // Keys are ASCII.
    for await (const [key, value] of this.#database.entries(start, `${start}\x7f`)) {
      if (left-- === 0) return;
      yield [stateKeyOf(key), value] as const;
    }
  }

  /** One record. */
  get(key: string): Uint8Array | undefined {
    return this.#database.get(KEYS.state(key, this.#place));
  }

  /** Several records, in order; those that are not in memory in one read. */
  async getMany(keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    const known = keys.map((key) => this.#hot.get(key));
    const missing = keys.filter((_, i) => known[i] === undefined);
    if (missing.length > 0) await this.#read(missing, keys, known);
    return known.map((found) => found ?? undefined);
  }

  /** Reads what is missing of `known`, and keeps it unless the state has moved on meanwhile. */
  async #read(
    missing: readonly string[],
    keys: readonly string[],
    known: (Uint8Array | null | undefined)[],
  ): Promise<void> {
    const state = this.#states;
    const read = await this.#database.getMany(missing.map((key) => KEYS.state(key, this.#place)));
    let next = 0;
    for (const [i, key] of keys.entries()) {
      if (known[i] !== undefined) continue;
      const found = read[next++] ?? null;
      known[i] = found;
      if (state === this.#states) this.#hot.put(key, found);
    }
  }

  #forgetHot(): void {
    this.#states += 1;
    this.#hot.clear();
  }

  /** Where a transaction of an applied block is. */
  place(id: string): TransactionPlace | undefined {
    const stored = this.#database.get(KEYS.transaction(id));
    return stored === undefined ? undefined : placeSchema.fromCbor(decode(stored, 64));
  }

  /** Moves the state to `tip`. @param ids of the block's transactions, in order. */
  async apply(
    tip: ChainTip,
    writes: readonly StateWrite[] | ReadonlyMap<string, Uint8Array | null>,
    ids: readonly string[],
  ): Promise<void> {
    const batch = this.#database.batch();
    for (const [key, value] of writes) {
      if (value === null) batch.del(KEYS.state(key, this.#place));
      else batch.put(KEYS.state(key, this.#place), value);
    }
    putPlaces(batch, tip.height, ids);
    const added = new Map<string, Hash>();
    appendLeaf(this.#historyNodes(added), tip.height, historyLeaf(tip.hash));
    for (const [key, hash] of added) batch.put(key, hash);
    batch.put(KEYS.applied, encodeTip(tip));
    const { memberships } = tip;
    if (memberships !== this.#memberships) {
      batch.put(KEYS.memberships, toBytes(membershipsSchema, memberships));
    }
    await batch.write({ sync: false });
    this.#memberships = memberships;
    this.#states += 1;
    for (const [key, value] of writes) this.#hot.put(key, value);
  }

  /**
   * Adds blocks above the applied one to the history tree and the index, in one write: nothing is read of them before a
   * state above them is put in place.
   */
  async announce(blocks: readonly AnnouncedBlock[]): Promise<void> {
    const batch = this.#database.batch();
    const added = new Map<string, Hash>();
    for (const { height, hash, ids } of blocks) {
      appendLeaf(this.#historyNodes(added), height, historyLeaf(hash));
      putPlaces(batch, height, ids);
    }
    for (const [key, hash] of added) batch.put(key, hash);
    await batch.write({ sync: false });
  }

  /**
   * RFC 6962 path of a block in the history tree of a later header: over genesis and all blocks below it.
   * @param hashOf the hash of a block by its height: the later header may be certified, and so its ancestors
   *   committed, before they are applied here.
   */
  historyPath(height: number, laterHeight: number, hashOf: (height: number) => Hash): Hash[] {
    const nodes = this.#historyNodes(new Map());
    for (let next = (this.applied()?.height ?? 0) + 1; next < laterHeight; next += 1) {
      appendLeaf(nodes, next, historyLeaf(hashOf(next)));
    }
    return historyPath(nodes, height, laterHeight);
  }

  /** The stored nodes, and above them those of `added`, which takes new ones. */
  #historyNodes(added: Map<string, Hash>) {
    return {
      get: (level: number, place: number): Hash => {
        const key = KEYS.history(level, place);
        const hash = added.get(key) ?? this.#database.get(key);
        if (hash === undefined) {
          throw StorageError.lost("RECORD_MISSING", `${key} is not on this node's disk`);
        }
        return hash;
      },
      put: (level: number, place: number, hash: Hash): void => {
        added.set(KEYS.history(level, place), hash);
      },
    };
  }
}

function putPlaces(batch: WriteBatch, height: number, ids: readonly string[]): void {
  ids.forEach((id, index) => {
    batch.put(KEYS.transaction(id), toBytes(placeSchema, { height, index }));
  });
}

/** With a wrong place the state has a wrong root: that is how damage of this record is noticed. */
function storedPlace(database: Database): StatePlace {
  try {
    return database.get(KEYS.statePlace)?.[0] === 1 ? 1 : 0;
  } catch (error) {
    if (error instanceof StorageError && error.code === "RECORD_DAMAGED") return 0;
    throw error;
  }
}

/** Stored nodes of a history tree: at each level, the complete subtrees. */
function nodesOf(leaves: number): number {
  let nodes = 0;
  for (let whole = leaves; whole > 0; whole = Math.floor(whole / 2)) nodes += whole;
  return nodes;
}

/** True when the node with that key is in a tree of so many leaves. */
function isNodeOf(key: string, leaves: number): boolean {
  const [, level = 0, place = 0] = key.split("/").map(Number);
  return (place + 1) * 2 ** level <= leaves;
}

function encodeTip(tip: ChainTip): Uint8Array {
  const { height, term, proposer, hash, timestampMs, history } = tip;
  return toBytes(appliedSchema, {
    height,
    term,
    proposer,
    hash,
    timestampMs,
    historySize: history.size,
    historyPeaks: history.peaks,
  });
}
