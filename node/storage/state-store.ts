/**
 * The state after the applied block, on LevelDB, beside the index of transactions.
 *
 * Invariant: state, applied position and index change in one atomic write per block. It is not fsynced:
 * the log is, and a node that lost the last writes applies those blocks again.
 */

import { historyLeaf } from "../../ledger/block.ts";
import type { ChainTip } from "../../ledger/chain.ts";
import { decode } from "../../ledger/encoding.ts";
import { HASH_SIZE_BYTES, type Hash } from "../../ledger/hash.ts";
import { MEMBERSHIP_CHANGES_MAX } from "../../ledger/limits.ts";
import { membershipSchema } from "../../ledger/membership.ts";
import { MembershipHistory } from "../../ledger/membership-history.ts";
import { CompactRange } from "../../ledger/merkle.ts";
import { bytes, fromBytes, list, nullable, record, toBytes, uint } from "../../ledger/schema.ts";
import { KEYS, stateKeyOf } from "./buckets.ts";
import type { Database } from "./database.ts";
import { appendLeaf, historyPath } from "./history-tree.ts";
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

/** A changed record of the state; null removes it. */
export type StateWrite = readonly [key: string, value: Uint8Array | null];

/** Records removed in one write when the state is thrown away. */
const CLEAR_RECORDS_MAX = 10_000;

/** Key spaces that are derived from the log, beside the applied position. */
const DERIVED_RANGES = [
  [KEYS.stateStart, KEYS.stateEnd],
  [KEYS.historyStart, KEYS.historyEnd],
  [KEYS.transactionStart, KEYS.transactionEnd],
] as const;

/** The applied state of one node. */
export class StateStore {
  readonly #database: Database;
  /** Those on the disk, if this process wrote them. */
  #memberships: MembershipHistory | null = null;

  constructor(database: Database) {
    this.#database = database;
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

  /** True when nothing was ever applied here, and nothing of it is left. */
  async isEmpty(): Promise<boolean> {
    const keys = [await this.#database.lastKey(KEYS.applied, `${KEYS.applied}\0`)];
    for (const [start, end] of DERIVED_RANGES) keys.push(await this.#database.lastKey(start, end));
    return keys.every((key) => key === undefined);
  }

  /** Throws everything away. The position goes first: whatever is left after a crash is no state. */
  async clear(): Promise<void> {
    await this.#database.batch().del(KEYS.applied).del(KEYS.memberships).write({ sync: true });
    this.#memberships = null;
    for (const [start, end] of DERIVED_RANGES) {
      const keys = await this.#database.keys(start, end);
      for (let first = 0; first < keys.length; first += CLEAR_RECORDS_MAX) {
        const batch = this.#database.batch();
        for (const key of keys.slice(first, first + CLEAR_RECORDS_MAX)) batch.del(key);
        await batch.write({ sync: false });
      }
    }
  }

  /**
   * Reads the whole index: false when a node of the history tree is missing.
   * @throws StorageError `RECORD_DAMAGED`.
   */
  async isIndexWhole(height: number): Promise<boolean> {
    await this.#countOf(KEYS.transactionStart, KEYS.transactionEnd);
    const nodes = await this.#countOf(KEYS.historyStart, KEYS.historyEnd);
    return nodes === nodesOf(height + 1);
  }

  /** Reads, and so checks, all records of a range. */
  async #countOf(start: string, end: string): Promise<number> {
    const records = this.#database.entries(start, end)[Symbol.asyncIterator]();
    let count = 0;
    while ((await records.next()).done !== true) count += 1;
    return count;
  }

  /** All records of the state, in order of key. */
  async *entries(): AsyncIterable<readonly [string, Uint8Array]> {
    for await (const [key, value] of this.#database.entries(KEYS.stateStart, KEYS.stateEnd)) {
      yield [stateKeyOf(key), value] as const;
    }
  }

  /** One record. */
  get(key: string): Uint8Array | undefined {
    return this.#database.get(KEYS.state(key));
  }

  /** Several records in one read, in order. */
  getMany(keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    return this.#database.getMany(keys.map(KEYS.state));
  }

  /** Where a transaction of an applied block is. */
  place(id: string): TransactionPlace | undefined {
    const stored = this.#database.get(KEYS.transaction(id));
    return stored === undefined ? undefined : placeSchema.fromCbor(decode(stored, 64));
  }

  /** Moves the state to `tip`. @param ids of the block's transactions, in order. */
  async apply(tip: ChainTip, writes: Iterable<StateWrite>, ids: readonly string[]): Promise<void> {
    const batch = this.#database.batch();
    for (const [key, value] of writes) {
      if (value === null) batch.del(KEYS.state(key));
      else batch.put(KEYS.state(key), value);
    }
    ids.forEach((id, index) => {
      batch.put(KEYS.transaction(id), toBytes(placeSchema, { height: tip.height, index }));
    });
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

/** Stored nodes of a history tree: at each level, the complete subtrees. */
function nodesOf(leaves: number): number {
  let nodes = 0;
  for (let whole = leaves; whole > 0; whole = Math.floor(whole / 2)) nodes += whole;
  return nodes;
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
