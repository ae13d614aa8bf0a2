// Invariants
// - A vote is given at most once a term, and never to a log that lacks what may be committed
//   (Raft paper, 5.2 and 5.4.1).
// - A pre-vote changes nothing at the voter.
import type { Core } from "./core.ts";
import { formatId, formatLastId } from "./describe.ts";
import { type Message, voteResponseOf } from "./messages.ts";
import type { StepResult } from "./step-result.ts";
import { NO_NODE } from "./types.ts";

/** The two requests for a vote. */
export type VoteRequestType = "MsgVote" | "MsgPreVote";

/** The context of a request for a vote that a leader has asked for: "CampaignTransfer". */
export const TRANSFER_CONTEXT: Uint8Array = Uint8Array.from("CampaignTransfer", (letter) =>
  letter.charCodeAt(0),
);

function isTransfer(message: Message): boolean {
  const { context } = message;
  return (
    context.length === TRANSFER_CONTEXT.length &&
    context.every((byte, position) => byte === TRANSFER_CONTEXT[position])
  );
}

/**
 * Whether a request for a vote in a later term is passed over: a node that has heard from its
 * leader within an election timeout lets no one unseat it, or a node that was removed from the
 * group could go on disturbing it (Raft thesis, 4.2.3). A transfer is the leader's own wish.
 */
export function ignoresCandidate(core: Core, message: Message): boolean {
  if (message.type !== "MsgVote" && message.type !== "MsgPreVote") return false;
  const { checkQuorum, electionTicks } = core.config;
  const inLease = checkQuorum && core.lead !== NO_NODE && core.electionElapsed < electionTicks;
  if (!inLease || isTransfer(message)) return false;
  logVote(
    core,
    message,
    `ignored ${message.type} from`,
    `: lease is not expired (remaining ticks: ${electionTicks - core.electionElapsed})`,
  );
  return true;
}

/**
 * Grants or refuses a vote. The term has been checked: it is this node's, or a pre-vote's later.
 */
export function handleVoteRequest(core: Core, message: Message, type: VoteRequestType): StepResult {
  const free =
    core.vote === message.from ||
    (core.vote === NO_NODE && core.lead === NO_NODE) ||
    (type === "MsgPreVote" && message.term > core.term);
  // Learners vote as well when asked: the candidate may know of a promotion that they do not know
  // of yet, and may need their vote for the very election after which they will learn of it.
  if (!free || !core.log.isUpToDate({ term: message.logTerm, index: message.index })) {
    rejectVote(core, message, type);
    return null;
  }
  logVote(core, message, `cast ${type} for`);
  // The grant carries the term of the request: a pre-candidate is still in an older one, and would
  // be taken for a straggler if it were answered in its voter's term.
  core.send({ type: voteResponseOf(type), to: message.from, term: message.term });
  if (type === "MsgVote") {
    core.electionElapsed = 0;
    core.voteFor(message.from);
  }
  return null;
}

/** Refuses a vote, in this node's own term, and says what is committed. */
export function rejectVote(core: Core, message: Message, type: VoteRequestType): void {
  logVote(core, message, `rejected ${type} from`);
  const commit = core.config.votesTellCommit ? core.log.committed : 0;
  core.send({
    type: voteResponseOf(type),
    to: message.from,
    term: core.term,
    reject: true,
    commit,
    logTerm: core.config.votesTellCommit ? core.log.termOrZero(commit) : 0,
  });
}

function logVote(core: Core, message: Message, what: string, why = ""): void {
  if (core.logger === undefined) return;
  const { term, index } = core.log.lastId();
  core.logger(
    "INFO",
    `${formatId(core.id)} [logterm: ${term}, index: ${index}, vote: ${formatId(core.vote)}] ` +
      `${what} ${formatId(message.from)} ` +
      `${formatLastId({ term: message.logTerm, index: message.index })} at term ${core.term}${why}`,
  );
}
