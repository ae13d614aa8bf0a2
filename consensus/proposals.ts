// Invariants
// - At most one change of membership is in the log and not applied (Raft thesis, 4.1).
// - A change is appended only if it fits the membership in force, by the same predicate that will
//   apply it: an entry that no replica could apply would stop them all, again after each restart.
// - Nothing is sealed that is not appended.
import { changeMembership } from "./changer.ts";
import { raiseBarrier } from "./commit.ts";
import { type ConfChange, decodeConfChange } from "./conf-change.ts";
import type { Core } from "./core.ts";
import { describeChangeFault, describeConfChange, formatConfState, formatId } from "./describe.ts";
import { isJoint } from "./membership.ts";
import { EMPTY_BYTES, type Entry, isConfChange, type Message, payloadBytes } from "./messages.ts";
import { broadcastAppend } from "./replication.ts";
import { dropped, type StepResult } from "./step-result.ts";
import { type LogIndex, NO_NODE } from "./types.ts";

/** An entry that has no place in the log yet. */
export type Proposal = Pick<Entry, "type" | "data">;

/** The entry that says nothing. */
export const EMPTY_PROPOSAL: Proposal = { type: "EntryNormal", data: EMPTY_BYTES };

/** Appends what is proposed to the leader's log and sends it out. */
export function handleProposal(core: Core, message: Message): StepResult {
  const { leadership } = core;
  if (core.tracker.progressOf(core.id) === undefined) {
    return dropped("NOT_A_MEMBER", "this leader was removed from the group");
  }
  if (leadership.transferee !== NO_NODE) {
    core.logger?.(
      "DEBUG",
      `${formatId(core.id)} [term ${core.term}] transfer leadership to ` +
        `${formatId(leadership.transferee)} is in progress; dropping proposal`,
    );
    return dropped(
      "TRANSFER_IN_PROGRESS",
      `leadership is passing to node ${leadership.transferee}`,
    );
  }
  const admitted = admitConfChanges(core, message.entries);
  if ("refusal" in admitted) return dropped("CONF_CHANGE_REFUSED", admitted.refusal);
  if (!appendEntries(core, admitted.proposals)) {
    return dropped("UNCOMMITTED_LIMIT", `${leadership.uncommittedBytes} bytes are not yet applied`);
  }
  leadership.pendingConfIndex = admitted.pendingConfIndex;
  broadcastAppend(core);
  return null;
}

/** What may be appended, and where its last change of membership will stand. */
interface Admitted {
  readonly proposals: readonly Proposal[];
  readonly pendingConfIndex: LogIndex;
}

/** Checks the changes of membership among the proposals, before any of them is sealed. */
function admitConfChanges(
  core: Core,
  entries: readonly Entry[],
): Admitted | { readonly refusal: string } {
  let { pendingConfIndex } = core.leadership;
  const proposals: Proposal[] = [];
  for (const entry of entries) {
    const refusal = isConfChange(entry) ? refuseConfChange(core, entry, pendingConfIndex) : null;
    if (refusal !== null && !core.config.replaceRefusedConfChange) return { refusal };
    proposals.push(refusal === null ? entry : EMPTY_PROPOSAL);
    if (isConfChange(entry) && refusal === null) {
      pendingConfIndex = core.log.lastIndex() + proposals.length;
    }
  }
  return { proposals, pendingConfIndex };
}

function refuseConfChange(core: Core, entry: Entry, pendingConfIndex: LogIndex): string | null {
  const change = decodeConfChange(entry.data);
  if (change === null) return "not a change of membership";
  if (core.config.disableConfChangeValidation) return null;
  const refusal = whyNot(core, change, pendingConfIndex);
  if (refusal !== null) {
    const { confState } = core.tracker;
    core.logger?.(
      "INFO",
      `${formatId(core.id)} ignoring conf change ${describeConfChange(change)} ` +
        `at config ${formatConfState(confState)}: ${refusal}`,
    );
  }
  return refusal;
}

function whyNot(core: Core, change: ConfChange, pendingConfIndex: LogIndex): string | null {
  const { applied } = core.log;
  const { confState } = core.tracker;
  const isEmpty = change.changes.length === 0;
  if (pendingConfIndex > applied) {
    return `possible unapplied conf change at index ${pendingConfIndex} (applied to ${applied})`;
  }
  if (isJoint(confState) && !isEmpty) return "must transition out of joint config first";
  if (!isJoint(confState) && isEmpty) return "not in joint state; refusing empty conf change";
  const result = changeMembership(confState, change);
  return result.ok ? null : describeChangeFault(result.fault);
}

/**
 * Gives each proposal its place, seals it, and appends it. Answers false, and does nothing, when
 * too much is waiting already; but an empty payload is never too much, since a leader must always
 * be able to append its first entry and the end of a joint phase.
 */
export function appendEntries(core: Core, proposals: readonly Proposal[]): boolean {
  const { leadership, log } = core;
  const payload = payloadBytes(proposals);
  const { maxUncommittedBytes, seal } = core.config;
  const waiting = leadership.uncommittedBytes;
  if (waiting > 0 && payload > 0 && waiting + payload > maxUncommittedBytes) {
    core.logger?.(
      "WARN",
      `${formatId(core.id)} appending new entries to log would exceed uncommitted entry size ` +
        "limit; dropping proposal",
    );
    return false;
  }
  const first = log.lastIndex() + 1;
  const entries = proposals.map(({ type, data }, position): Entry => {
    const entry = { term: core.term, index: first + position, type, data };
    return seal === undefined ? entry : { ...entry, data: seal(entry) };
  });
  leadership.uncommittedBytes += payloadBytes(entries);
  log.append(entries);
  raiseBarrier(core, entries);
  // The leader's own acknowledgement counts once its own disk has the entries, like any other.
  core.send({ type: "MsgAppResp", to: core.id, index: log.lastIndex() });
  return true;
}
