/**
 * The chain as the consensus core's log, in a database: height = index, one record a block, stored once.
 *
 * Invariants: whole blocks are there for every height from `firstIndex()` to `lastIndex()`; what `append` was given is on
 * the disk when it resolves, blocks, promises and the removal of a replaced tail in one atomic write.
 *
 * A log that lost blocks is cut below the first that is not sound; what was promised about them is not
 * forgotten (docs/decisions/0008-damaged-storage.md).
 */
import { type ConfState, NO_MEMBERS } from "../../consensus/membership.ts";
import type { Entry, Snapshot } from "../../consensus/messages.ts";
import type {
  Compacted,
  HardState,
  InitialState,
  Storage,
  TemporarilyUnavailable,
  Unavailable,
} from "../../consensus/storage.ts";
import type { Block } from "../../ledger/block.ts";
import type { LeaderCertificate } from "../../ledger/certificate.ts";
import { heightOfBlockKey, KEYS } from "./buckets.ts";
import { isBehind, type LogEnd, soundHeight } from "./damage.ts";
import type { Database, WriteBatch } from "./database.ts";
import { encodeElections, GoneBlocks, storedElections } from "./gone-blocks.ts";
import { decodePromise, encodePromise, NOTHING_PROMISED, type Promised } from "./promise.ts";
import { StorageError } from "./record.ts";
import { StoredBlocks } from "./stored-blocks.ts";
import { TermRuns } from "./term-runs.ts";

/** What one durable write brings. */
export interface LogAppend {
  readonly entries: readonly Entry[];
  readonly hardState: HardState | null;
  /** Bytes of a certificate higher than the one stored. */
  readonly certificate: Uint8Array | null;
}

/** What a snapshot puts in the place of the log. */
export interface LogRestore {
  /** Term and height of the snapshot. */
  readonly end: LogEnd;
  /** Null when the core has nothing new to promise. */
  readonly hardState: HardState | null;
  /** Up to this height its blocks came bare; 0 when all had their bodies. */
  readonly bareHeight: number;
  /** Bytes of the certificate of that height. */
  readonly certificate: Uint8Array;
  /** Adds the state to the same write. */
  readonly putState: (batch: WriteBatch) => void;
}

/** The log of one node. */
export class BlockLog implements Storage {
  /** The blocks themselves, and what is left of those below the first entry. */
  readonly stored: StoredBlocks;
  readonly #database: Database;
  readonly #isSoleVoter: boolean;
  #confState: ConfState = NO_MEMBERS;
  #hardState: HardState = NOTHING_PROMISED.hardState;
  #gone = new GoneBlocks();
  /** The elections that are on the disk. */
  #storedElections: readonly LeaderCertificate[] = [];
  #cutFrom: number | null = null;
  #terms = new TermRuns();
  #lastIndex = 0;
  #snapshot: Snapshot | null = null;
  #sendFrom = 0;
  private constructor(database: Database, isSoleVoter: boolean) {
    this.#database = database;
    this.stored = new StoredBlocks(database);
    this.#isSoleVoter = isSoleVoter;
  }

  /**
   * Opens the log that a database holds, cutting off what is damaged.
   * @param isSoleVoter true when nobody else could have the blocks.
   * @param trusted up to this height, which is applied, blocks are not read now (scrub.ts reads them later).
   * @throws StorageError `PROMISES_LOST`; `LOG_DAMAGED` when nobody else could have the blocks.
   */
  static async open(database: Database, isSoleVoter: boolean, trusted = 0): Promise<BlockLog> {
    const log = new BlockLog(database, isSoleVoter);
    const bytes = database.promise();
    const { start } = log.stored;
    const lastKey = await database.lastKey(KEYS.block(0), KEYS.blocksEnd);
    const stored = Math.max(start, lastKey === undefined ? 0 : heightOfBlockKey(lastKey));
    if (bytes === undefined && stored > 0) {
      throw StorageError.lost(
        "PROMISES_LOST",
        "there is a chain, but no record of what was promised",
      );
    }
    const promised = bytes === undefined ? NOTHING_PROMISED : decodePromise(bytes);
    const above = trusted <= stored ? Math.max(start, trusted) : start;
    const sound = Math.min(await soundHeight(database, above), promised.end.height);
    log.#lastIndex = sound;
    log.#terms = TermRuns.of(sound, (index) => log.block(index).header.term);
    log.#hardState = promised.hardState;
    log.#storedElections = storedElections(database);
    log.#gone = new GoneBlocks(promised.gone, log.#storedElections);
    if (sound < stored || isBehind(log.end, promised.end)) await log.#cut(stored, promised);
    return log;
  }

  /**
   * Leaves the terms in which blocks were acknowledged that are not there any more, for ever: no vote can
   * contradict a forgotten one. A leader that believed this node to have them learns that too.
   */
  async #cut(stored: number, { hardState, end }: Promised): Promise<void> {
    if (this.#isSoleVoter) {
      const what = `block ${this.#lastIndex + 1} is damaged or missing, and no other voter has it`;
      throw StorageError.lost("LOG_DAMAGED", what);
    }
    const batch = this.#database.batch();
    for (let height = this.#lastIndex + 1; height <= stored; height++)
      batch.del(KEYS.block(height));
    const term = Math.max(hardState.term, this.end.term) + 1;
    const commit = Math.min(hardState.commit, this.#lastIndex);
    const left = { term, vote: 0, commit };
    if (isBehind(this.end, end)) this.#gone.lost(end);
    await this.#promise(batch, left, this.end).write({ sync: true });
    this.#hardState = left;
    this.#cutFrom = this.#lastIndex + 1;
  }

  /** The lowest height that was lost when the log was opened; null when none was. */
  get cutFrom(): number | null {
    return this.#cutFrom;
  }

  /**
   * What this node may have voted for and has no more. Whoever replaces blocks says so here first: it goes to the disk
   * with the next promise.
   */
  get gone(): GoneBlocks {
    return this.#gone;
  }

  /** Term and height of the last block. */
  get end(): LogEnd {
    return { term: this.#terms.at(this.#lastIndex) ?? 0, height: this.#lastIndex };
  }

  /**
   * Says what is settled, before the core starts: a block is applied, and certified, while the commit index that
   * goes with it may still be on its way to the disk.
   * @param confState the membership after the applied block.
   */
  beginFrom(settledHeight: number, confState: ConfState): void {
    const { commit } = this.#hardState;
    this.#hardState = { ...this.#hardState, commit: Math.max(commit, settledHeight) };
    this.#confState = confState;
  }

  initialState(): InitialState {
    return { hardState: this.#hardState, confState: this.#confState };
  }

  firstIndex(): number {
    return this.stored.start + 1;
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
    if (lo <= this.stored.start || lo < this.#sendFrom) return "compacted";
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

  /** Heights at which the terms between two others begin in this log, ascending. */
  firstsBetween(after: number, before: number): number[] {
    return this.#terms.firstsBetween(after, before);
  }

  snapshot(): Snapshot | TemporarilyUnavailable {
    return this.#snapshot ?? "temporarily-unavailable";
  }

  /**
   * Says which snapshot can be had from this node now, with the membership after it, and from which height on
   * blocks are sent: a follower that misses earlier ones takes the snapshot, though the blocks may be there.
   */
  offer({ term, height }: LogEnd, confState: ConfState, sendFrom: number): void {
    this.#snapshot = { index: height, term, confState, data: new Uint8Array() };
    this.#sendFrom = sendFrom;
  }

  /** The durable promises of the consensus core, and the commit index, which may not be on the disk yet. */
  get hardState(): HardState {
    return this.#hardState;
  }

  /** A block of the chain; below the first entry it may be bare. @throws StorageError when it is not there or damaged. */
  block(height: number): Block {
    return this.stored.block(height);
  }

  /** Writes and fsyncs; blocks at and above the first entry's height are replaced. */
  async append({ entries, hardState, certificate }: LogAppend): Promise<void> {
    if (entries.length === 0 && !this.#promisesMore(hardState)) {
      return this.#note(hardState, certificate);
    }
    const batch = this.#database.batch();
    for (const { index, data } of entries) batch.put(KEYS.block(index), data);
    const lastEntry = entries.at(-1);
    const last = lastEntry?.index ?? this.#lastIndex;
    const end = lastEntry === undefined ? this.end : { term: lastEntry.term, height: last };
    for (let height = last + 1; height <= this.#lastIndex; height++) batch.del(KEYS.block(height));
    const promised = hardState ?? this.#hardState;
    this.#promise(batch, promised, end);
    if (certificate !== null) batch.put(KEYS.certificate, certificate);
    await batch.write({ sync: true });
    for (let height = last + 1; height <= this.#lastIndex; height++) this.stored.removed(height);
    for (const { index, term, data } of entries) {
      this.stored.wrote(index, data);
      this.#terms.put(index, term);
    }
    this.#lastIndex = last;
    this.#hardState = promised;
    this.#gone.settle(this.#committed);
  }

  /**
   * Puts a snapshot in the place of the log, in one atomic write with what `putState` adds: bare blocks up to its
   * height are stored.
   */
  restore(restored: LogRestore): Promise<void> {
    const { end, bareHeight } = restored;
    return this.stored.replace({ start: end.height, bareHeight }, (putBeginning) =>
      this.#restore(restored, putBeginning),
    );
  }

  async #restore(
    { end, hardState, certificate, putState }: LogRestore,
    putBeginning: (batch: WriteBatch) => WriteBatch,
  ): Promise<() => void> {
    const { replacedAbove } = this.stored;
    if (replacedAbove === null) throw new Error("nothing is to be replaced");
    const batch = this.#database.batch();
    for (let height = replacedAbove + 1; height <= this.#lastIndex; height++) {
      batch.del(KEYS.block(height));
    }
    const promised = hardState ?? { ...this.#hardState, commit: end.height };
    this.#promise(batch, promised, end);
    putState(putBeginning(batch).put(KEYS.certificate, certificate));
    await batch.write({ sync: true });
    return () => this.#beginAt(end, promised);
  }

  #beginAt(end: LogEnd, hardState: HardState): void {
    this.#snapshot = null;
    this.#sendFrom = 0;
    this.#lastIndex = end.height;
    this.#terms = TermRuns.of(end.height, (index) => this.block(index).header.term);
    this.#hardState = hardState;
    this.#gone.settle(end);
  }

  /** Adds all that this node promises. */
  #promise(batch: WriteBatch, hardState: HardState, end: LogEnd): WriteBatch {
    const { stretches, elections } = this.#gone;
    if (elections !== this.#storedElections) {
      this.#storedElections = elections;
      batch.put(KEYS.elections, encodeElections(elections));
    }
    return batch.promise(encodePromise({ hardState, end, gone: stretches }));
  }

  get #committed(): LogEnd {
    const { commit } = this.#hardState;
    return { term: this.#terms.at(commit) ?? 0, height: commit };
  }

  /** True when there is a term or vote to be kept; a commit index alone is no promise. */
  #promisesMore(hardState: HardState | null): boolean {
    const { term, vote } = this.#hardState;
    return hardState !== null && (hardState.term !== term || hardState.vote !== vote);
  }

  /** What others would tell again is worth no fsync: a commit index goes along with the next promise. */
  async #note(hardState: HardState | null, certificate: Uint8Array | null): Promise<void> {
    this.#hardState = hardState ?? this.#hardState;
    if (certificate === null) return;
    await this.#database.batch().put(KEYS.certificate, certificate).write({ sync: false });
  }

  /** Writes and fsyncs a certificate alone. */
  async syncCertificate(certificate: Uint8Array): Promise<void> {
    await this.#database.batch().put(KEYS.certificate, certificate).write({ sync: true });
  }

  /** The certificate stored last; undefined when there is none that can be read: others show theirs. */
  storedCertificate(): Uint8Array | undefined {
    try {
      return this.#database.get(KEYS.certificate);
    } catch (error) {
      if (error instanceof StorageError && error.code === "RECORD_DAMAGED") return undefined;
      throw error;
    }
  }
}

/** The log entry that a block is. */
export function entryOf(block: Block): Entry {
  const { term, height } = block.header;
  const isChange = block.control.membershipChange !== null;
  const type = isChange ? "EntryConfChangeV2" : "EntryNormal";
  return { term, index: height, type, data: block.bytes };
}
