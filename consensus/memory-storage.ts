// Invariants
// - entries[i] has index `dummy.index + 1 + i`: the log has no gaps.
// - `dummy` stands for the last compacted entry; its term is still known, for the matching check.
import { assert, present } from "./assert.ts";
import { type ConfState, NO_MEMBERS } from "./membership.ts";
import { EMPTY_BYTES, type Entry, type Snapshot, takeBytes } from "./messages.ts";
import {
  type Compacted,
  EMPTY_HARD_STATE,
  type HardState,
  type InitialState,
  type Storage,
  type Unavailable,
} from "./storage.ts";
import type { EntryId, LogIndex, Term } from "./types.ts";

/**
 * The reference implementation of `Storage`, for tests and as the tail of a durable one. The
 * writing half is what a driver does with a Ready.
 */
export class MemoryStorage implements Storage {
  #hardState: HardState = EMPTY_HARD_STATE;
  #snapshot: Snapshot;
  #dummy: EntryId = { term: 0, index: 0 };
  #entries: Entry[] = [];

  /** @param founders the membership of a group that starts with an empty log */
  constructor(founders: ConfState = NO_MEMBERS) {
    this.#snapshot = { index: 0, term: 0, confState: founders, data: EMPTY_BYTES };
  }

  initialState(): InitialState {
    return { hardState: this.#hardState, confState: this.#snapshot.confState };
  }

  firstIndex(): LogIndex {
    return this.#dummy.index + 1;
  }

  lastIndex(): LogIndex {
    return this.#dummy.index + this.#entries.length;
  }

  term(index: LogIndex): Term | Compacted | Unavailable {
    if (index < this.#dummy.index) return "compacted";
    if (index === this.#dummy.index) return this.#dummy.term;
    return this.#entries[index - this.firstIndex()]?.term ?? "unavailable";
  }

  entries(
    lo: LogIndex,
    hi: LogIndex,
    maxBytes: number,
  ): readonly Entry[] | Compacted | Unavailable {
    if (lo < this.firstIndex()) return "compacted";
    if (hi > this.lastIndex() + 1) return "unavailable";
    const first = this.firstIndex();
    return takeBytes(this.#entries, [lo - first, hi - first], maxBytes);
  }

  snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** Persists the term, the vote and the commit index. */
  setHardState(hardState: HardState): void {
    this.#hardState = hardState;
  }

  /** Appends entries, replacing from the first one on whatever was there. */
  append(entries: readonly Entry[]): void {
    const fresh = entries.filter((entry) => entry.index >= this.firstIndex());
    const first = fresh[0];
    if (first === undefined) return;
    assert(
      first.index <= this.lastIndex() + 1,
      () => `gap in the log: last is ${this.lastIndex()}, appending at ${first.index}`,
    );
    this.#entries.length = first.index - this.firstIndex();
    for (const entry of fresh) this.#entries.push(entry);
  }

  /** Replaces the whole log by a snapshot. Answers whether it was newer than the last one. */
  applySnapshot(snapshot: Snapshot): boolean {
    if (snapshot.index <= this.#snapshot.index) return false;
    this.#snapshot = snapshot;
    this.#dummy = { term: snapshot.term, index: snapshot.index };
    this.#entries = [];
    return true;
  }

  /** Makes a snapshot of the state at `index`, which must be applied, and keeps it. */
  createSnapshot(index: LogIndex, confState: ConfState, data: Uint8Array): Snapshot {
    assert(index > this.#snapshot.index, () => `snapshot at ${index} is out of date`);
    const term = this.term(index);
    assert(typeof term === "number", () => `no entry at ${index} to make a snapshot of: ${term}`);
    this.#snapshot = { index, term, confState, data };
    return this.#snapshot;
  }

  /** Forgets the entries up to and including `index`, which must be applied. */
  compact(index: LogIndex): void {
    assert(index >= this.firstIndex(), () => `already compacted: ${index}`);
    const kept = index - this.firstIndex() + 1;
    const last = present(this.#entries[kept - 1], () => `entry ${index}`);
    this.#dummy = { term: last.term, index };
    this.#entries.splice(0, kept);
  }
}
