// Reads that need no entry in the log (Raft thesis, 6.4): the leader notes its commit index, proves
// to itself that it still leads, and answers with that index.
import { present } from "./assert.ts";
import { hasCommittedInOwnTerm } from "./commit.ts";
import type { Core } from "./core.ts";
import type { Message } from "./messages.ts";
import { broadcastHeartbeat } from "./replication.ts";
import type { StepResult } from "./step-result.ts";
import { type LogIndex, NO_NODE } from "./types.ts";

/** Takes a read, from this node's client or from a follower's. */
export function handleReadIndex(core: Core, request: Message): StepResult {
  const { reads } = core.leadership;
  if (reads.length >= core.config.maxPendingReads) {
    return { code: "READ_DROPPED", reason: "TOO_MANY_READS" };
  }
  // A new leader has all that is committed, but does not know how far that reaches.
  if (hasCommittedInOwnTerm(core)) serveRead(core, request);
  else reads.postpone(request);
  return null;
}

/** Serves the reads that came before the first commit of this term. */
export function releasePostponedReads(core: Core): void {
  if (!hasCommittedInOwnTerm(core)) return;
  for (const request of core.leadership.reads.takePostponed()) serveRead(core, request);
}

/** Counts a heartbeat's answer, and answers the reads that it confirms. */
export function handleReadAcknowledgement(core: Core, message: Message): void {
  const { reads } = core.leadership;
  reads.acknowledge(message.from, message.context);
  for (const { request, index } of reads.takeConfirmed(core.tracker.confState)) {
    answerRead(core, request, index);
  }
}

function serveRead(core: Core, request: Message): void {
  const { reads } = core.leadership;
  const { committed } = core.log;
  if (core.config.leaseBasedReads || core.tracker.decidesAlone(core.id)) {
    answerRead(core, request, committed);
    return;
  }
  reads.add(request, committed);
  reads.acknowledge(core.id, reads.heartbeatContext());
  broadcastHeartbeat(core);
}

function answerRead(core: Core, request: Message, index: LogIndex): void {
  if (request.from === NO_NODE || request.from === core.id) {
    const { data } = present(request.entries[0], () => "the context of a read");
    core.readStates.push({ index, context: data });
    return;
  }
  core.send({ type: "MsgReadIndexResp", to: request.from, index, entries: request.entries });
}
