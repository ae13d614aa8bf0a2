// What a leader learns from its followers' answers, and what it does next. The states of a follower
// and their transitions are in progress.ts.
import { maybeCommit } from "./commit.ts";
import type { Core } from "./core.ts";
import { formatId, formatProgress } from "./describe.ts";
import type { Message } from "./messages.ts";
import type { Progress } from "./progress.ts";
import { handleReadAcknowledgement, releasePostponedReads } from "./reads.ts";
import { broadcastAppend, sendAllAppends, sendAppend } from "./replication.ts";
import { continueTransfer } from "./transfer.ts";
import type { NodeId } from "./types.ts";

/** An append, or a snapshot, was taken or refused. Also how a leader hears of its own disk. */
export function handleAppendAnswer(core: Core, message: Message, progress: Progress): void {
  progress.recentActive = true;
  if (message.reject) handleRejection(core, message, progress);
  else handleAcknowledgement(core, message, progress);
}

/**
 * Steps back to where the logs may still match. With the follower's term at the hint, the leader
 * skips all of its own entries with a greater term: had the follower one of them at or before the
 * hint, its term there could not be smaller. So it takes at most one probe per term.
 */
function handleRejection(core: Core, message: Message, progress: Progress): void {
  const { index, rejectHint, logTerm, from } = message;
  core.logger?.(
    "DEBUG",
    `${formatId(core.id)} received MsgAppResp(rejected, hint: (index ${rejectHint}, ` +
      `term ${logTerm})) from ${formatId(from)} for index ${index}`,
  );
  const probe = logTerm > 0 ? core.log.findConflictByTerm(rejectHint, logTerm).index : rejectHint;
  if (!progress.maybeDecrement(index, probe)) return;
  core.logger?.(
    "DEBUG",
    `${formatId(core.id)} decreased progress of ${formatId(from)} to [${formatProgress(progress)}]`,
  );
  if (progress.state === "StateReplicate") progress.becomeProbe();
  sendAppend(core, from);
}

function handleAcknowledgement(core: Core, message: Message, progress: Progress): void {
  const { index, from } = message;
  if (index > core.log.lastIndex()) {
    core.logger?.("WARN", `${formatId(from)} acknowledges ${index}, which was never sent`);
    return;
  }
  // A follower in probe that repeats what is known has answered the probe all the same.
  const answersProbe = progress.match === index && progress.state === "StateProbe";
  if (!progress.maybeUpdate(index) && !answersProbe) return;
  recover(core, message, progress);

  if (maybeCommit(core)) {
    releasePostponedReads(core);
    broadcastAppend(core);
  } else if (from !== core.id && progress.canBumpCommit(core.log.committed)) {
    // It would learn the commit index from a heartbeat as well, but later.
    sendAppend(core, from);
  }
  if (from === core.id) return;
  // The window may have room for more than one append now.
  sendAllAppends(core, from);
  continueTransfer(core, from, progress);
}

function recover(core: Core, message: Message, progress: Progress): void {
  switch (progress.state) {
    case "StateProbe":
      progress.becomeReplicate();
      return;
    case "StateReplicate":
      progress.inflights.freeTo(message.index);
      return;
    case "StateSnapshot":
      // At whatever index a snapshot arrived, and from whomever: if the log goes on from there, so
      // does replication.
      if (progress.match + 1 < core.log.firstIndex()) return;
      core.logger?.(
        "DEBUG",
        `${formatId(core.id)} recovered from needing snapshot, resumed sending replication ` +
          `messages to ${formatId(message.from)} [${formatProgress(progress)}]`,
      );
      progress.becomeProbe();
      progress.becomeReplicate();
  }
}

/** A follower lives: one append may go to it even if its window is full, and reads may be done. */
export function handleHeartbeatAnswer(core: Core, message: Message, progress: Progress): void {
  progress.recentActive = true;
  progress.resume();
  if (progress.match < core.log.lastIndex() || progress.state === "StateProbe") {
    sendAppend(core, message.from);
  }
  handleReadAcknowledgement(core, message);
}

/** The driver says that a message to `id` could not be sent. */
export function reportUnreachable(core: Core, id: NodeId): void {
  const progress = followerOf(core, id);
  if (progress === undefined) return;
  // Appends sent ahead are probably lost.
  if (progress.state === "StateReplicate") progress.becomeProbe();
  core.logger?.(
    "DEBUG",
    `${formatId(core.id)} failed to send message to ${formatId(id)} because it is unreachable ` +
      `[${formatProgress(progress)}]`,
  );
}

/** The driver says what became of the snapshot sent to `id`. */
export function reportSnapshot(core: Core, id: NodeId, succeeded: boolean): void {
  const progress = followerOf(core, id);
  if (progress?.state !== "StateSnapshot") return;
  if (succeeded) progress.becomeProbe();
  else progress.abortSnapshot();
  core.logger?.(
    "DEBUG",
    `${formatId(core.id)} snapshot ${succeeded ? "succeeded" : "failed"}, resumed sending ` +
      `replication messages to ${formatId(id)} [${formatProgress(progress)}]`,
  );
  // After success the follower's own answer is awaited, after failure a heartbeat interval.
  progress.pause();
}

function followerOf(core: Core, id: NodeId): Progress | undefined {
  if (core.state !== "StateLeader") return undefined;
  const progress = core.tracker.progressOf(id);
  if (progress === undefined) logUntracked(core, id);
  return progress;
}

/** Notes that a node spoke, or was spoken of, that is no member. */
export function logUntracked(core: Core, id: NodeId): void {
  core.logger?.("DEBUG", `${formatId(core.id)} no progress available for ${formatId(id)}`);
}
