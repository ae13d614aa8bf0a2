// Invariants
// - 0 <= match < next: what is known to match has been sent.
// - Everything in (match, next) is under way.
import { assert } from "./assert.ts";
import { Inflights } from "./inflights.ts";
import type { LogIndex } from "./types.ts";

/**
 * How the leader feeds a follower.
 *
 * - Probe: where the logs meet is not known; one append at a time, one per heartbeat.
 * - Replicate: appends are sent ahead, as far as the window of inflights allows.
 * - Snapshot: the entries that the follower needs are compacted away; nothing but the snapshot.
 */
export type ProgressState = "StateProbe" | "StateReplicate" | "StateSnapshot";

/**
 * | from      | event                                   | to        |
 * | --------- | --------------------------------------- | --------- |
 * | Probe     | an append is acknowledged               | Replicate |
 * | Probe     | the next entry is compacted away        | Snapshot  |
 * | Replicate | an append is rejected, or may be lost   | Probe     |
 * | Replicate | the next entry is compacted away        | Snapshot  |
 * | Snapshot  | an acknowledgement reconnects the logs  | Probe     |
 * | Snapshot  | the driver reports success or failure   | Probe     |
 */
const TRANSITIONS: Readonly<Record<ProgressState, readonly ProgressState[]>> = {
  StateProbe: ["StateReplicate", "StateSnapshot"],
  StateReplicate: ["StateProbe", "StateSnapshot"],
  StateSnapshot: ["StateProbe"],
};

/** What a new follower starts with. */
export interface ProgressStart {
  readonly next: LogIndex;
  readonly isLearner: boolean;
  readonly maxInflightMessages: number;
  readonly maxInflightBytes: number;
}

/** A follower as the leader sees it (Raft paper, figure 2: matchIndex and nextIndex). */
export class Progress {
  #match: LogIndex = 0;
  #next: LogIndex;
  #state: ProgressState = "StateProbe";
  #pendingSnapshot: LogIndex = 0;
  #flowPaused = false;
  /** The highest commit index under way to the follower. */
  #sentCommit: LogIndex = 0;
  readonly inflights: Inflights;
  isLearner: boolean;
  /** Whether it spoke since the last check of the quorum. Always true for the leader itself. */
  recentActive = false;

  constructor(start: ProgressStart) {
    this.#next = start.next;
    this.isLearner = start.isLearner;
    this.inflights = new Inflights(start.maxInflightMessages, start.maxInflightBytes);
    this.#check();
  }

  /** The last entry known to be in the follower's log, durably. */
  get match(): LogIndex {
    return this.#match;
  }

  /** The next entry to send. */
  get next(): LogIndex {
    return this.#next;
  }

  get state(): ProgressState {
    return this.#state;
  }

  /** The index of the snapshot under way, or 0. */
  get pendingSnapshot(): LogIndex {
    return this.#pendingSnapshot;
  }

  /** Whether appends must wait: for a heartbeat's answer, or for the snapshot. */
  get paused(): boolean {
    return this.#state === "StateSnapshot" || this.#flowPaused;
  }

  /**
   * Probes: from the entry after the match or, when a snapshot was delivered, after the snapshot.
   * Probing a follower that is already probed starts over.
   */
  becomeProbe(): void {
    const from = Math.max(this.#match, this.#pendingSnapshot);
    this.#enter("StateProbe", from + 1);
    this.#sentCommit = Math.min(this.#sentCommit, from);
  }

  /** Sends ahead. */
  becomeReplicate(): void {
    this.#enter("StateReplicate", this.#match + 1);
  }

  /** Waits for the snapshot of `index` to arrive. */
  becomeSnapshot(index: LogIndex): void {
    this.#enter("StateSnapshot", index + 1);
    this.#pendingSnapshot = index;
    this.#sentCommit = index;
  }

  /** The snapshot did not arrive: probes from the match, as if it had never been sent. */
  abortSnapshot(): void {
    this.#pendingSnapshot = 0;
    this.becomeProbe();
  }

  /** Takes a log as fully matching: a leader knows its own. */
  matchAll(last: LogIndex): void {
    this.#match = last;
    this.#next = last + 1;
    this.#check();
  }

  /** Notes an append of `count` entries, sent from `next` on. */
  sentEntries(count: number, bytes: number): void {
    assert(
      this.#state !== "StateSnapshot",
      () => "an append was sent while a snapshot is under way",
    );
    if (this.#state === "StateProbe") {
      // An empty probe does not pause: it costs nothing and it may carry news of the commit index.
      if (count > 0) this.#flowPaused = true;
      return;
    }
    if (count > 0) {
      this.#next += count;
      this.inflights.add(this.#next - 1, bytes);
    }
    // With a full window, an append is a probe that tells whether all that is under way was lost.
    this.#flowPaused = this.inflights.full;
  }

  /** Notes that the follower was told that `commit` is committed. */
  sentCommit(commit: LogIndex): void {
    this.#sentCommit = commit;
  }

  /** Whether telling the follower of `commit` could move its commit index. */
  canBumpCommit(commit: LogIndex): boolean {
    return commit > this.#sentCommit && this.#sentCommit < this.#next - 1;
  }

  /** Notes an acknowledgement up to `index`. Answers false when it is old news. */
  maybeUpdate(index: LogIndex): boolean {
    if (index <= this.#match) return false;
    this.#match = index;
    this.#next = Math.max(this.#next, index + 1);
    this.#flowPaused = false;
    this.#check();
    return true;
  }

  /**
   * Steps back after the append at `rejected` was refused, at most to behind `hint`, where the
   * follower thinks that the logs still match. Answers false when the rejection is old news.
   */
  maybeDecrement(rejected: LogIndex, hint: LogIndex): boolean {
    if (this.#state === "StateReplicate") {
      if (rejected <= this.#match) return false;
      this.#next = this.#match + 1;
    } else {
      // A follower that is not replicated to is probed one append at a time: only the last counts.
      if (rejected !== this.#next - 1) return false;
      this.#next = Math.max(Math.min(rejected, hint + 1), this.#match + 1);
      this.#flowPaused = false;
    }
    this.#sentCommit = Math.min(this.#sentCommit, this.#next - 1);
    this.#check();
    return true;
  }

  /** Lets one append go, on a heartbeat's answer. */
  resume(): void {
    this.#flowPaused = false;
  }

  /** Holds appends back until a heartbeat's answer. */
  pause(): void {
    this.#flowPaused = true;
  }

  #enter(state: ProgressState, next: LogIndex): void {
    const allowed = state === this.#state || TRANSITIONS[this.#state].includes(state);
    assert(allowed, () => `a follower cannot go from ${this.#state} to ${state}`);
    this.#state = state;
    this.#next = next;
    this.#pendingSnapshot = 0;
    this.#flowPaused = false;
    this.inflights.reset();
    this.#check();
  }

  #check(): void {
    assert(
      this.#match >= 0 && this.#match < this.#next,
      () => `match ${this.#match} is not below next ${this.#next}`,
    );
  }
}
