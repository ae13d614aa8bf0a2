/**
 * The chain as the consensus core's log, on LevelDB: height = index, one record a block, stored once.
 *
 * Invariants: blocks are there for every height from 1 to `lastIndex()`; what `append` was given is on the
 * disk when it resolves, blocks, promises and the removal of a replaced tail in one atomic write.
 */
import type { ConfState } from "../../consensus/membership.ts";
import type { Entry, Snapshot } from "../../consensus/messages.ts";
import {
  type Compacted,
  EMPTY_HARD_STATE,
  type HardState,
  type InitialState,
  type Storage,
  type TemporarilyUnavailable,
  type Unavailable,
} from "../../consensus/storage.ts";
import { type Block, decodeBlock } from "../../ledger/block.ts";
import { decode } from "../../ledger/encoding.ts";
import { record, toBytes, uint } from "../../ledger/schema.ts";
import { heightOfBlockKey, KEYS } from "./buckets.ts";
import type { Database } from "./database.ts";
import { StorageError } from "./record.ts";
import { TermRuns } from "./term-runs.ts";

const hardStateSchema = record({ term: uint(), vote: uint(), commit: uint() });

/** Blocks kept decoded in memory, bytes: for followers that are a little behind, and the tip. */
const RECENT_SIZE_BYTES_MAX: number = 64 * 1024 * 1024;

/** What one durable write brings. */
export interface LogAppend {
  readonly entries: readonly Entry[];
  readonly hardState: HardState | null;
  /** Bytes of a certificate higher than the one stored. */
  readonly certificate: Uint8Array | null;
}

/** The log of one node. */
export class BlockLog implements Storage {
  readonly #database: Database;
  readonly #founding: ConfState;
  readonly #recent = new Map<number, Block>();
  #recentSizeBytes = 0;
  #hardState: HardState = EMPTY_HARD_STATE;
  #terms = new TermRuns();
  #lastIndex = 0;

  private constructor(database: Database, founding: ConfState) {
    this.#database = database;
    this.#founding = founding;
  }

  /** Opens the log that a database holds. @param founding the membership of the genesis. */
  static async open(database: Database, founding: ConfState): Promise<BlockLog> {
    const log = new BlockLog(database, founding);
    const last = await database.lastKey(KEYS.block(0), KEYS.blocksEnd);
    log.#lastIndex = last === undefined ? 0 : heightOfBlockKey(last);
    const hardState = database.get(KEYS.hardState);
    if (hardState !== undefined) {
      log.#hardState = hardStateSchema.fromCbor(decode(hardState, 64));
    }
    log.#terms = TermRuns.of(log.#lastIndex, (index) => log.block(index).header.term);
    return log;
  }

  /**
   * Says what was applied, before the core starts: a block is applied while the commit index that allowed it
   * may still be on its way to the disk.
   */
  wasApplied(height: number): void {
    const { commit } = this.#hardState;
    this.#hardState = { ...this.#hardState, commit: Math.max(commit, height) };
  }

  initialState(): InitialState {
    return { hardState: this.#hardState, confState: this.#founding };
  }

  firstIndex(): number {
    return 1;
  }

  lastIndex(): number {
    return this.#lastIndex;
  }

  term(index: number): number | Compacted | Unavailable {
    if (index === 0) return 0;
    if (index > this.#lastIndex) return "unavailable";
    return this.#terms.at(index) ?? "compacted";
  }

  entries(
    lo: number,
    hi: number,
    maxBytes: number,
  ): readonly Entry[] | Compacted | Unavailable | TemporarilyUnavailable {
    if (hi > this.#lastIndex + 1) return "unavailable";
    const entries: Entry[] = [];
    let sizeBytes = 0;
    for (let height = lo; height < hi; height++) {
      const entry = entryOf(this.block(height));
      sizeBytes += entry.data.length;
      if (entries.length > 0 && sizeBytes > maxBytes) break;
      entries.push(entry);
    }
    return entries;
  }

  snapshot(): Snapshot | TemporarilyUnavailable {
    return "temporarily-unavailable";
  }

  /** The durable promises of the consensus core. */
  get hardState(): HardState {
    return this.#hardState;
  }

  /** A block of the log. @throws StorageError when it is not there or damaged. */
  block(height: number): Block {
    const recent = this.#recent.get(height);
    if (recent !== undefined) return recent;
    const bytes = this.#database.get(KEYS.block(height));
    if (bytes === undefined) {
      throw StorageError.lost("RECORD_MISSING", `block ${height} is not on this node's disk`);
    }
    const block = decodeBlock(bytes);
    this.#remember(block);
    return block;
  }

  /** Writes and fsyncs; blocks at and above the first entry's height are replaced. */
  async append({ entries, hardState, certificate }: LogAppend): Promise<void> {
    const batch = this.#database.batch();
    for (const { index, data } of entries) batch.put(KEYS.block(index), data);
    const last = entries.at(-1)?.index ?? this.#lastIndex;
    for (let height = last + 1; height <= this.#lastIndex; height++) batch.del(KEYS.block(height));
    if (hardState !== null) batch.put(KEYS.hardState, toBytes(hardStateSchema, hardState));
    if (certificate !== null) batch.put(KEYS.certificate, certificate);
    await batch.write({ sync: true });
    for (let height = last + 1; height <= this.#lastIndex; height++) this.#forget(height);
    for (const { index, term, data } of entries) {
      this.#remember(decodeBlock(data));
      this.#terms.put(index, term);
    }
    this.#lastIndex = last;
    if (hardState !== null) this.#hardState = hardState;
  }

  /** The certificate stored last, or undefined. */
  storedCertificate(): Uint8Array | undefined {
    return this.#database.get(KEYS.certificate);
  }

  #remember(block: Block): void {
    const { height } = block.header;
    this.#forget(height);
    this.#recent.set(height, block);
    this.#recentSizeBytes += block.bytes.length;
    for (const oldest of this.#recent.keys()) {
      if (this.#recentSizeBytes <= RECENT_SIZE_BYTES_MAX) return;
      this.#forget(oldest);
    }
  }

  #forget(height: number): void {
    this.#recentSizeBytes -= this.#recent.get(height)?.bytes.length ?? 0;
    this.#recent.delete(height);
  }
}

/** The log entry that a block is. */
export function entryOf(block: Block): Entry {
  const { term, height } = block.header;
  const isChange = block.control.membershipChange !== null;
  const type = isChange ? "EntryConfChangeV2" : "EntryNormal";
  return { term, index: height, type, data: block.bytes };
}
