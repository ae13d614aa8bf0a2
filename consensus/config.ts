import type { Entry } from "./messages.ts";
import type { RandomBelow } from "./random.ts";
import type { Storage } from "./storage.ts";
import {
  isNodeId,
  type Logger,
  type LogIndex,
  NO_LIMIT,
  type NodeId,
  type Ticks,
} from "./types.ts";

/** How a node takes part. Fields without a default must be given. */
export interface Config {
  /** This node. */
  readonly id: NodeId;

  /** The stable log. Whoever starts the node has repaired it; the core only reads. */
  readonly storage: Storage;

  /**
   * Where election jitter comes from: each node must draw differently, or elections keep being
   * split (Raft paper, 5.2). See `seededRandom`.
   */
  readonly random: RandomBelow;

  /**
   * After how many ticks without a leader an election begins; the real number is drawn from
   * `[electionTicks, 2 * electionTicks)`. Must be greater than `heartbeatTicks`; ten times is
   * customary. Too small: a slow disk or a busy processor looks like a dead leader.
   */
  readonly electionTicks: Ticks;

  /** How often a leader shows that it lives. */
  readonly heartbeatTicks: Ticks;

  /**
   * The last applied entry, when the application keeps its own count. Entries after it are handed
   * out again. Must not be greater than the persisted commit index. Default: the last compacted.
   */
  readonly applied?: LogIndex;

  /** How many bytes of entries go into one MsgApp. Default: no limit. */
  readonly maxMessageBytes?: number;

  /** How many bytes of committed entries may wait to be applied. Default: no limit. */
  readonly maxApplyingBytes?: number;

  /**
   * How many bytes a leader appends beyond what is applied; then it drops proposals. Keeps the log
   * of a leader that lost its quorum from growing. Default: no limit.
   */
  readonly maxUncommittedBytes?: number;

  /** How many MsgApps may be under way to one follower. Default: 256. */
  readonly maxInflightMessages?: number;

  /**
   * How many bytes may be under way to one follower; at least `maxMessageBytes`. Default: no limit.
   */
  readonly maxInflightBytes?: number;

  /** How many reads may wait for confirmation at the leader; more are dropped. Default: 65536. */
  readonly maxPendingReads?: number;

  /**
   * Whether a leader that does not hear from a quorum within an election timeout steps down, and a
   * follower that hears from its leader ignores candidates (Raft thesis, 6.2 and 4.2.3). Without it
   * a leader that is cut off goes on believing in itself. Default: true.
   */
  readonly checkQuorum?: boolean;

  /**
   * Whether a node asks if it could win before it raises its term (Raft thesis, 9.6). Without it a
   * node that comes back from a partition unseats a healthy leader. Default: true.
   */
  readonly preVote?: boolean;

  /**
   * Whether a follower forwards proposals to the leader. Off where only a leader can make a
   * proposal, as when each one is a block on top of the last. Default: true.
   */
  readonly proposalForwarding?: boolean;

  /**
   * Whether storage works beside the core, driven by MsgStorageAppend and MsgStorageApply, or
   * between `ready()` and `advance()`. Default: true, as all input and output in Node is.
   */
  readonly asyncStorageWrites?: boolean;

  /**
   * Whether who refuses a vote says what it knows to be committed. Who is asked may have applied
   * its own removal, may hold a longer log that nobody will ever commit, and may so refuse for
   * ever; with its word the candidate learns of the removal, applies it, and needs that vote no
   * more (TiKV's raft-rs does the same). Default: true; etcd-io/raft has no such thing.
   */
  readonly votesTellCommit?: boolean;

  /** Whether a leader that is removed or demoted steps down once that is applied. Default: true. */
  readonly stepDownOnRemoval?: boolean;

  /**
   * Whether commit stops at a change of membership until that change is applied. Then each entry is
   * committed by the quorum of the membership that the log before it says, whatever the speed of
   * appliers, and a reader of the log alone can check it. Default: false.
   */
  readonly commitBarrier?: boolean;

  /**
   * Whether the leader appends an empty entry in place of a change of membership that it refuses,
   * as etcd does for proposers that cannot be told; otherwise the proposal is dropped, with the
   * reason. Default: false.
   */
  readonly replaceRefusedConfChange?: boolean;

  /**
   * Called for each new entry, exactly where the leader gives it its term and index, in the order
   * of the log; what it answers becomes the entry's data. Must neither throw nor call the node.
   */
  readonly seal?: (entry: Entry) => Uint8Array;

  /** Hears what the core does; without one no text is made. */
  readonly logger?: Logger;

  /**
   * NOT FOR PRODUCTION, for the scenario files only: proposes changes of membership that do not fit
   * the membership of now. Applying still refuses what does not fit then.
   */
  readonly disableConfChangeValidation?: boolean;

  /**
   * NOT FOR PRODUCTION, for the scenario files only: answers reads on the strength of the lease
   * that `checkQuorum` gives. A pause of the process outlives the lease and gives a stale read;
   * garbage collection and a busy event loop are such pauses (etcd issue 6005).
   */
  readonly leaseBasedReads?: boolean;
}

/** A configuration with every default filled in. */
export type ResolvedConfig = Required<Omit<Config, "applied" | "seal" | "logger">> &
  Pick<Config, "applied" | "seal" | "logger">;

/**
 * Fills in the defaults and checks that the parts fit together.
 *
 * @throws {RangeError} naming the field that does not
 */
export function resolveConfig(config: Config): ResolvedConfig {
  const resolved: ResolvedConfig = {
    maxMessageBytes: NO_LIMIT,
    maxApplyingBytes: NO_LIMIT,
    maxUncommittedBytes: NO_LIMIT,
    maxInflightMessages: 256,
    maxInflightBytes: NO_LIMIT,
    maxPendingReads: 65_536,
    checkQuorum: true,
    preVote: true,
    proposalForwarding: true,
    asyncStorageWrites: true,
    votesTellCommit: true,
    stepDownOnRemoval: true,
    commitBarrier: false,
    replaceRefusedConfChange: false,
    disableConfChangeValidation: false,
    leaseBasedReads: false,
    ...config,
  };
  checkConfig(resolved);
  return resolved;
}

/** The numbers that must be at least 1: a limit of nothing lets nothing through. */
const POSITIVE = [
  "heartbeatTicks",
  "electionTicks",
  "maxMessageBytes",
  "maxApplyingBytes",
  "maxUncommittedBytes",
  "maxInflightMessages",
  "maxInflightBytes",
  "maxPendingReads",
] as const satisfies readonly (keyof ResolvedConfig)[];

function checkConfig(config: ResolvedConfig): void {
  if (!isNodeId(config.id)) throw new RangeError(`id must be a positive integer: ${config.id}`);
  for (const field of POSITIVE) {
    if (!Number.isSafeInteger(config[field]) || config[field] < 1) {
      throw new RangeError(`${field} must be a positive integer: ${config[field]}`);
    }
  }
  if (config.electionTicks <= config.heartbeatTicks) {
    throw new RangeError("electionTicks must be greater than heartbeatTicks");
  }
  if (config.maxInflightBytes < config.maxMessageBytes) {
    throw new RangeError("maxInflightBytes must be at least maxMessageBytes");
  }
  if (config.leaseBasedReads && !config.checkQuorum) {
    throw new RangeError("leaseBasedReads needs checkQuorum");
  }
}
