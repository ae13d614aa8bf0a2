import type { Core, ReadState } from "./core.ts";
import { type Entry, type Message, makeMessage, type Snapshot } from "./messages.ts";
import { EMPTY_HARD_STATE, type HardState } from "./storage.ts";
import { LOCAL_APPEND_THREAD, LOCAL_APPLY_THREAD, type NodeId, type StateType } from "./types.ts";

/** What need not be durable: who leads, and what this node is. */
export interface SoftState {
  readonly lead: NodeId;
  readonly state: StateType;
}

/** Compares two soft states field by field. */
export function sameSoftState(a: SoftState, b: SoftState): boolean {
  return a.lead === b.lead && a.state === b.state;
}

/** What the driver is to do; `consensus/README.md` says in which order. */
export interface Ready {
  /** Who leads and what this node is, when that has changed. */
  readonly softState: SoftState | null;
  /** The term, vote and commit index to persist, when one of them has changed. */
  readonly hardState: HardState | null;
  /** Reads that may be answered once their index is applied. */
  readonly readStates: readonly ReadState[];
  /** Entries to persist. Under asynchronous writes they are inside MsgStorageAppend as well. */
  readonly entries: readonly Entry[];
  /** A snapshot to persist and to apply, in place of the whole log. */
  readonly snapshot: Snapshot | null;
  /** Entries to apply. Under asynchronous writes they are inside MsgStorageApply as well. */
  readonly committedEntries: readonly Entry[];
  /**
   * Messages to send. Under synchronous writes: after `entries`, `hardState` and `snapshot` are
   * durable. Under asynchronous writes: at once, those to the local threads included.
   */
  readonly messages: readonly Message[];
  /** Whether the state must be durable before the messages go, and not merely written. */
  readonly mustSync: boolean;
}

/** A Ready before the messages of the local threads are added to it. */
export type Work = Omit<Ready, "messages">;

/**
 * The order to the local writer, or null when there is nothing to write and nothing to wait for.
 */
export function makeStorageAppend(core: Core, work: Work): Message | null {
  const { entries, hardState, snapshot } = work;
  const answers = core.messagesAfterAppend;
  const nothing = entries.length === 0 && hardState === null && snapshot === null;
  if (nothing && answers.length === 0) return null;
  const acknowledgement = makeStorageAppendResp(core, work);
  return makeMessage({
    type: "MsgStorageAppend",
    to: LOCAL_APPEND_THREAD,
    from: core.id,
    entries,
    snapshot,
    ...(hardState ?? EMPTY_HARD_STATE),
    // The leader's own MsgAppResp comes before the entries leave the unstable log: reading terms
    // from there is faster than from storage.
    responses: acknowledgement === null ? answers : [...answers, acknowledgement],
  });
}

/**
 * What the core is to hear once the write is durable, or null when it need not hear anything.
 *
 * It names the end of the unstable log and the term of now, also when this write holds no entries:
 * an answer of an older term is not believed (see `Core`), so a later write has to repeat what an
 * earlier one had said, or entries would stay unstable for ever.
 */
export function makeStorageAppendResp(core: Core, { snapshot }: Work): Message | null {
  const hasEntries = core.log.unstable.length > 0;
  if (!hasEntries && snapshot === null) return null;
  const last = hasEntries ? core.log.lastId() : { term: 0, index: 0 };
  return makeMessage({
    type: "MsgStorageAppendResp",
    to: core.id,
    from: LOCAL_APPEND_THREAD,
    term: core.term,
    logTerm: last.term,
    index: last.index,
    snapshot,
  });
}

/** The order to the local applier. Committed entries belong to no term any more. */
export function makeStorageApply(core: Core, entries: readonly Entry[]): Message {
  return makeMessage({
    type: "MsgStorageApply",
    to: LOCAL_APPLY_THREAD,
    from: core.id,
    entries,
    responses: [makeStorageApplyResp(core, entries)],
  });
}

/** What the core is to hear once the entries are applied. */
export function makeStorageApplyResp(core: Core, entries: readonly Entry[]): Message {
  return makeMessage({
    type: "MsgStorageApplyResp",
    to: core.id,
    from: LOCAL_APPLY_THREAD,
    entries,
  });
}

/** Whether what changed must be durable before anything is promised (Raft paper, figure 2). */
export function mustSync(before: HardState, now: HardState, entries: readonly Entry[]): boolean {
  return entries.length > 0 || now.vote !== before.vote || now.term !== before.term;
}
