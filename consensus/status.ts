import type { Core } from "./core.ts";
import type { ConfState } from "./membership.ts";
import type { Progress } from "./progress.ts";
import type { HardState } from "./storage.ts";
import type { LogIndex, NodeId, StateType } from "./types.ts";

/** A node at a glance. */
export interface BasicStatus extends HardState {
  readonly id: NodeId;
  readonly lead: NodeId;
  readonly state: StateType;
  readonly applied: LogIndex;
  readonly lastIndex: LogIndex;
  /** Who is to take over, on a leader that hands over; else 0. */
  readonly transferee: NodeId;
}

/** What a status shows of a follower. */
export type ProgressStatus = Pick<
  Progress,
  "match" | "next" | "state" | "pendingSnapshot" | "paused" | "recentActive" | "isLearner"
> & { readonly inflights: Pick<Progress["inflights"], "count" | "full"> };

/** A node and, on a leader, what it knows of each member, ascending. */
export interface Status extends BasicStatus {
  readonly confState: ConfState;
  readonly progress: ReadonlyMap<NodeId, ProgressStatus>;
}

/** A node at a glance. */
export function basicStatusOf(core: Core): BasicStatus {
  const { id, lead, state, log } = core;
  return {
    id,
    lead,
    state,
    ...core.hardState,
    applied: log.applied,
    lastIndex: log.lastIndex(),
    transferee: core.leadership.transferee,
  };
}

/** A node in full. */
export function statusOf(core: Core): Status {
  const progress = new Map<NodeId, ProgressStatus>();
  if (core.state === "StateLeader") {
    core.tracker.visit((id, follower) => {
      const { match, next, state, pendingSnapshot, paused, recentActive, isLearner } = follower;
      const { count, full } = follower.inflights;
      const inflights = { count, full };
      progress.set(id, {
        match,
        next,
        state,
        pendingSnapshot,
        paused,
        recentActive,
        isLearner,
        inflights,
      });
    });
  }
  return { ...basicStatusOf(core), confState: core.tracker.confState, progress };
}
