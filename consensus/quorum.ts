// Invariants
// - Two majorities of one set of voters share a voter; every safety argument of Raft rests on it.
// - A joint decision needs a majority of each half, never of the union (Raft thesis, 4.3; the union
//   was the first of the bugs that CCF found in its own elections).
// - A half without voters agrees to everything, so that a simple group is a joint one with an empty
//   outgoing half.
import type { ConfState } from "./membership.ts";
import type { LogIndex, NodeId } from "./types.ts";

/** How an election stands. */
export type VoteResult = "VotePending" | "VoteLost" | "VoteWon";

/** How far a voter has acknowledged the log; undefined when it never spoke. */
export type AckedIndex = (id: NodeId) => LogIndex | undefined;

/** What a voter answered; undefined when it has not answered. */
export type Ballot = (id: NodeId) => boolean | undefined;

/** The two halves that decide; the second is empty outside a joint phase. */
export type Halves = Pick<ConfState, "voters" | "votersOutgoing">;

/** How many of `n` voters are a majority. */
export function majoritySize(n: number): number {
  return Math.floor(n / 2) + 1;
}

/** The highest index that a majority has acknowledged; infinite when there is nobody to ask. */
export function majorityCommitted(voters: readonly NodeId[], acked: AckedIndex): LogIndex {
  if (voters.length === 0) return Number.POSITIVE_INFINITY;
  const descending = voters.map((id) => acked(id) ?? 0).sort((a, b) => b - a);
  return descending[majoritySize(voters.length) - 1] ?? 0;
}

/** The highest index that is committed in both halves. */
export function jointCommitted(halves: Halves, acked: AckedIndex): LogIndex {
  return Math.min(
    majorityCommitted(halves.voters, acked),
    majorityCommitted(halves.votersOutgoing, acked),
  );
}

/** Won or lost once no missing answer can change it. */
export function majorityVote(voters: readonly NodeId[], ballot: Ballot): VoteResult {
  if (voters.length === 0) return "VoteWon";
  const granted = voters.filter((id) => ballot(id) === true).length;
  const missing = voters.filter((id) => ballot(id) === undefined).length;
  const needed = majoritySize(voters.length);
  if (granted >= needed) return "VoteWon";
  return granted + missing >= needed ? "VotePending" : "VoteLost";
}

/** Won when both halves are won, lost as soon as one is lost. */
export function jointVote(halves: Halves, ballot: Ballot): VoteResult {
  const results = [
    majorityVote(halves.voters, ballot),
    majorityVote(halves.votersOutgoing, ballot),
  ];
  if (results.includes("VoteLost")) return "VoteLost";
  return results.includes("VotePending") ? "VotePending" : "VoteWon";
}
