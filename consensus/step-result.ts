/** Why a proposal was dropped: nothing was appended, and it may be proposed again. */
export type DropReason =
  | "NO_LEADER"
  | "NOT_FORWARDED"
  | "NOT_A_MEMBER"
  | "TRANSFER_IN_PROGRESS"
  | "UNCOMMITTED_LIMIT"
  | "CONF_CHANGE_REFUSED";

/** Why a message was not taken. */
type Refusal =
  /** A proposal that this node cannot append or pass on; `detail` is for people. */
  | { readonly code: "PROPOSAL_DROPPED"; readonly reason: DropReason; readonly detail: string }
  /** A read that this node cannot serve or pass on. */
  | { readonly code: "READ_DROPPED"; readonly reason: "NO_LEADER" | "TOO_MANY_READS" }
  /** A message that only the node itself may send came from outside. */
  | { readonly code: "LOCAL_MESSAGE" }
  /** An answer from a node that is not tracked. */
  | { readonly code: "PEER_NOT_FOUND" }
  /** A message that no correct peer sends; `detail` says what is wrong with it. */
  | { readonly code: "MALFORMED"; readonly detail: string };

/** What became of a message: taken (null), or why not. Being taken promises nothing more. */
export type StepResult = Refusal | null;

/** A proposal that was dropped. */
export function dropped(reason: DropReason, detail: string): StepResult {
  return { code: "PROPOSAL_DROPPED", reason, detail };
}
