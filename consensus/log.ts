// Invariants
// - applied <= applying <= committed <= lastIndex.
// - committed, applying and applied never go back.
// - A committed entry is never replaced (Raft paper, figure 3: state machine safety).
// - Terms never fall along the log.
import { assert, assertCounter, present } from "./assert.ts";
import { type Entry, entriesBytes, isConfChange, type Snapshot } from "./messages.ts";
import type { Compacted, Storage, TemporarilyUnavailable, Unavailable } from "./storage.ts";
import type { EntryId, Logger, LogIndex, Term } from "./types.ts";
import { Unstable } from "./unstable.ts";

/** What a log is made of. */
export interface LogOptions {
  readonly storage: Storage;
  /** How many bytes may be handed out for applying and not yet be applied. */
  readonly maxApplyingBytes: number;
  readonly logger?: Logger | undefined;
}

/** A follower's guess where two logs part. */
export interface ConflictHint {
  readonly index: LogIndex;
  /** The term at `index`, or 0 when it is not known. */
  readonly term: Term;
}

/** The log: the stable part in storage, the unstable part in memory, and how far each is used. */
export class RaftLog {
  readonly #storage: Storage;
  readonly #logger: Logger | undefined;
  readonly #maxApplyingBytes: number;
  readonly unstable: Unstable;
  #committed: LogIndex;
  #applying: LogIndex;
  #applied: LogIndex;
  #applyingBytes = 0;
  #applyingPaused = false;

  constructor(options: LogOptions) {
    this.#storage = options.storage;
    this.#logger = options.logger;
    this.#maxApplyingBytes = options.maxApplyingBytes;
    this.unstable = new Unstable(options.storage.lastIndex() + 1, options.logger);
    // What is compacted away was applied; the rest is learnt again.
    const compacted = options.storage.firstIndex() - 1;
    this.#committed = compacted;
    this.#applying = compacted;
    this.#applied = compacted;
  }

  /** The last entry known to be committed. */
  get committed(): LogIndex {
    return this.#committed;
  }

  /** The last entry known to be applied. */
  get applied(): LogIndex {
    return this.#applied;
  }

  firstIndex(): LogIndex {
    const { snapshot } = this.unstable;
    return snapshot === null ? this.#storage.firstIndex() : snapshot.index + 1;
  }

  lastIndex(): LogIndex {
    return this.unstable.lastIndex() ?? this.#storage.lastIndex();
  }

  /** The last entry; its term is always known, also when it is compacted away. */
  lastId(): EntryId {
    const index = this.lastIndex();
    const term = this.term(index);
    assert(typeof term === "number", () => `the term of the last entry ${index} is ${term}`);
    return { term, index };
  }

  /** The term at `index`; known for one entry before the first, for the matching check. */
  term(index: LogIndex): Term | Compacted | Unavailable {
    const unstable = this.unstable.term(index);
    if (unstable !== undefined) return unstable;
    if (index + 1 < this.firstIndex()) return "compacted";
    if (index > this.lastIndex()) return "unavailable";
    return this.#storage.term(index);
  }

  /** The term at `index`, or 0, which is no entry's term, when it is not known. */
  termOrZero(index: LogIndex): Term {
    const term = this.term(index);
    return typeof term === "number" ? term : 0;
  }

  /** Whether the entry is in this log. */
  matches(id: EntryId): boolean {
    return this.term(id.index) === id.term;
  }

  /**
   * Whether a log that ends with `theirs` holds all that this one may have committed: compares the
   * last terms, then the lengths (Raft paper, 5.4.1).
   */
  isUpToDate(theirs: EntryId): boolean {
    const ours = this.lastId();
    return theirs.term > ours.term || (theirs.term === ours.term && theirs.index >= ours.index);
  }

  /** The entries from `lo` to the end of the log, at least one and at most `maxBytes`. */
  entries(lo: LogIndex, maxBytes: number): readonly Entry[] | Compacted | TemporarilyUnavailable {
    return lo > this.lastIndex() ? [] : this.slice(lo, this.lastIndex() + 1, maxBytes);
  }

  /** The entries from `lo` up to but not including `hi`, at least one and at most `maxBytes`. */
  slice(
    lo: LogIndex,
    hi: LogIndex,
    maxBytes: number,
  ): readonly Entry[] | Compacted | TemporarilyUnavailable {
    if (lo < this.firstIndex()) return "compacted";
    assert(
      lo <= hi && hi <= this.lastIndex() + 1,
      () => `entries [${lo}, ${hi}) asked of [${this.firstIndex()}, ${this.lastIndex()}]`,
    );
    if (lo === hi) return [];
    const { offset } = this.unstable;
    if (lo >= offset) return this.unstable.slice(lo, hi, maxBytes);

    const cut = Math.min(hi, offset);
    const stable = this.#storage.entries(lo, cut, maxBytes);
    assert(stable !== "unavailable", () => `storage has no entries [${lo}, ${cut})`);
    if (typeof stable === "string") return stable;
    if (hi <= offset || stable.length < cut - lo) return stable;
    const room = maxBytes - entriesBytes(stable);
    const tail = this.unstable.slice(offset, hi, room);
    return entriesBytes(tail) > room ? stable : stable.concat(tail);
  }

  /**
   * Appends what a leader sent, if this log holds the entry before it, and takes over its commit
   * index as far as this append proves the logs equal. Answers the last index that is proven equal,
   * or null when the logs part before.
   *
   * Only a conflicting entry and what follows it is removed (Raft paper, figure 2, AppendEntries
   * rule 3): an append that was overtaken by a later one must not shorten the log.
   */
  maybeAppend(prev: EntryId, entries: readonly Entry[], commit: LogIndex): LogIndex | null {
    if (!this.matches(prev)) return null;
    const last = prev.index + entries.length;
    const conflict = this.#firstConflict(entries);
    if (conflict !== null) this.append(entries.slice(conflict - prev.index - 1));
    this.commitTo(Math.min(commit, last));
    return last;
  }

  /** Appends entries, replacing from the first of them on whatever stood there. */
  append(entries: readonly Entry[]): void {
    const first = entries[0];
    if (first === undefined) return;
    assert(
      first.index > this.#committed,
      () => `entry ${first.index} conflict with committed entry [committed(${this.#committed})]`,
    );
    this.unstable.truncateAndAppend(entries);
    assertCounter("last index", this.lastIndex());
  }

  /** The index of the first entry that is not in this log, or null. */
  #firstConflict(entries: readonly Entry[]): LogIndex | null {
    const missing = entries.find((entry) => !this.matches(entry));
    if (missing === undefined) return null;
    if (missing.index <= this.lastIndex()) {
      const existing = this.termOrZero(missing.index);
      this.#logger?.(
        "INFO",
        `found conflict at index ${missing.index} ` +
          `[existing term: ${existing}, conflicting term: ${missing.term}]`,
      );
    }
    return missing.index;
  }

  /**
   * The best guess where this log and one that holds `term` at `index` still agree: the last entry
   * at or before `index` whose term is not greater. Both sides of a rejection skip with it whole
   * terms that cannot match, since terms never fall along a log (Raft paper, end of 5.3).
   */
  findConflictByTerm(index: LogIndex, term: Term): ConflictHint {
    if (typeof this.term(index) !== "number") return { index, term: 0 };
    // By halves: the log is long, and a peer that lies may name any place and term in it, again and again.
    let agrees = Math.max(this.firstIndex() - 1, 1) - 1;
    let parts = index + 1;
    while (parts - agrees > 1) {
      const middle = Math.floor((agrees + parts) / 2);
      if (this.termOrZero(middle) <= term) agrees = middle;
      else parts = middle;
    }
    return { index: agrees, term: this.termOrZero(agrees) };
  }

  /** Raises the commit index; never lowers it. */
  commitTo(index: LogIndex): void {
    if (index <= this.#committed) return;
    assert(
      index <= this.lastIndex(),
      () =>
        `tocommit(${index}) is out of range [lastIndex(${this.lastIndex()})]. ` +
        "Was the raft log corrupted, truncated, or lost?",
    );
    this.#committed = index;
  }

  /** Whether committed entries wait to be handed out for applying. */
  hasNextCommitted(allowUnstable: boolean): boolean {
    // A snapshot is applied alone, before anything that follows it.
    if (this.#applyingPaused || this.unstable.snapshot !== null) return false;
    return this.#applying < this.#maxAppliable(allowUnstable);
  }

  /** The committed entries to apply next, within the limit of bytes. */
  nextCommitted(allowUnstable: boolean): readonly Entry[] {
    if (!this.hasNextCommitted(allowUnstable)) return [];
    const budget = this.#maxApplyingBytes - this.#applyingBytes;
    assert(budget > 0, () => `no budget to apply with: ${budget}`);
    const hi = this.#maxAppliable(allowUnstable) + 1;
    const entries = this.slice(this.#applying + 1, hi, budget);
    assert(typeof entries !== "string", () => `entries to apply are ${entries}`);
    return entries;
  }

  /** Notes that entries were handed out for applying. */
  acceptApplying(entries: readonly Entry[], allowUnstable: boolean): void {
    const { index } = present(entries.at(-1), () => "an entry to apply");
    assert(
      this.#applying < index && index <= this.#committed,
      () => `applying ${index} outside (${this.#applying}, ${this.#committed}]`,
    );
    this.#applying = index;
    this.#applyingBytes += entriesBytes(entries);
    // Entries were held back: the next one would cross the limit, so wait until some are applied.
    const heldBack = index < this.#maxAppliable(allowUnstable);
    this.#applyingPaused = heldBack || this.#applyingBytes >= this.#maxApplyingBytes;
  }

  /** Notes that everything up to `index` is applied; `bytes` of it had been handed out. */
  appliedTo(index: LogIndex, bytes: number): void {
    assert(
      this.#applied <= index && index <= this.#committed,
      () => `applied ${index} outside [${this.#applied}, ${this.#committed}]`,
    );
    this.#applied = index;
    this.#applying = Math.max(this.#applying, index);
    this.#applyingBytes = Math.max(0, this.#applyingBytes - bytes);
    this.#applyingPaused = this.#applyingBytes >= this.#maxApplyingBytes;
  }

  /** The newest snapshot there is. */
  snapshot(): Snapshot | TemporarilyUnavailable {
    return this.unstable.snapshot ?? this.#storage.snapshot();
  }

  /** Replaces the log by a snapshot, whose state is committed by definition. */
  restore(snapshot: Snapshot): void {
    const { index, term } = snapshot;
    this.#logger?.(
      "INFO",
      `log [${this}] starts to restore snapshot [index: ${index}, term: ${term}]`,
    );
    this.#committed = index;
    this.unstable.restore(snapshot);
  }

  /** The index of the first change of membership after `lo` and up to `hi`, or null. */
  findConfChange(lo: LogIndex, hi: LogIndex): LogIndex | null {
    let next = lo + 1;
    while (next <= hi) {
      // By pages, so that a long tail does not have to fit into memory at once.
      const page = this.slice(next, hi + 1, this.#maxApplyingBytes);
      assert(typeof page !== "string" && page.length > 0, () => `unapplied entries are ${page}`);
      const found = page.find(isConfChange);
      if (found !== undefined) return found.index;
      next += page.length;
    }
    return null;
  }

  toString(): string {
    const { offset, offsetInProgress, length } = this.unstable;
    return (
      `committed=${this.#committed}, applied=${this.#applied}, applying=${this.#applying}, ` +
      `unstable.offset=${offset}, unstable.offsetInProgress=${offsetInProgress}, ` +
      `len(unstable.Entries)=${length}`
    );
  }

  /** Under asynchronous writes only what is durable here may be applied (etcd issue 14370). */
  #maxAppliable(allowUnstable: boolean): LogIndex {
    return allowUnstable ? this.#committed : Math.min(this.#committed, this.unstable.offset - 1);
  }
}
