import { ReadOnly } from "./read-only.ts";
import { type LogIndex, NO_NODE, type NodeId, type Ticks } from "./types.ts";

/** What a leader remembers beside its followers' progress; each term starts with a fresh one. */
export class Leadership {
  /** Ticks since the last heartbeat. */
  heartbeatElapsed: Ticks = 0;

  /** Who is to become leader, or nobody (Raft thesis, 3.10). */
  transferee: NodeId = NO_NODE;

  /**
   * No change of membership is pending above this index. A new leader sets it to the end of its
   * log, for there may be one that it did not look for; changes are proposed only when it is
   * applied. This is also what keeps a new leader from changing the membership before it has
   * committed in its own term (the bug of Raft's single-server changes, raft-dev 2015).
   */
  pendingConfIndex: LogIndex = 0;

  /** The first change of membership that is not applied; kept only for the commit barrier. */
  barrier: LogIndex | null = null;

  /** Bytes of data appended and not yet applied: an estimate that may be low, never high. */
  uncommittedBytes = 0;

  /** The reads that wait for confirmation. */
  readonly reads: ReadOnly = new ReadOnly();
}
