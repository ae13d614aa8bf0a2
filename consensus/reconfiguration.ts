// Invariants
// - The active membership is a function of the applied log alone.
// - A change that does not fit is refused by every replica alike, and stops none of them.
import { changeMembership } from "./changer.ts";
import { findBarrier, maybeCommit } from "./commit.ts";
import { type ConfChange, encodeConfChange, LEAVE_JOINT } from "./conf-change.ts";
import type { Core } from "./core.ts";
import { describeChangeFault, describeConfChange, formatConfState, formatId } from "./describe.ts";
import { type ConfState, votersOf } from "./membership.ts";
import { makeMessage } from "./messages.ts";
import { handleProposal } from "./proposals.ts";
import { releasePostponedReads } from "./reads.ts";
import { broadcastAppend, maybeSendAppend } from "./replication.ts";
import { NO_NODE } from "./types.ts";

/** What applying a change of membership came to. */
export interface ApplyConfChangeResult {
  /** The membership from now on. */
  readonly confState: ConfState;
  /** Why the change does not fit, when it does not; then the membership stays as it was. */
  readonly rejected: string | null;
}

/** Applies a committed change of membership. */
export function applyConfChange(core: Core, change: ConfChange): ApplyConfChangeResult {
  const { tracker } = core;
  const result = changeMembership(tracker.confState, change);
  if (!result.ok) {
    const rejected = describeChangeFault(result.fault);
    core.logger?.(
      "WARN",
      `${formatId(core.id)} rejected committed conf change ${describeConfChange(change)} ` +
        `at config ${formatConfState(tracker.confState)}: ${rejected}`,
    );
    return { confState: tracker.confState, rejected };
  }
  tracker.switchTo(result.confState, result.joined, core.log.lastIndex());
  core.logMembership();
  if (core.state === "StateLeader") leadInNewMembership(core);
  return { confState: result.confState, rejected: null };
}

function leadInNewMembership(core: Core): void {
  const own = core.tracker.progressOf(core.id);
  if (own === undefined || own.isLearner) {
    // Who is no voter must not lead for long: it would count a quorum to which it does not belong
    // (etcd issues 11038 and 83 of etcd-io/raft).
    if (core.config.stepDownOnRemoval) core.becomeFollower(core.term, NO_NODE);
    return;
  }
  if (maybeCommit(core)) {
    // The quorum shrank to those who already have more.
    releasePostponedReads(core);
    broadcastAppend(core);
  } else {
    core.tracker.visit((id) => {
      if (id !== core.id) maybeSendAppend(core, id, false);
    });
  }
  const { leadership } = core;
  if (!votersOf(core.tracker.confState).includes(leadership.transferee)) {
    leadership.transferee = NO_NODE;
  }
}

/** What a leader does each time that entries are applied. */
export function afterApplying(core: Core): void {
  liftBarrier(core);
  const { confState } = core.tracker;
  // Tried again with each applied entry, should the proposal be dropped now (etcd issue 12136).
  if (!confState.autoLeave || core.log.applied < core.leadership.pendingConfIndex) return;
  const described = formatConfState(confState);
  const entry = {
    term: 0,
    index: 0,
    type: "EntryConfChangeV2",
    data: encodeConfChange(LEAVE_JOINT),
  } as const;
  const refusal = handleProposal(core, makeMessage({ type: "MsgProp", entries: [entry] }));
  if (refusal === null) {
    core.logger?.(
      "INFO",
      `initiating automatic transition out of joint configuration ${described}`,
    );
  } else {
    core.logger?.(
      "DEBUG",
      `not initiating automatic transition out of joint configuration ${described}: ` +
        "raft proposal dropped",
    );
  }
}

/** Commits on, by the new membership, once the change at the barrier is applied. */
function liftBarrier(core: Core): void {
  const { barrier } = core.leadership;
  if (barrier === null || barrier > core.log.applied) return;
  findBarrier(core);
  if (!maybeCommit(core)) return;
  releasePostponedReads(core);
  broadcastAppend(core);
}
