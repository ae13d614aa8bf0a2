// Invariants
// - Exactly the members of the configuration are tracked.
// - `#progress` is filled in ascending order of ids and visited in that order: every run sends in
//   the same order.
import { type ConfState, membersOf, NO_MEMBERS } from "./membership.ts";
import { Progress, type ProgressStart } from "./progress.ts";
import { jointCommitted, jointVote, type VoteResult } from "./quorum.ts";
import type { LogIndex, NodeId } from "./types.ts";

/** How many messages and bytes may be under way to one follower. */
export type InflightLimits = Pick<ProgressStart, "maxInflightMessages" | "maxInflightBytes">;

/** An election, counted. */
export interface Tally {
  readonly granted: number;
  readonly rejected: number;
  readonly result: VoteResult;
}

/** The active configuration, and what this node knows of each of its members. */
export class Tracker {
  readonly #limits: InflightLimits;
  #confState: ConfState = NO_MEMBERS;
  #progress = new Map<NodeId, Progress>();
  #votes = new Map<NodeId, boolean>();

  constructor(limits: InflightLimits) {
    const { maxInflightMessages, maxInflightBytes } = limits;
    this.#limits = { maxInflightMessages, maxInflightBytes };
  }

  get confState(): ConfState {
    return this.#confState;
  }

  progressOf(id: NodeId): Progress | undefined {
    return this.#progress.get(id);
  }

  /** Calls `visitor` for each tracked node, ascending. */
  visit(visitor: (id: NodeId, progress: Progress) => void): void {
    for (const [id, progress] of this.#progress) visitor(id, progress);
  }

  /**
   * Takes over a configuration. Who stays keeps its progress; who joins is probed from the leader's
   * last entry, and counts as active, lest the next check of the quorum count its silence so far.
   */
  switchTo(confState: ConfState, joined: ReadonlySet<NodeId>, lastIndex: LogIndex): void {
    const before = this.#progress;
    this.#confState = confState;
    this.#progress = new Map();
    for (const id of membersOf(confState)) {
      const isLearner = confState.learners.includes(id);
      const known = joined.has(id) ? undefined : before.get(id);
      const progress = known ?? this.#newProgress(Math.max(lastIndex, 1), isLearner);
      if (known === undefined) progress.recentActive = true;
      progress.isLearner = isLearner;
      this.#progress.set(id, progress);
    }
  }

  /** Takes over a configuration of which nothing is known yet: at start, and from a snapshot. */
  restore(confState: ConfState, lastIndex: LogIndex): void {
    this.#progress = new Map();
    this.switchTo(confState, new Set(), lastIndex);
  }

  /** Forgets what was known of everyone's log and votes: a new term begins. */
  resetProgress(self: NodeId, lastIndex: LogIndex): void {
    this.resetVotes();
    for (const [id, { isLearner }] of this.#progress) {
      const progress = this.#newProgress(lastIndex + 1, isLearner);
      if (id === self) progress.matchAll(lastIndex);
      this.#progress.set(id, progress);
    }
  }

  /** The highest index that the quorum of the active configuration has acknowledged. */
  committed(): LogIndex {
    return jointCommitted(this.#confState, (id) => this.#progress.get(id)?.match);
  }

  /** Whether a quorum of every active half spoke since the last check (Raft thesis, 6.2). */
  quorumActive(): boolean {
    const active = (id: NodeId): boolean => this.#progress.get(id)?.recentActive ?? false;
    return jointVote(this.#confState, active) === "VoteWon";
  }

  /** Whether `id` needs nobody else to decide. */
  decidesAlone(id: NodeId): boolean {
    const { voters, votersOutgoing } = this.#confState;
    return voters.length === 1 && voters[0] === id && votersOutgoing.length === 0;
  }

  /** Begins a count. */
  resetVotes(): void {
    this.#votes = new Map();
  }

  /** Counts a vote; the first word of a voter stands. */
  recordVote(id: NodeId, granted: boolean): void {
    if (!this.#votes.has(id)) this.#votes.set(id, granted);
  }

  /** How the election stands. The two numbers inform; the result counts members of now only. */
  tallyVotes(): Tally {
    const cast = [...this.#progress]
      .filter(([, { isLearner }]) => !isLearner)
      .map(([id]) => this.#votes.get(id));
    return {
      granted: cast.filter((vote) => vote === true).length,
      rejected: cast.filter((vote) => vote === false).length,
      result: jointVote(this.#confState, (id) => this.#votes.get(id)),
    };
  }

  #newProgress(next: LogIndex, isLearner: boolean): Progress {
    return new Progress({ ...this.#limits, next, isLearner });
  }
}
