// Invariants
// - entries[i] has index `offset + i`: no gaps.
// - offset <= offsetInProgress <= offset + entries.length: a write under way is a prefix.
// - `offset` may lie below the end of the stable log: then the next write replaces its tail.
import { assert, present } from "./assert.ts";
import { type Entry, type Snapshot, takeBytes } from "./messages.ts";
import type { EntryId, Logger, LogIndex, Term } from "./types.ts";

/**
 * What is accepted but not yet known to be durable. It keeps what was handed out for writing until
 * the write is confirmed, so that a read of the log never depends on how far the disk has come.
 */
export class Unstable {
  readonly #logger: Logger | undefined;
  #snapshot: Snapshot | null = null;
  #snapshotInProgress = false;
  #entries: Entry[] = [];
  #offset: LogIndex;
  #offsetInProgress: LogIndex;

  /** @param offset the index after the last stable entry */
  constructor(offset: LogIndex, logger: Logger | undefined) {
    this.#offset = offset;
    this.#offsetInProgress = offset;
    this.#logger = logger;
  }

  /** The index of the first unstable entry. */
  get offset(): LogIndex {
    return this.#offset;
  }

  /** The index after the last entry that is being written. */
  get offsetInProgress(): LogIndex {
    return this.#offsetInProgress;
  }

  /** How many entries are not known to be durable. */
  get length(): number {
    return this.#entries.length;
  }

  /** The snapshot that replaces the stable log, written or not. */
  get snapshot(): Snapshot | null {
    return this.#snapshot;
  }

  /** The snapshot that is yet to be handed out for writing. */
  get nextSnapshot(): Snapshot | null {
    return this.#snapshotInProgress ? null : this.#snapshot;
  }

  /** How many entries are yet to be handed out for writing. */
  get nextLength(): number {
    return this.#offset + this.#entries.length - this.#offsetInProgress;
  }

  /** The entries that are yet to be handed out for writing. */
  nextEntries(): readonly Entry[] {
    return this.#entries.slice(this.#offsetInProgress - this.#offset);
  }

  /** The last index, when it is decided here and not by the stable log. */
  lastIndex(): LogIndex | undefined {
    if (this.#entries.length > 0) return this.#offset + this.#entries.length - 1;
    return this.#snapshot?.index;
  }

  /** The term at `index`, when it is decided here and not by the stable log. */
  term(index: LogIndex): Term | undefined {
    if (index >= this.#offset) return this.#entries[index - this.#offset]?.term;
    return this.#snapshot?.index === index ? this.#snapshot.term : undefined;
  }

  /** The entries from `lo` up to but not including `hi`, as far as they fit; all must be here. */
  slice(lo: LogIndex, hi: LogIndex, maxBytes: number): readonly Entry[] {
    const end = this.#offset + this.#entries.length;
    assert(
      this.#offset <= lo && lo <= hi && hi <= end,
      () => `unstable entries [${lo}, ${hi}) asked of [${this.#offset}, ${end})`,
    );
    return takeBytes(this.#entries, [lo - this.#offset, hi - this.#offset], maxBytes);
  }

  /** Takes everything here as handed out for writing. */
  acceptInProgress(): void {
    this.#offsetInProgress = this.#offset + this.#entries.length;
    if (this.#snapshot !== null) this.#snapshotInProgress = true;
  }

  /**
   * Drops what a confirmed write has made durable, up to `id`. The caller vouches that no write
   * under way will overwrite it. A confirmation that does not fit what is here came too late.
   */
  stableTo(id: EntryId): void {
    const { index } = id;
    const term = this.term(index);
    if (term === undefined) {
      this.#logger?.("INFO", `entry at index ${index} missing from unstable log; ignoring`);
      return;
    }
    if (index < this.#offset) {
      this.#logger?.("INFO", `entry at index ${index} matched unstable snapshot; ignoring`);
      return;
    }
    if (term !== id.term) {
      this.#logger?.(
        "INFO",
        `entry at (index,term)=(${index},${id.term}) mismatched with ` +
          `entry at (${index},${term}) in unstable log; ignoring`,
      );
      return;
    }
    this.#entries.splice(0, index + 1 - this.#offset);
    this.#offset = index + 1;
    this.#offsetInProgress = Math.max(this.#offsetInProgress, this.#offset);
  }

  /** Drops the snapshot of `index` once it is durable. */
  stableSnapshotTo(index: LogIndex): void {
    if (this.#snapshot?.index !== index) return;
    this.#snapshot = null;
    this.#snapshotInProgress = false;
  }

  /** Replaces everything by a snapshot. */
  restore(snapshot: Snapshot): void {
    this.#offset = snapshot.index + 1;
    this.#offsetInProgress = this.#offset;
    this.#entries = [];
    this.#snapshot = snapshot;
    this.#snapshotInProgress = false;
  }

  /** Appends entries, replacing whatever stood from the first of them on. */
  truncateAndAppend(entries: readonly Entry[]): void {
    const from = present(entries[0], () => "an entry to append").index;
    const end = this.#offset + this.#entries.length;
    assert(from <= end, () => `gap in the log: it ends at ${end - 1}, appending at ${from}`);
    if (from <= this.#offset && from !== end) {
      this.#logger?.("INFO", `replace the unstable entries from index ${from}`);
      this.#offset = from;
      this.#entries = [];
    } else if (from < end) {
      this.#logger?.("INFO", `truncate the unstable entries before index ${from}`);
      this.#entries.length = from - this.#offset;
    }
    for (const entry of entries) this.#entries.push(entry);
    // What replaces entries under way must be written again.
    this.#offsetInProgress = Math.min(this.#offsetInProgress, from);
  }
}
