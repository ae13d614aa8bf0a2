/** A member of the group: a positive safe integer. A key or an address never enters this folder. */
export type NodeId = number;

/** A leader's reign, counted from 1; 0 means "none yet" (Raft paper, section 5.1). */
export type Term = number;

/** A position in the log, counted from 1; 0 is the position before the first entry. */
export type LogIndex = number;

/** A number of ticks of the driver's clock; the only notion of time in this folder. */
export type Ticks = number;

/** Nobody: no leader known, no vote cast. */
export const NO_NODE: NodeId = 0;

/** The local writer of the log, as the target of MsgStorageAppend. Negative: no member has it. */
export const LOCAL_APPEND_THREAD: NodeId = -1;

/** The local applier of committed entries, as the target of MsgStorageApply. */
export const LOCAL_APPLY_THREAD: NodeId = -2;

/** No limit on a size or a count. */
export const NO_LIMIT: number = Number.MAX_SAFE_INTEGER;

/** Tells the two local threads from the members of the group. */
export function isLocalThread(id: NodeId): boolean {
  return id === LOCAL_APPEND_THREAD || id === LOCAL_APPLY_THREAD;
}

/** Whether `id` can name a member. */
export function isNodeId(id: NodeId): boolean {
  return Number.isSafeInteger(id) && id > 0;
}

/** One entry of one leader: within a term an index is given out once (Raft paper, 5.3). */
export interface EntryId {
  readonly term: Term;
  readonly index: LogIndex;
}

/** What a node is doing. Named as the scenario files print it. */
export type StateType = "StateFollower" | "StateCandidate" | "StatePreCandidate" | "StateLeader";

/** How the core tells its story; the text is already formatted. */
export type Logger = (level: LogLevel, text: string) => void;

/** From the chatty to the alarming. */
export type LogLevel = "DEBUG" | "INFO" | "WARN" | "ERROR";
