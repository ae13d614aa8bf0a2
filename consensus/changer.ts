// Invariants
// - What goes in and what comes out keeps the rules of membership.ts.
// - A simple change alters at most one voter, so that every majority before it meets every majority
//   after it (Raft thesis, 4.1). More takes a joint phase (4.3).
// - The one predicate for proposing and for applying is `changeMembership`: an entry that it
//   accepts at the leader is accepted by every replica, and one that it refuses harms none.
import { assert } from "./assert.ts";
import {
  type ConfChange,
  type ConfChangeSingle,
  entersJoint,
  leavesAutomatically,
  leavesJoint,
} from "./conf-change.ts";
import { brokenRule, type ConfState, isJoint, makeConfState } from "./membership.ts";
import { NO_NODE, type NodeId } from "./types.ts";

/** Why a change cannot be made to a membership. */
export type ChangeFault =
  | "ALREADY_JOINT"
  | "NO_VOTERS_TO_JOIN"
  | "NOT_JOINT"
  | "SIMPLE_CHANGE_WHILE_JOINT"
  | "NO_VOTERS_LEFT"
  | "MORE_THAN_ONE_VOTER";

/** A membership after a change. */
interface Changed {
  readonly ok: true;
  readonly confState: ConfState;
  /** Nodes that the change brings in: nothing is known about their logs, even if it once was. */
  readonly joined: ReadonlySet<NodeId>;
}

/** The membership after a change, or why there is none. */
export type ChangeResult = Changed | { readonly ok: false; readonly fault: ChangeFault };

/** Makes a change in the way that it asks for. */
export function changeMembership(current: ConfState, change: ConfChange): ChangeResult {
  if (leavesJoint(change)) return leaveJoint(current);
  if (entersJoint(change)) {
    return enterJoint(current, change.changes, leavesAutomatically(change));
  }
  return simpleChange(current, change.changes);
}

/** Changes at most one voter, and any learners, at once. */
export function simpleChange(
  current: ConfState,
  changes: readonly ConfChangeSingle[],
): ChangeResult {
  if (isJoint(current)) return refuse("SIMPLE_CHANGE_WHILE_JOINT");
  const draft = new Draft(current);
  draft.applyAll(changes);
  if (draft.voters.size === 0) return refuse("NO_VOTERS_LEFT");
  const touched = [...draft.voters].filter((id) => !current.voters.includes(id)).length;
  const dropped = current.voters.filter((id) => !draft.voters.has(id)).length;
  return touched + dropped > 1 ? refuse("MORE_THAN_ONE_VOTER") : draft.finish();
}

/** Opens a joint phase: the voters of now become the outgoing half, the changes make the other. */
export function enterJoint(
  current: ConfState,
  changes: readonly ConfChangeSingle[],
  autoLeave: boolean,
): ChangeResult {
  if (isJoint(current)) return refuse("ALREADY_JOINT");
  if (current.voters.length === 0) return refuse("NO_VOTERS_TO_JOIN");
  const draft = new Draft({ ...current, votersOutgoing: current.voters, autoLeave });
  draft.applyAll(changes);
  return draft.voters.size === 0 ? refuse("NO_VOTERS_LEFT") : draft.finish();
}

/**
 * Ends a joint phase: the incoming half decides alone, and learners that waited become learners.
 */
export function leaveJoint(current: ConfState): ChangeResult {
  if (!isJoint(current)) return refuse("NOT_JOINT");
  const draft = new Draft({
    ...current,
    learners: [...current.learners, ...current.learnersNext],
    learnersNext: [],
    votersOutgoing: [],
    autoLeave: false,
  });
  return draft.finish();
}

function refuse(fault: ChangeFault): ChangeResult {
  return { ok: false, fault };
}

/** A membership being changed; the changes go to the incoming half. */
class Draft {
  readonly voters: Set<NodeId>;
  readonly #outgoing: ReadonlySet<NodeId>;
  readonly #learners: Set<NodeId>;
  readonly #learnersNext: Set<NodeId>;
  readonly #autoLeave: boolean;
  readonly #joined = new Set<NodeId>();

  constructor(start: ConfState) {
    this.voters = new Set(start.voters);
    this.#outgoing = new Set(start.votersOutgoing);
    this.#learners = new Set(start.learners);
    this.#learnersNext = new Set(start.learnersNext);
    this.#autoLeave = start.autoLeave;
  }

  applyAll(changes: readonly ConfChangeSingle[]): void {
    for (const { type, nodeId } of changes) {
      if (nodeId === NO_NODE) continue;
      if (type === "ConfChangeAddNode") this.#makeVoter(nodeId);
      if (type === "ConfChangeAddLearnerNode") this.#makeLearner(nodeId);
      if (type === "ConfChangeRemoveNode") this.#remove(nodeId);
    }
  }

  finish(): Changed {
    const confState = makeConfState({
      voters: [...this.voters],
      votersOutgoing: [...this.#outgoing],
      learners: [...this.#learners],
      learnersNext: [...this.#learnersNext],
      autoLeave: this.#autoLeave,
    });
    const broken = brokenRule(confState);
    assert(broken === null, () => `a change broke the membership: ${broken}`);
    return { ok: true, confState, joined: this.#joined };
  }

  #makeVoter(id: NodeId): void {
    this.#welcome(id);
    this.#remove(id);
    this.voters.add(id);
  }

  #makeLearner(id: NodeId): void {
    this.#welcome(id);
    this.#remove(id);
    // A voter of the outgoing half keeps that role until the joint phase ends.
    (this.#outgoing.has(id) ? this.#learnersNext : this.#learners).add(id);
  }

  #remove(id: NodeId): void {
    this.voters.delete(id);
    this.#learners.delete(id);
    this.#learnersNext.delete(id);
  }

  #welcome(id: NodeId): void {
    const known = this.voters.has(id) || this.#learners.has(id) || this.#outgoing.has(id);
    if (!known) this.#joined.add(id);
  }
}
