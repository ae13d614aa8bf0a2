// The receiving side of replication, the same for whoever finds that another node leads its term.
import type { Core } from "./core.ts";
import { formatId } from "./describe.ts";
import { brokenRule, membersOf } from "./membership.ts";
import type { Message, Snapshot } from "./messages.ts";

/** Appends what the leader sent, or says where the logs part (Raft paper, figure 2). */
export function handleAppend(core: Core, message: Message): void {
  const { log } = core;
  const prev = { term: message.logTerm, index: message.index };
  if (prev.index < log.committed) {
    // Overtaken by a later append: what is committed here is in the leader's log as well.
    core.send({ type: "MsgAppResp", to: message.from, index: log.committed });
    return;
  }
  // What is acknowledged is what this append proves equal, not the end of this log, which may still
  // hold entries of a deposed leader (the fifth of CCF's bugs).
  const matched = log.maybeAppend(prev, message.entries, message.commit);
  if (matched === null) {
    rejectAppend(core, message);
    return;
  }
  core.send({ type: "MsgAppResp", to: message.from, index: matched });
}

/**
 * Refuses an append, with a hint that spares the leader from stepping back entry by entry: the last
 * index here whose term the leader's log could still hold at or before the refused one.
 */
function rejectAppend(core: Core, message: Message): void {
  const { log } = core;
  const { index, logTerm, from } = message;
  core.logger?.(
    "DEBUG",
    `${formatId(core.id)} [logterm: ${log.termOrZero(index)}, index: ${index}] rejected MsgApp ` +
      `[logterm: ${logTerm}, index: ${index}] from ${formatId(from)}`,
  );
  const hint = log.findConflictByTerm(Math.min(index, log.lastIndex()), logTerm);
  core.send({
    type: "MsgAppResp",
    to: from,
    index,
    reject: true,
    rejectHint: hint.index,
    logTerm: hint.term,
  });
}

/** Takes the leader's word for what is committed; the leader names nothing that is not here. */
export function handleHeartbeat(core: Core, message: Message): void {
  core.log.commitTo(message.commit);
  core.send({ type: "MsgHeartbeatResp", to: message.from, context: message.context });
}

/** Replaces the log by a snapshot, if that is a step forward (Raft paper, 7). */
export function handleSnapshot(core: Core, message: Message, snapshot: Snapshot): void {
  const restored = restore(core, snapshot);
  const { committed } = core.log;
  const { index, term } = snapshot;
  core.logger?.(
    "INFO",
    `${formatId(core.id)} [commit: ${committed}] ${restored ? "restored" : "ignored"} snapshot ` +
      `[index: ${index}, term: ${term}]`,
  );
  const acknowledged = restored ? core.log.lastIndex() : committed;
  core.send({ type: "MsgAppResp", to: message.from, index: acknowledged });
}

function restore(core: Core, snapshot: Snapshot): boolean {
  const { log } = core;
  const { index, term, confState } = snapshot;
  if (index <= log.committed) return false;
  if (!membersOf(confState).includes(core.id) || brokenRule(confState) !== null) {
    core.logger?.(
      "WARN",
      `${formatId(core.id)} attempted to restore snapshot but it is not in the ConfState; ` +
        "should never happen",
    );
    return false;
  }
  const describeLog = (): string => {
    const last = log.lastId();
    const end = `lastindex: ${last.index}, lastterm: ${last.term}`;
    return `${formatId(core.id)} [commit: ${log.committed}, ${end}]`;
  };
  const id = `snapshot [index: ${index}, term: ${term}]`;
  if (log.matches(snapshot)) {
    // The log already holds all of it: keep what follows.
    core.logger?.("INFO", `${describeLog()} fast-forwarded commit to ${id}`);
    log.commitTo(index);
    return false;
  }
  log.restore(snapshot);
  core.restoreMembership(confState);
  core.logger?.("INFO", `${describeLog()} restored ${id}`);
  return true;
}
