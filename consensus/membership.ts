// Invariants
// - Each list is sorted and has no duplicates.
// - A learner is no voter, neither of the incoming nor of the outgoing half: each node has one
//   role.
// - Who will be a learner after the joint phase (`learnersNext`) still votes in the outgoing half,
//   and only there.
// - Outside a joint phase nothing waits for its end: no `learnersNext`, no `autoLeave`.
import { isNodeId, type NodeId } from "./types.ts";

/**
 * Who takes part. While `votersOutgoing` is not empty the group is joint, and every decision needs
 * a majority of both halves (Raft thesis, 4.3).
 */
export interface ConfState {
  /** The incoming half, or the only one. */
  readonly voters: readonly NodeId[];
  /** The outgoing half of a joint phase. */
  readonly votersOutgoing: readonly NodeId[];
  /** Those who receive the log and have no voice (Raft thesis, 4.2.1). */
  readonly learners: readonly NodeId[];
  /** Outgoing voters who become learners when the joint phase ends. */
  readonly learnersNext: readonly NodeId[];
  /** Whether the leader ends the joint phase by itself. */
  readonly autoLeave: boolean;
}

/** Nobody. */
export const NO_MEMBERS: ConfState = {
  voters: [],
  votersOutgoing: [],
  learners: [],
  learnersNext: [],
  autoLeave: false,
};

/** Makes a membership out of unsorted parts; what is not named is empty. */
export function makeConfState(parts: Partial<ConfState>): ConfState {
  return {
    voters: sortedIds(parts.voters ?? []),
    votersOutgoing: sortedIds(parts.votersOutgoing ?? []),
    learners: sortedIds(parts.learners ?? []),
    learnersNext: sortedIds(parts.learnersNext ?? []),
    autoLeave: parts.autoLeave ?? false,
  };
}

/** Sorted and without duplicates: the only order in which this folder ever visits nodes. */
export function sortedIds(ids: Iterable<NodeId>): readonly NodeId[] {
  return [...new Set(ids)].sort((a, b) => a - b);
}

/** Whether decisions need two majorities. */
export function isJoint(confState: ConfState): boolean {
  return confState.votersOutgoing.length > 0;
}

/** The voters of both halves. */
export function votersOf(confState: ConfState): readonly NodeId[] {
  return sortedIds([...confState.voters, ...confState.votersOutgoing]);
}

/** All who receive the log. */
export function membersOf(confState: ConfState): readonly NodeId[] {
  return sortedIds([...confState.voters, ...confState.votersOutgoing, ...confState.learners]);
}

/** The first invariant that `confState` breaks, or null. */
export function brokenRule(confState: ConfState): string | null {
  const { voters, votersOutgoing, learners, learnersNext } = confState;
  const voice = votersOf(confState);
  const named = [...voice, ...learners, ...learnersNext];
  const nobody = named.find((id) => !isNodeId(id));
  if (nobody !== undefined) return `${nobody} is not a node id`;

  const voterAndLearner = learners.find((id) => voice.includes(id));
  if (voterAndLearner !== undefined) return `${voterAndLearner} is both voter and learner`;

  const misplaced = learnersNext.find((id) => voters.includes(id) || !votersOutgoing.includes(id));
  if (misplaced !== undefined) return `${misplaced} waits to be a learner but does not leave`;

  const waits = learnersNext.length > 0 || confState.autoLeave;
  return waits && !isJoint(confState) ? "waits for the end of a joint phase outside one" : null;
}
