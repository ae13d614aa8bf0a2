// Invariants
// - A leader never replaces or removes an entry of its own log (Raft paper, figure 3: append-only).
// - It counts itself only by what its own disk has confirmed.
import { handleAppendAnswer, handleHeartbeatAnswer, logUntracked } from "./answers.ts";
import { assert, present } from "./assert.ts";
import { findBarrier } from "./commit.ts";
import type { Core, Role } from "./core.ts";
import { formatId } from "./describe.ts";
import type { Message } from "./messages.ts";
import { appendEntries, EMPTY_PROPOSAL, handleProposal } from "./proposals.ts";
import { handleReadIndex } from "./reads.ts";
import { broadcastHeartbeat } from "./replication.ts";
import type { StepResult } from "./step-result.ts";
import { handleTransfer } from "./transfer.ts";
import { NO_NODE } from "./types.ts";

/** A leader takes proposals, replicates them, and shows that it lives. */
export const LEADER: Role = { step: stepLeader, tick: tickLeader };

/** Takes the lead of the term in which the election was won (Raft paper, 5.2). */
export function becomeLeader(core: Core): void {
  assert(core.state === "StateCandidate", () => `a ${core.state} cannot become leader`);
  core.reset(core.term);
  core.lead = core.id;
  core.state = "StateLeader";
  const own = present(core.tracker.progressOf(core.id), () => "the leader's own progress");
  own.becomeReplicate();
  own.recentActive = true;
  core.leadership.pendingConfIndex = core.log.lastIndex();
  findBarrier(core);
  // The first entry of the term: only by committing it does the leader learn, and tell, how much of
  // the older log is committed (Raft thesis, 6.4).
  const accepted = appendEntries(core, [EMPTY_PROPOSAL]);
  assert(accepted, () => "the first entry of a term was refused");
  core.logger?.("INFO", `${formatId(core.id)} became leader at term ${core.term}`);
}

function tickLeader(core: Core): void {
  const { leadership } = core;
  const { electionTicks, heartbeatTicks, checkQuorum: checks } = core.config;
  leadership.heartbeatElapsed += 1;
  core.electionElapsed += 1;
  if (core.electionElapsed >= electionTicks) {
    core.electionElapsed = 0;
    if (checks) checkQuorum(core);
    if (core.state !== "StateLeader") return;
    // Who has not taken the lead by now will not: take proposals again.
    leadership.transferee = NO_NODE;
  }
  if (leadership.heartbeatElapsed >= heartbeatTicks) {
    leadership.heartbeatElapsed = 0;
    broadcastHeartbeat(core);
  }
}

/**
 * Steps down when no quorum of every active half spoke within an election timeout: clients should
 * look for a leader that can still commit (Raft thesis, 6.2).
 */
function checkQuorum(core: Core): void {
  if (!core.tracker.quorumActive()) {
    core.logger?.(
      "WARN",
      `${formatId(core.id)} stepped down to follower since quorum is not active`,
    );
    core.becomeFollower(core.term, NO_NODE);
  }
  core.tracker.visit((id, progress) => {
    if (id !== core.id) progress.recentActive = false;
  });
}

function stepLeader(core: Core, message: Message): StepResult {
  if (message.type === "MsgProp") return handleProposal(core, message);
  if (message.type === "MsgReadIndex") return handleReadIndex(core, message);
  const progress = core.tracker.progressOf(message.from);
  if (progress === undefined) {
    logUntracked(core, message.from);
    return null;
  }
  switch (message.type) {
    case "MsgAppResp":
      handleAppendAnswer(core, message, progress);
      return null;
    case "MsgHeartbeatResp":
      handleHeartbeatAnswer(core, message, progress);
      return null;
    case "MsgTransferLeader":
      handleTransfer(core, message, progress);
      return null;
    default:
      return null;
  }
}
