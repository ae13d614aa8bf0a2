// Invariants
// - A pre-candidate has changed nothing: neither its term nor its vote (Raft thesis, 9.6).
// - Nobody campaigns with a committed change of membership that it has not applied: it would count
//   votes by a membership that is no longer the group's (etcd issue 7280).
import { assert } from "./assert.ts";
import type { Core, Role } from "./core.ts";
import { formatId, formatLastId } from "./describe.ts";
import { becomeLeader } from "./leader.ts";
import { votersOf } from "./membership.ts";
import { EMPTY_BYTES, type Message, voteResponseOf } from "./messages.ts";
import { handleAppend, handleHeartbeat, handleSnapshot } from "./replica.ts";
import { broadcastAppend } from "./replication.ts";
import { dropped, type StepResult } from "./step-result.ts";
import { type EntryId, NO_NODE, type Term } from "./types.ts";
import { TRANSFER_CONTEXT, type VoteRequestType } from "./voter.ts";

/** A candidate gathers votes until it leads, loses, or finds that another leads. */
export const CANDIDATE: Role = { step: stepCandidate, tick: tickElection };

/** Why a node campaigns: to find out if it could win, to win, or because the leader asked it to. */
export type CampaignType = "pre-election" | "election" | "transfer";

/** Begins an election when the leader, or the last election, has been silent for too long. */
export function tickElection(core: Core): void {
  core.electionElapsed += 1;
  if (!core.promotable() || core.electionElapsed < core.randomizedElectionTicks) return;
  core.electionElapsed = 0;
  startElection(core);
}

/** Begins an election in the way that the configuration says. */
export function startElection(core: Core): void {
  hup(core, core.config.preVote ? "pre-election" : "election");
}

/** Begins an election, unless this node may not. */
export function hup(core: Core, type: CampaignType): void {
  const me = formatId(core.id);
  if (core.state === "StateLeader") {
    core.logger?.("DEBUG", `${me} ignoring MsgHup because already leader`);
    return;
  }
  if (!core.promotable()) {
    core.logger?.("WARN", `${me} is unpromotable and can not campaign`);
    return;
  }
  if (hasUnappliedChange(core)) {
    core.logger?.(
      "WARN",
      `${me} cannot campaign at term ${core.term} since there are still pending ` +
        "configuration changes to apply",
    );
    return;
  }
  core.logger?.("INFO", `${me} is starting a new election at term ${core.term}`);
  campaign(core, type);
}

function campaign(core: Core, type: CampaignType): void {
  if (type === "pre-election") {
    becomePreCandidate(core);
    requestVotes(core, "MsgPreVote", core.term + 1, EMPTY_BYTES);
  } else {
    becomeCandidate(core);
    requestVotes(core, "MsgVote", core.term, type === "transfer" ? TRANSFER_CONTEXT : EMPTY_BYTES);
  }
}

function requestVotes(core: Core, type: VoteRequestType, term: Term, context: Uint8Array): void {
  const { index, term: logTerm } = core.log.lastId();
  for (const id of votersOf(core.tracker.confState)) {
    if (id === core.id) {
      // The vote for oneself counts once it is durable, like any other.
      core.send({ type: voteResponseOf(type), to: id, term });
      continue;
    }
    core.logger?.(
      "INFO",
      `${formatId(core.id)} ${formatLastId({ index, term: logTerm })} sent ${type} request ` +
        `to ${formatId(id)} at term ${core.term}`,
    );
    core.send({ type, to: id, term, index, logTerm, context });
  }
}

function becomePreCandidate(core: Core): void {
  assert(core.state !== "StateLeader", () => "a leader cannot become a pre-candidate");
  core.tracker.resetVotes();
  core.lead = NO_NODE;
  core.state = "StatePreCandidate";
  core.logger?.("INFO", `${formatId(core.id)} became pre-candidate at term ${core.term}`);
}

function becomeCandidate(core: Core): void {
  assert(core.state !== "StateLeader", () => "a leader cannot become a candidate");
  core.reset(core.term + 1);
  core.voteFor(core.id);
  core.state = "StateCandidate";
  core.logger?.("INFO", `${formatId(core.id)} became candidate at term ${core.term}`);
}

function stepCandidate(core: Core, message: Message): StepResult {
  switch (message.type) {
    case "MsgApp":
      core.becomeFollower(message.term, message.from);
      handleAppend(core, message);
      return null;
    case "MsgHeartbeat":
      core.becomeFollower(message.term, message.from);
      handleHeartbeat(core, message);
      return null;
    case "MsgSnap":
      core.becomeFollower(message.term, message.from);
      if (message.snapshot !== null) handleSnapshot(core, message, message.snapshot);
      return null;
    case "MsgVoteResp":
    case "MsgPreVoteResp":
      countVote(core, message);
      return null;
    case "MsgProp":
      core.logger?.(
        "INFO",
        `${formatId(core.id)} no leader at term ${core.term}; dropping proposal`,
      );
      return dropped("NO_LEADER", "an election is under way");
    case "MsgReadIndex":
      return { code: "READ_DROPPED", reason: "NO_LEADER" };
    case "MsgTimeoutNow":
      core.logger?.(
        "DEBUG",
        `${formatId(core.id)} [term ${core.term} state ${core.state}] ignored MsgTimeoutNow ` +
          `from ${formatId(message.from)}`,
      );
      return null;
    default:
      return null;
  }
}

/** Takes the word of who refuses a vote for what is committed. */
export function hearRefusal(core: Core, { type, commit, logTerm }: Message): void {
  if (type !== "MsgVoteResp" && type !== "MsgPreVoteResp") return;
  learnCommit(core, { term: logTerm, index: commit });
}

/**
 * Learns that an entry is committed. If it stands here, so does all before it; a commitment holds in every term, so it
 * does not matter in which term it is learned. A leader counts by itself.
 */
export function learnCommit(core: Core, id: EntryId): void {
  if (core.state === "StateLeader" || id.index <= core.log.committed) return;
  if (!core.log.matches(id)) return;
  core.log.commitTo(id.index);
  // A change of membership among it ends the campaign: votes were asked of the wrong members.
  if (core.state !== "StateFollower" && hasUnappliedChange(core)) {
    core.becomeFollower(core.term, NO_NODE);
  }
}

function hasUnappliedChange({ log }: Core): boolean {
  return log.findConfChange(log.applied, log.committed) !== null;
}

function countVote(core: Core, message: Message): void {
  // A late pre-vote of this very campaign is no vote.
  const awaited = core.state === "StatePreCandidate" ? "MsgPreVoteResp" : "MsgVoteResp";
  if (message.type !== awaited) return;
  const { type, from, reject } = message;
  const me = formatId(core.id);
  core.logger?.(
    "INFO",
    `${me} received ${type}${reject ? " rejection" : ""} from ${formatId(from)} ` +
      `at term ${core.term}`,
  );
  core.tracker.recordVote(from, !reject);
  const { granted, rejected, result } = core.tracker.tallyVotes();
  core.logger?.(
    "INFO",
    `${me} has received ${granted} ${type} votes and ${rejected} vote rejections`,
  );
  if (result === "VoteLost") {
    // In this node's own term: the term of a pre-vote never began.
    core.becomeFollower(core.term, NO_NODE);
  } else if (result === "VoteWon" && core.state === "StatePreCandidate") {
    campaign(core, "election");
  } else if (result === "VoteWon") {
    becomeLeader(core);
    broadcastAppend(core);
  }
}
