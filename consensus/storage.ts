import type { ConfState } from "./membership.ts";
import type { Entry, Snapshot } from "./messages.ts";
import { type LogIndex, NO_NODE, type NodeId, type Term } from "./types.ts";

/** What must be on disk before a node may answer (Raft paper, figure 2: persistent state). */
export interface HardState {
  readonly term: Term;
  readonly vote: NodeId;
  /** Not needed for safety; saves a restarted node from learning anew what is committed. */
  readonly commit: LogIndex;
}

/** The state of a node that has never taken part. */
export const EMPTY_HARD_STATE: HardState = { term: 0, vote: NO_NODE, commit: 0 };

/** Compares two hard states field by field. */
export function sameHardState(a: HardState, b: HardState): boolean {
  return a.term === b.term && a.vote === b.vote && a.commit === b.commit;
}

/** What a node finds on its disk when it starts. */
export interface InitialState {
  readonly hardState: HardState;
  /** The membership as of the last applied entry, or the founding one when nothing is applied. */
  readonly confState: ConfState;
}

/** The index lies before the log's first entry: only a snapshot can tell it. */
export type Compacted = "compacted";

/** The index lies behind the log's last entry. */
export type Unavailable = "unavailable";

/**
 * The answer exists but cannot be given at once, for instance because it must be read from disk.
 * The core goes on without it and asks again, at the latest with the next heartbeat's answer.
 */
export type TemporarilyUnavailable = "temporarily-unavailable";

/**
 * The stable part of a log, as the core sees it. Every method is synchronous and answers from
 * memory or from a fast file; what is slow answers `temporarily-unavailable`.
 *
 * A fresh node has `firstIndex() === 1`, `lastIndex() === 0`, `term(0) === 0`, and its founding
 * members in `initialState()`.
 */
export interface Storage {
  /** Called once, when the node starts. */
  initialState(): InitialState;

  /** The first entry that is not compacted away; `lastIndex() + 1` when there is none. */
  firstIndex(): LogIndex;

  /** The last entry that is durable, or the last compacted one when there is none. */
  lastIndex(): LogIndex;

  /** The term of an entry in `[firstIndex() - 1, lastIndex()]`. */
  term(index: LogIndex): Term | Compacted | Unavailable;

  /**
   * The entries from `lo` up to but not including `hi`: at least one, then as many as fit into
   * `maxBytes` (counted by `entryBytes`). Entries above the applied index must be there at once.
   */
  entries(
    lo: LogIndex,
    hi: LogIndex,
    maxBytes: number,
  ): readonly Entry[] | Compacted | Unavailable | TemporarilyUnavailable;

  /**
   * The newest snapshot, for a follower whose next entry is compacted away. It is not sent to one
   * who joined after it was made: then the driver has to make a newer one.
   */
  snapshot(): Snapshot | TemporarilyUnavailable;
}
