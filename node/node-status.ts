/** What a node knows of itself and of the network at one moment. */
import type { StateType } from "../consensus/types.ts";
import type { ChainTip } from "../ledger/chain.ts";
import type { Hash } from "../ledger/hash.ts";
import type { Member, Membership } from "../ledger/membership.ts";
import type { MembershipWait } from "./driver/membership-changer.ts";
import type { TransferProgress } from "./snapshot/intake.ts";

const ROLES = {
  StateFollower: "follower",
  StatePreCandidate: "candidate",
  StateCandidate: "candidate",
  StateLeader: "leader",
} as const satisfies Record<StateType, string>;

/** What a node is doing, in one word. */
export type NodeRole = (typeof ROLES)[StateType] | "learner" | "leaving" | "no member";

/** The word for what a node does: by the state of its core, unless it only listens. */
export function roleOf(state: StateType, role: Member["role"] | undefined): NodeRole {
  if (role === undefined) return "no member";
  return role === "voter" ? ROLES[state] : role;
}

/** What a node has and does of snapshots. */
export interface SnapshotStatus {
  /** Height of the snapshot that others can have from this node; 0 when there is none. */
  readonly offeredHeight: number;
  /** From this height on all blocks are kept whole. */
  readonly wholeFrom: number;
  /** From this height on all blocks have their bodies, whole or pruned. */
  readonly bodiesFrom: number;
  /** Up to this height no witness is on this node's disk. */
  readonly prunedHeight: number;
  /** What this node is fetching; null when nothing. */
  readonly arriving: TransferProgress | null;
}

/** One look at a node. */
export interface NodeStatus {
  readonly snapshots: SnapshotStatus;
  readonly self: number;
  readonly role: NodeRole;
  readonly term: number;
  /** Number of the leader; 0 when none is known. */
  readonly leader: number;
  readonly lastHeight: number;
  readonly certifiedHeight: number;
  readonly tip: ChainTip;
  readonly stateRoot: Hash;
  readonly pendingTransactions: number;
  readonly signaturesVerified: number;
  readonly membership: Membership;
  /** What a change of membership waits for; null on all but the leader. */
  readonly membershipWait: MembershipWait | null;
  /** Members against whom this node holds evidence. */
  readonly culprits: readonly number[];
  /** Members that can be reached, this node included. */
  readonly connected: ReadonlySet<number>;
}
