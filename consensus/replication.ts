// The sending side of replication: what a leader sends to whom, and when it holds back.
import { present } from "./assert.ts";
import type { Core } from "./core.ts";
import { formatId, formatProgress } from "./describe.ts";
import { membersOf } from "./membership.ts";
import { payloadBytes } from "./messages.ts";
import type { Progress } from "./progress.ts";
import type { NodeId } from "./types.ts";

/** Sends an append to every other member, be it empty: it carries the commit index as well. */
export function broadcastAppend(core: Core): void {
  core.tracker.visit((id) => {
    if (id !== core.id) sendAppend(core, id);
  });
}

/** Shows every other member that this leader lives, and asks it to confirm the waiting reads. */
export function broadcastHeartbeat(core: Core): void {
  const context = core.leadership.reads.heartbeatContext();
  core.tracker.visit((id, progress) => {
    if (id === core.id) return;
    // Never above the match: what lies behind it may be another leader's entries.
    const commit = Math.min(progress.match, core.log.committed);
    core.send({ type: "MsgHeartbeat", to: id, commit, context });
    progress.sentCommit(commit);
  });
}

/** Sends an append, be it empty, unless the follower is paused. */
export function sendAppend(core: Core, to: NodeId): boolean {
  return maybeSendAppend(core, to, true);
}

/** Sends appends as long as there are entries and the follower is not paused. */
export function sendAllAppends(core: Core, to: NodeId): void {
  while (maybeSendAppend(core, to, false));
}

/**
 * Sends an append, or a snapshot when the log no longer reaches back far enough. Answers whether
 * anything was sent.
 */
export function maybeSendAppend(core: Core, to: NodeId, sendIfEmpty: boolean): boolean {
  const progress = present(core.tracker.progressOf(to), () => `progress of ${to}`);
  if (progress.paused) return false;

  const prev = progress.next - 1;
  const prevTerm = core.log.term(prev);
  if (typeof prevTerm !== "number") return maybeSendSnapshot(core, to, progress);

  // Into a full window nothing but an empty append: if all that is under way was lost, its answer
  // is what tells (etcd pull request 14633).
  const throttled = progress.state === "StateReplicate" && progress.inflights.full;
  const entries = throttled ? [] : core.log.entries(progress.next, core.config.maxMessageBytes);
  if (entries === "temporarily-unavailable") return false;
  if (entries === "compacted") return maybeSendSnapshot(core, to, progress);
  if (entries.length === 0 && !sendIfEmpty) return false;

  const commit = core.log.committed;
  core.send({ type: "MsgApp", to, index: prev, logTerm: prevTerm, entries, commit });
  progress.sentEntries(entries.length, payloadBytes(entries));
  progress.sentCommit(commit);
  return true;
}

function maybeSendSnapshot(core: Core, to: NodeId, progress: Progress): boolean {
  if (!progress.recentActive) {
    // A snapshot is big; who does not answer would not take it.
    core.logger?.(
      "DEBUG",
      `ignore sending snapshot to ${formatId(to)} since it is not recently active`,
    );
    return false;
  }
  const me = formatId(core.id);
  const snapshot = core.log.snapshot();
  if (snapshot === "temporarily-unavailable") {
    core.logger?.(
      "DEBUG",
      `${me} failed to send snapshot to ${formatId(to)} ` +
        "because snapshot is temporarily unavailable",
    );
    return false;
  }
  const { index, term, confState } = snapshot;
  if (!membersOf(confState).includes(to)) {
    // Made before the follower joined: it would refuse it, and wait for a better one for ever.
    core.logger?.("DEBUG", `${me} has no snapshot yet that names ${formatId(to)}`);
    return false;
  }
  core.logger?.(
    "DEBUG",
    `${me} [firstindex: ${core.log.firstIndex()}, commit: ${core.log.committed}] sent ` +
      `snapshot[index: ${index}, term: ${term}] to ${formatId(to)} [${formatProgress(progress)}]`,
  );
  progress.becomeSnapshot(index);
  core.logger?.(
    "DEBUG",
    `${me} paused sending replication messages to ${formatId(to)} [${formatProgress(progress)}]`,
  );
  core.send({ type: "MsgSnap", to, snapshot });
  return true;
}
