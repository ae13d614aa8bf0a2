/**
 * What of a snapshot has arrived: on the disk, and in no use before all of it is checked.
 *
 * Blocks and history lie where they will stay, above the applied block, where nobody looks; the state lies in the place
 * that is not in use. All goes on where it stopped, after a restart too: each write says how far it has come.
 */
import { RecentIdSet } from "../../contracts/duplicates.ts";
import { StateTree, StateTreeEntries } from "../../contracts/state/state-tree.ts";
import { type Block, decodeBlock } from "../../ledger/block.ts";
import { equalBytes } from "../../ledger/bytes.ts";
import type { SignatureContext } from "../../ledger/certificate.ts";
import type { ChainTip } from "../../ledger/chain.ts";
import { decode, encode } from "../../ledger/encoding.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { decodeStored } from "../../ledger/pruning.ts";
import { uint } from "../../ledger/schema.ts";
import type { StateRecord } from "../../ledger/state-chunk.ts";
import { firstSince, RECENT_MS, rememberIds } from "../recent-ids.ts";
import { hasBody } from "../storage/bare-block.ts";
import type { BlockLog } from "../storage/block-log.ts";
import { KEYS, stateRange } from "../storage/buckets.ts";
import { clearRange, type Database } from "../storage/database.ts";
import type { StateStore } from "../storage/state-store.ts";
import { ChainWalk } from "./chain-walk.ts";
import { encodeManifest, type Manifest, storedManifest } from "./manifest.ts";

/** Blocks read or written at one go. */
const BLOCKS_AT_ONCE = 256;

/** Where things arrive. */
export interface ArrivalParts {
  readonly database: Database;
  readonly blocks: BlockLog;
  readonly store: StateStore;
  readonly signatures: SignatureContext;
  /** The applied tip when the transfer began. */
  readonly from: ChainTip;
  readonly manifest: Manifest;
}

/** A snapshot on its way in. */
export class Arrival {
  readonly #parts: ArrivalParts;
  /** Chunks that are here. */
  #count = 0;
  #tree: StateTree = StateTree.of([]);
  #lastKey = "";

  private constructor(parts: ArrivalParts) {
    this.#parts = parts;
  }

  /** Goes on with the same snapshot, or begins a new one. */
  static async open(parts: ArrivalParts): Promise<Arrival> {
    const arrival = new Arrival(parts);
    const known = storedManifest(parts.database, KEYS.arriving);
    if (known !== null && isSame(known, parts.manifest)) await arrival.#resume();
    else await arrival.#begin();
    return arrival;
  }

  get manifest(): Manifest {
    return this.#parts.manifest;
  }

  /** Number of the first chunk that is missing. */
  get nextChunk(): number {
    return this.#count;
  }

  /** No key of the next chunk may be at or below this one. */
  get lastKey(): string {
    return this.#lastKey;
  }

  /** Forgets the snapshot and all of its state. */
  static async forget(database: Database, store: StateStore): Promise<void> {
    await database.batch().del(KEYS.arriving).del(KEYS.arrived).write({ sync: true });
    await clearRange(database, ...stateRange(store.otherPlace));
  }

  async #begin(): Promise<void> {
    const { database, store, manifest } = this.#parts;
    await Arrival.forget(database, store);
    await database
      .batch()
      .put(KEYS.arriving, encodeManifest(manifest))
      .put(KEYS.arrived, encode(0))
      .write({ sync: true });
  }

  async #resume(): Promise<void> {
    const { database, store } = this.#parts;
    const stored = database.get(KEYS.arrived);
    this.#count = stored === undefined ? 0 : uint().fromCbor(decode(stored, 16));
    const entries = new StateTreeEntries();
    for await (const [key, value] of store.entries(database, store.otherPlace)) {
      entries.add(key, value);
      this.#lastKey = key;
    }
    this.#tree = StateTree.ofEntries(entries);
  }

  /** Stores the next chunk. */
  async putChunk(records: readonly StateRecord[]): Promise<void> {
    const { database, store } = this.#parts;
    const batch = database.batch();
    for (const [key, value] of records) batch.put(KEYS.state(key, store.otherPlace), value);
    await batch.put(KEYS.arrived, encode(this.#count + 1)).write({ sync: false });
    this.#count += 1;
    this.#tree = this.#tree.update(records);
    this.#lastKey = records.at(-1)?.[0] ?? this.#lastKey;
  }

  /** The state that has arrived. @throws LedgerFault `STATE_ROOT_MISMATCH` when it is not the header's. */
  checkedState(): StateTree {
    const { height, stateRoot } = this.manifest.header;
    if (!equalBytes(this.#tree.root, stateRoot)) {
      throw new LedgerFault("STATE_ROOT_MISMATCH", { height });
    }
    return this.#tree;
  }

  /** A walk to the snapshot's block, as far as blocks have arrived that follow. */
  async walk(): Promise<ChainWalk> {
    const { from, manifest, database, signatures } = this.#parts;
    const { height, timestampMs } = manifest.header;
    const walk = new ChainWalk(from, timestampMs - RECENT_MS, signatures);
    while (walk.tip.height < height) {
      const first = walk.tip.height + 1;
      const count = Math.min(BLOCKS_AT_ONCE, height - walk.tip.height);
      const keys = Array.from({ length: count }, (_, i) => KEYS.settled(first + i));
      const stored = (await database.getMany(keys)).filter((bytes) => bytes !== undefined);
      if (stored.length === 0 || !follows(walk, stored)) break;
    }
    return walk;
  }

  /** Stores blocks, which the walk has followed. */
  async putBlocks(blocks: readonly Block[]): Promise<void> {
    const batch = this.#parts.database.batch();
    for (const { header, bytes } of blocks) batch.put(KEYS.settled(header.height), bytes);
    await batch.write({ sync: false });
  }

  /** The last block, once it has arrived. */
  lastBlock(): Block {
    const bytes = this.#parts.database.get(KEYS.settled(this.manifest.header.height));
    if (bytes === undefined) throw new Error("the blocks have not arrived");
    return decodeBlock(bytes);
  }

  /** Forgets the blocks above the one that the transfer began at. */
  clearBlocks(): Promise<void> {
    const { database, from } = this.#parts;
    return clearRange(database, KEYS.settled(from.height + 1), KEYS.settledEnd);
  }

  /**
   * Puts history and index of the blocks in place, once the last of them is proved.
   * @returns the ids that could still be replayed, and up to which height blocks came bare (0: none did).
   */
  async announceBlocks(): Promise<{ recentIds: RecentIdSet; bareHeight: number }> {
    const { database, store, blocks, from, manifest, signatures } = this.#parts;
    const { networkId } = signatures;
    const { height, timestampMs } = manifest.header;
    const recentIds = new RecentIdSet();
    const recentSinceMs = timestampMs - RECENT_MS;
    const first = firstSince(from.height, recentSinceMs, (at) => blocks.block(at));
    for (let at = first; at <= from.height; at++) {
      rememberIds(recentIds, blocks.block(at), networkId);
    }
    let bareHeight = 0;
    let gathered: Block[] = [];
    const flush = async () => {
      await store.announce(gathered.map(announced));
      gathered = [];
    };
    const range = [KEYS.settled(from.height + 1), KEYS.settled(height + 1)] as const;
    for await (const [, bytes] of database.entries(...range)) {
      const block = decodeBlock(bytes);
      if (block.header.timestampMs >= recentSinceMs) rememberIds(recentIds, block, networkId);
      if (!hasBody(block)) bareHeight = block.header.height;
      gathered.push(block);
      if (gathered.length === BLOCKS_AT_ONCE) await flush();
    }
    await flush();
    return { recentIds, bareHeight };
  }
}

/** True for the same state in the same chunks; certificates of one block may name other voters. */
function isSame(a: Manifest, b: Manifest): boolean {
  return (
    equalBytes(a.hash, b.hash) &&
    a.chunks.length === b.chunks.length &&
    a.chunks.every(({ hash }, i) => equalBytes(hash, b.chunks[i]?.hash ?? new Uint8Array()))
  );
}

/** Goes on by stored blocks; false when they are of another chain, or what is demanded of them has changed. */
function follows(walk: ChainWalk, stored: readonly Uint8Array[]): boolean {
  try {
    walk.follow(stored.map((bytes) => decodeBlock(bytes)));
    return true;
  } catch (error) {
    if (error instanceof LedgerFault) return false;
    throw error;
  }
}

function announced({ header, hash, transactions }: Block) {
  const ids = transactions.map((bytes) => decodeStored(bytes).id);
  return { height: header.height, hash, ids };
}
