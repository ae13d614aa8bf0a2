import { present } from "./assert.ts";
import type { ConfState } from "./membership.ts";
import { type LogIndex, NO_NODE, type NodeId, type Term } from "./types.ts";

/** What an entry holds: application data, or a change of membership in one of two spellings. */
export type EntryType = "EntryNormal" | "EntryConfChange" | "EntryConfChangeV2";

/** One position of the log. Entries are immutable once made, the bytes included. */
export interface Entry {
  readonly term: Term;
  readonly index: LogIndex;
  readonly type: EntryType;
  readonly data: Uint8Array;
}

/** The state of the application after `index`, instead of the log up to there (Raft paper, 7). */
export interface Snapshot {
  readonly index: LogIndex;
  readonly term: Term;
  readonly confState: ConfState;
  readonly data: Uint8Array;
}

/** How a message type is treated, whoever holds the node's role. */
interface Traits {
  /** Passes between the node and one of its two local threads, and never travels. */
  readonly local?: true;
  /** Answers something: it is welcome only from a node that is tracked. */
  readonly response?: true;
  /** Rests on the node's durable state and may not leave before it (Raft thesis, 3.8). */
  readonly afterAppend?: true;
  /** Part of an election: carries the term that is campaigned for, not that of the sender. */
  readonly election?: true;
  /** A request of a client on its way to the leader: belongs to no term. */
  readonly termless?: true;
}

/** The name of a message, as the scenario files print it; `consensus/README.md` explains each. */
export type MessageType =
  | "MsgProp"
  | "MsgApp"
  | "MsgAppResp"
  | "MsgVote"
  | "MsgVoteResp"
  | "MsgPreVote"
  | "MsgPreVoteResp"
  | "MsgSnap"
  | "MsgHeartbeat"
  | "MsgHeartbeatResp"
  | "MsgTransferLeader"
  | "MsgTimeoutNow"
  | "MsgReadIndex"
  | "MsgReadIndexResp"
  | "MsgStorageAppend"
  | "MsgStorageAppendResp"
  | "MsgStorageApply"
  | "MsgStorageApplyResp";

const TRAITS: Readonly<Record<MessageType, Traits>> = {
  MsgProp: { termless: true },
  MsgApp: {},
  MsgAppResp: { response: true, afterAppend: true },
  MsgVote: { election: true },
  MsgVoteResp: { response: true, afterAppend: true, election: true },
  MsgPreVote: { election: true },
  MsgPreVoteResp: { response: true, afterAppend: true, election: true },
  MsgSnap: {},
  MsgHeartbeat: {},
  MsgHeartbeatResp: { response: true },
  MsgTransferLeader: {},
  MsgTimeoutNow: {},
  MsgReadIndex: { termless: true },
  MsgReadIndexResp: { response: true },
  MsgStorageAppend: { local: true },
  MsgStorageAppendResp: { local: true, response: true },
  MsgStorageApply: { local: true },
  MsgStorageApplyResp: { local: true, response: true },
};

/**
 * One flat record for every type of message, told apart by `type`; a field that a type does not
 * use holds its zero. Plain data: the driver encodes it. Never changed once made.
 */
export interface Message {
  readonly type: MessageType;
  readonly from: NodeId;
  readonly to: NodeId;
  /** The sender's term; 0 where no term applies. */
  readonly term: Term;
  /** The term of the entry at `index` (MsgApp, MsgVote), or of the hint in a rejection. */
  readonly logTerm: Term;
  /** MsgApp: the entry before `entries`; MsgAppResp: what is acknowledged or rejected. */
  readonly index: LogIndex;
  readonly entries: readonly Entry[];
  readonly commit: LogIndex;
  /** MsgStorageAppend only: the vote to persist. */
  readonly vote: NodeId;
  readonly reject: boolean;
  /** In a rejected MsgAppResp: where the follower guesses that the logs part. */
  readonly rejectHint: LogIndex;
  /** MsgHeartbeat: the round of reads it confirms; MsgVote: "CampaignTransfer" in a transfer. */
  readonly context: Uint8Array;
  readonly snapshot: Snapshot | null;
  /** MsgStorageAppend and MsgStorageApply: what to deliver once the work is done, in order. */
  readonly responses: readonly Message[];
}

/** The fields of a message that matter; the rest is zero. */
export type MessageFields = Pick<Message, "type"> & Partial<Message>;

/** No bytes. */
export const EMPTY_BYTES: Uint8Array = new Uint8Array(0);

/** Makes a whole message: every field present, in one order, so that the engine sees one shape. */
export function makeMessage(
  fields: MessageFields,
  from: NodeId = fields.from ?? NO_NODE,
  term: Term = fields.term ?? 0,
): Message {
  return {
    type: fields.type,
    from,
    to: fields.to ?? NO_NODE,
    term,
    logTerm: fields.logTerm ?? 0,
    index: fields.index ?? 0,
    entries: fields.entries ?? [],
    commit: fields.commit ?? 0,
    vote: fields.vote ?? NO_NODE,
    reject: fields.reject ?? false,
    rejectHint: fields.rejectHint ?? 0,
    context: fields.context ?? EMPTY_BYTES,
    snapshot: fields.snapshot ?? null,
    responses: fields.responses ?? [],
  };
}

/** How messages of this type are treated. */
export function traitsOf(type: MessageType): Traits {
  return TRAITS[type];
}

/** Every message type, in the order of the table above. */
export const MESSAGE_TYPES: readonly MessageType[] = Object.keys(TRAITS) as MessageType[];

/** The answer that a request for a (pre-)vote gets. */
export function voteResponseOf(type: "MsgVote" | "MsgPreVote"): "MsgVoteResp" | "MsgPreVoteResp" {
  return type === "MsgVote" ? "MsgVoteResp" : "MsgPreVoteResp";
}

/** Tells changes of membership from application data. */
export function isConfChange(entry: Pick<Entry, "type">): boolean {
  return entry.type !== "EntryNormal";
}

/** Bytes that an entry costs beside its data: term, index, type and framing, rounded up. */
const ENTRY_OVERHEAD_BYTES = 24;

/** What an entry counts against the limits of messages and of application. */
export function entryBytes(entry: Entry): number {
  return ENTRY_OVERHEAD_BYTES + entry.data.length;
}

/** What entries count against the limits of messages and of application. */
export function entriesBytes(entries: readonly Entry[]): number {
  return entries.reduce((sum, entry) => sum + entryBytes(entry), 0);
}

/** What entries count against the limit of the uncommitted tail: their data alone. */
export function payloadBytes(entries: readonly Pick<Entry, "data">[]): number {
  return entries.reduce((sum, entry) => sum + entry.data.length, 0);
}

/**
 * The entries at `[from, to)` as far as they fit into `maxBytes`, but never less than one, so that
 * an entry of any size can pass.
 */
export function takeBytes(
  entries: readonly Entry[],
  [from, to]: readonly [number, number],
  maxBytes: number,
): readonly Entry[] {
  let bytes = 0;
  let end = from;
  while (end < to) {
    bytes += entryBytes(present(entries[end], () => `entry at position ${end}`));
    if (bytes > maxBytes && end > from) break;
    end += 1;
  }
  return entries.slice(from, end);
}
