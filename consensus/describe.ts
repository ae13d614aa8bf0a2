// The text that operators, traces and scenario files see. Ids are hexadecimal where etcd-io/raft
// prints them so, terms and indexes decimal.

import type { ChangeFault } from "./changer.ts";
import { type ConfChange, decodeConfChange, formatChanges } from "./conf-change.ts";
import type { ConfState } from "./membership.ts";
import type { Entry, Message, Snapshot } from "./messages.ts";
import type { Ready, SoftState } from "./ready.ts";
import type { ProgressStatus } from "./status.ts";
import type { HardState } from "./storage.ts";
import {
  type EntryId,
  LOCAL_APPEND_THREAD,
  LOCAL_APPLY_THREAD,
  NO_NODE,
  type NodeId,
} from "./types.ts";

/** How an entry's data is shown; a driver that seals entries opens them here. */
export type EntryFormatter = (entry: Entry) => string;

/** A node as the log lines name it. */
export function formatId(id: NodeId): string {
  return id.toString(16);
}

/** The end of a log, as the election's log lines show it. */
export function formatLastId({ term, index }: EntryId): string {
  return `[logterm: ${term}, index: ${index}]`;
}

/** A set of nodes: `(1 2 3)`. */
export function formatIds(ids: readonly NodeId[]): string {
  return `(${ids.map(formatId).join(" ")})`;
}

/** A membership in short: `voters=(1 2)&&(2 3) learners=(4) learners_next=(3) autoleave`. */
export function formatConfState(confState: ConfState): string {
  const { voters, votersOutgoing, learners, learnersNext, autoLeave } = confState;
  const outgoing = votersOutgoing.length > 0 ? `&&${formatIds(votersOutgoing)}` : "";
  return [
    `voters=${formatIds(voters)}${outgoing}`,
    ...(learners.length > 0 ? [`learners=${formatIds(learners)}`] : []),
    ...(learnersNext.length > 0 ? [`learners_next=${formatIds(learnersNext)}`] : []),
    ...(autoLeave ? ["autoleave"] : []),
  ].join(" ");
}

/** A follower as the leader sees it: `StateReplicate match=11 next=14 inflight=2`. */
export function formatProgress(progress: ProgressStatus): string {
  const { state, match, next, pendingSnapshot, inflights } = progress;
  return [
    `${state} match=${match} next=${next}`,
    ...(progress.isLearner ? ["learner"] : []),
    ...(progress.paused ? ["paused"] : []),
    ...(pendingSnapshot > 0 ? [`pendingSnap=${pendingSnapshot}`] : []),
    ...(progress.recentActive ? [] : ["inactive"]),
    ...(inflights.count > 0
      ? [`inflight=${inflights.count}${inflights.full ? "[full]" : ""}`]
      : []),
  ].join(" ");
}

/** A change of membership in full, for the log. */
export function describeConfChange(change: ConfChange): string {
  const { transition, changes, context } = change;
  return [
    `transition:${transition}`,
    ...changes.map(({ type, nodeId }) => `changes:{type:${type} node_id:${nodeId}}`),
    ...(context.length > 0 ? [`context:${quoteBytes(context)}`] : []),
  ].join(" ");
}

const CHANGE_FAULTS: Readonly<Record<ChangeFault, string>> = {
  ALREADY_JOINT: "config is already joint",
  NO_VOTERS_TO_JOIN: "can't make a zero-voter config joint",
  NOT_JOINT: "can't leave a non-joint config",
  SIMPLE_CHANGE_WHILE_JOINT: "can't apply simple config change in joint config",
  NO_VOTERS_LEFT: "removed all voters",
  MORE_THAN_ONE_VOTER: "more than one voter changed without entering joint config",
};

/** Why a change cannot be made, in words. */
export function describeChangeFault(fault: ChangeFault): string {
  return CHANGE_FAULTS[fault];
}

/** Bytes as a quoted text: printable ASCII as it is, everything else escaped. */
export function quoteBytes(data: Uint8Array): string {
  return `"${Array.from(data, quoteByte).join("")}"`;
}

const ESCAPES: Readonly<Record<number, string>> = {
  7: "\\a",
  8: "\\b",
  9: "\\t",
  10: "\\n",
  11: "\\v",
  12: "\\f",
  13: "\\r",
  34: '\\"',
  92: "\\\\",
};

function quoteByte(byte: number): string {
  const printable = byte >= 0x20 && byte < 0x7f;
  const plain = printable ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`;
  return ESCAPES[byte] ?? plain;
}

/** The data of an entry that is not sealed. */
function formatData({ type, data }: Entry): string {
  if (type === "EntryNormal") return quoteBytes(data);
  const change = decodeConfChange(data);
  return change === null ? "(not a change of membership)" : formatChanges(change.changes);
}

/** An entry: `1/11 EntryNormal "foo"`, that is term, index, type and data. */
export function describeEntry(entry: Entry, format: EntryFormatter = formatData): string {
  const shown = format(entry);
  return `${entry.term}/${entry.index} ${entry.type}${shown === "" ? "" : ` ${shown}`}`;
}

/** One entry a line. */
export function describeEntries(entries: readonly Entry[], format?: EntryFormatter): string {
  return entries.map((entry) => `${describeEntry(entry, format)}\n`).join("");
}

function formatTarget(id: NodeId): string {
  if (id === NO_NODE) return "None";
  if (id === LOCAL_APPEND_THREAD) return "AppendThread";
  return id === LOCAL_APPLY_THREAD ? "ApplyThread" : formatId(id);
}

/** A message: `1->2 MsgApp Term:1 Log:1/11 Commit:11 Entries:[1/12 EntryNormal "x"]`. */
export function describeMessage(message: Message, format?: EntryFormatter, indent = ""): string {
  const { type, term, logTerm, index, commit, vote, snapshot } = message;
  return [
    `${indent}${formatTarget(message.from)}->${formatTarget(message.to)} ${type}`,
    ` Term:${term} Log:${logTerm}/${index}`,
    message.reject ? ` Rejected (Hint: ${message.rejectHint})` : "",
    commit === 0 ? "" : ` Commit:${commit}`,
    vote === NO_NODE ? "" : ` Vote:${vote}`,
    describeMessageEntries(message.entries, format, indent),
    snapshot === null ? "" : `\n${indent}  Snapshot: ${describeSnapshot(snapshot)}`,
    describeResponses(message.responses, format, indent),
  ].join("");
}

function describeMessageEntries(
  entries: readonly Entry[],
  format: EntryFormatter | undefined,
  indent: string,
): string {
  const [first, ...rest] = entries.map((entry) => describeEntry(entry, format));
  if (first === undefined) return "";
  if (rest.length === 0) return ` Entries:[${first}]`;
  return ` Entries:[${[first, ...rest].map((line) => `\n${indent}  ${line}`).join("")}\n${indent}]`;
}

function describeResponses(
  responses: readonly Message[],
  format: EntryFormatter | undefined,
  indent: string,
): string {
  if (responses.length === 0) return "";
  const lines = responses.map((response) => describeMessage(response, format, `${indent}  `));
  return ` Responses:[${lines.map((line) => `\n${line}`).join("")}\n${indent}]`;
}

/** A snapshot without its data. */
function describeSnapshot(snapshot: Snapshot): string {
  const { confState } = snapshot;
  const list = (ids: readonly NodeId[]): string => `[${ids.join(" ")}]`;
  return (
    `Index:${snapshot.index} Term:${snapshot.term} ConfState:` +
    `Voters:${list(confState.voters)} VotersOutgoing:${list(confState.votersOutgoing)} ` +
    `Learners:${list(confState.learners)} LearnersNext:${list(confState.learnersNext)} ` +
    `AutoLeave:${confState.autoLeave}`
  );
}

/** Term, vote if any, commit. */
function describeHardState({ term, vote, commit }: HardState): string {
  return `Term:${term}${vote === NO_NODE ? "" : ` Vote:${vote}`} Commit:${commit}`;
}

/** Leader and state. */
function describeSoftState({ lead, state }: SoftState): string {
  return `Lead:${lead} State:${state}`;
}

/** A Ready, part by part, in the order in which a driver handles them. */
export function describeReady(ready: Ready, format?: EntryFormatter): string {
  const { softState, hardState, readStates, entries, snapshot, committedEntries } = ready;
  const reads = readStates.map(({ index, context }) => `{${index} ${quoteBytes(context)}}`);
  const parts = [
    softState === null ? "" : `${describeSoftState(softState)}\n`,
    hardState === null ? "" : `HardState ${describeHardState(hardState)}\n`,
    reads.length === 0 ? "" : `ReadStates [${reads.join(" ")}]\n`,
    entries.length === 0 ? "" : `Entries:\n${describeEntries(entries, format)}`,
    snapshot === null ? "" : `Snapshot ${describeSnapshot(snapshot)}\n`,
    committedEntries.length === 0
      ? ""
      : `CommittedEntries:\n${describeEntries(committedEntries, format)}`,
    ready.messages.length === 0 ? "" : "Messages:\n",
    ...ready.messages.map((message) => `${describeMessage(message, format)}\n`),
  ].join("");
  return parts === "" ? "<empty Ready>" : `Ready MustSync=${ready.mustSync}:\n${parts}`;
}
