/** What a node knows of itself and of the network at one moment. */
import type { ChainTip } from "../ledger/chain.ts";
import type { Hash } from "../ledger/hash.ts";
import type { Membership } from "../ledger/membership.ts";

/** One look at a node. */
export interface NodeStatus {
  readonly self: number;
  readonly role: "leader" | "follower" | "candidate" | "learner";
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
  /** Members that can be reached, this node included. */
  readonly connected: ReadonlySet<number>;
}
