/**
 * What members send each other, one frame a message, canonical CBOR:
 *
 *     consensus     = [ 1, message, votes: [ * vote ], certificate / null, grant / null, candidacy / null,
 *                       leadership / null, elections: [ * leader certificate ] ]
 *     candidacy     = [ lastHash, membershipHash ]
 *     transactions  = [ 2, [ * bstr ] ]
 *     memberships   = [ 3, count ]              how many memberships the sender knows
 *     membershipProof = [ 4, from, [ * step ] ]  those that the other does not know yet
 *     question      = [ 5, about: "manifest" / "blocks" / "chunk", height, position ]
 *     answer        = [ 6, about, height, position, parts: [ * bstr ] ]
 *
 * MsgSnap says only that the leader no longer has what the follower needs; the snapshot itself is asked for, piece by
 * piece (node/snapshot/), each answer no larger than a block and the next question only after it: a heartbeat
 * never waits for more than one piece. No parts: the member does not have it.
 *
 * The consensus message is the core's, field by field; what the ledger adds travels beside it:
 * `votes` with an acknowledgement (MsgAppResp), `certificate` with everything that carries a commit index
 * and `leadership` with everything that only a leader may say (both: MsgApp, MsgHeartbeat, MsgSnap), `grant` with a
 * granted vote (MsgVoteResp), `candidacy` with a request for one (MsgVote), `elections` of the terms between the block
 * before the entries and the leader's with entries (MsgApp): why they may take blocks off a follower's log. What no node of this version
 * sends (proposals, reads, transfers) is no frame.
 */
import {
  type Entry,
  type Message,
  type MessageType,
  makeMessage,
  type Snapshot,
} from "../consensus/messages.ts";
import {
  type Certificate,
  certificateSchema,
  type Grant,
  grantSchema,
  type LeaderCertificate,
  leaderCertificateSchema,
  type Vote,
  voteSchema,
} from "../ledger/certificate.ts";
import { type CborValue, decode, encode } from "../ledger/encoding.ts";
import { LedgerFault } from "../ledger/faults.ts";
import { HASH_SIZE_BYTES, type Hash } from "../ledger/hash.ts";
import {
  BLOCK_SIZE_BYTES_MAX,
  MEMBERS_MAX,
  MEMBERSHIP_CHANGES_MAX,
  TRANSACTION_SIZE_BYTES_MAX,
} from "../ledger/limits.ts";
import { nodeNumber } from "../ledger/membership.ts";
import { type MembershipStep, membershipStepSchema } from "../ledger/membership-proof.ts";
import {
  bytes,
  flag,
  type Infer,
  list,
  nullable,
  oneOf,
  record,
  type Schema,
  uint,
} from "../ledger/schema.ts";
import { VOTES_PER_MESSAGE_MAX } from "./chain/certifier.ts";

/** One frame between members: a block or several small ones, and its votes. */
export const WIRE_MESSAGE_SIZE_BYTES_MAX: number = 2 * BLOCK_SIZE_BYTES_MAX;
/** Entries in one MsgApp: more than the core's limit in bytes lets through, however small the blocks. */
export const WIRE_ENTRIES_MAX = 16_384;
/** Transactions in one frame. */
export const WIRE_TRANSACTIONS_MAX = 1024;
/** Parts of one answer: blocks, or one of anything else. */
export const WIRE_PARTS_MAX = 1024;

/** Elections of earlier terms in one frame: logs that parted more terms ago hardly are. */
export const WIRE_ELECTIONS_MAX = 8;
/** Changes of membership proven in one frame. */
export const WIRE_STEPS_MAX = 32;

/** Types that travel. */
const WIRE_TYPES: readonly MessageType[] = [
  "MsgApp",
  "MsgAppResp",
  "MsgVote",
  "MsgVoteResp",
  "MsgPreVote",
  "MsgPreVoteResp",
  "MsgHeartbeat",
  "MsgHeartbeatResp",
  "MsgSnap",
];

const entrySchema: Schema<Entry> = record({
  term: uint(),
  index: uint(),
  type: oneOf(["EntryNormal", "EntryConfChange", "EntryConfChangeV2"]),
  data: bytes(1, BLOCK_SIZE_BYTES_MAX),
});

const nodeNumbers = list(nodeNumber, MEMBERS_MAX);
const snapshotSchema: Schema<Snapshot> = record({
  index: uint(),
  term: uint(),
  confState: record({
    voters: nodeNumbers,
    votersOutgoing: nodeNumbers,
    learners: nodeNumbers,
    learnersNext: nodeNumbers,
    autoLeave: flag,
  }),
  data: bytes(0),
});

const messageSchema = record({
  type: oneOf(WIRE_TYPES),
  from: nodeNumber,
  to: nodeNumber,
  term: uint(),
  logTerm: uint(),
  index: uint(),
  entries: list(entrySchema, WIRE_ENTRIES_MAX),
  commit: uint(),
  reject: flag,
  rejectHint: uint(),
  context: bytes(0, 256),
  snapshot: nullable(snapshotSchema),
});

const consensusSchema = record({
  kind: uint(1, 1),
  message: messageSchema,
  votes: list(voteSchema, VOTES_PER_MESSAGE_MAX),
  certificate: nullable(certificateSchema),
  grant: nullable(grantSchema),
  candidacy: nullable(
    record({ lastHash: bytes(HASH_SIZE_BYTES), membershipHash: bytes(HASH_SIZE_BYTES) }),
  ),
  leadership: nullable(leaderCertificateSchema),
  elections: list(leaderCertificateSchema, WIRE_ELECTIONS_MAX),
});

const transactionsSchema = record({
  kind: uint(2, 2),
  transactions: list(bytes(1, TRANSACTION_SIZE_BYTES_MAX), WIRE_TRANSACTIONS_MAX, 1),
});

const membershipsSchema = record({ kind: uint(3, 3), count: uint(MEMBERSHIP_CHANGES_MAX) });

const membershipProofFrameSchema = record({
  kind: uint(4, 4),
  from: uint(MEMBERSHIP_CHANGES_MAX),
  steps: list(membershipStepSchema, WIRE_STEPS_MAX, 1),
});

const questionFields = {
  about: oneOf(["manifest", "blocks", "chunk"]),
  /** Of the snapshot; 0: of whichever the member has. */
  height: uint(),
  /** Of the first block, or the number of the chunk. */
  position: uint(),
};
const questionSchema = record({ kind: uint(5, 5), ...questionFields });
const answerSchema = record({
  kind: uint(6, 6),
  ...questionFields,
  parts: list(bytes(1, BLOCK_SIZE_BYTES_MAX), WIRE_PARTS_MAX),
});

/** Asks for a piece of a snapshot. */
export interface SnapshotQuestion extends Omit<Infer<typeof questionSchema>, "kind"> {
  readonly kind: "question";
}

/** A piece of a snapshot, or nothing. */
export interface SnapshotAnswer extends Omit<Infer<typeof answerSchema>, "kind"> {
  readonly kind: "answer";
}

/** A consensus message and what the ledger adds to it. */
export interface ConsensusFrame {
  readonly kind: "consensus";
  readonly message: Message;
  readonly votes: readonly Vote[];
  readonly certificate: Certificate | null;
  readonly grant: Grant | null;
  readonly candidacy: { readonly lastHash: Hash; readonly membershipHash: Hash } | null;
  readonly leadership: LeaderCertificate | null;
  readonly elections: readonly LeaderCertificate[];
}

/** Transactions on their way to the leader. */
export interface TransactionsFrame {
  readonly kind: "transactions";
  readonly transactions: readonly Uint8Array[];
}

/** How many memberships the sender knows: whoever knows more sends the proof of them. */
export interface MembershipsFrame {
  readonly kind: "memberships";
  readonly count: number;
}

/** The proof of memberships, from that many on. */
export interface MembershipProofFrame {
  readonly kind: "membership-proof";
  readonly from: number;
  readonly steps: readonly MembershipStep[];
}

/** What a frame can be. */
export type Frame =
  | ConsensusFrame
  | TransactionsFrame
  | MembershipsFrame
  | MembershipProofFrame
  | SnapshotQuestion
  | SnapshotAnswer;

/** The bytes of a frame. */
export function encodeFrame(frame: Frame): Uint8Array {
  return encode(frameToCbor(frame));
}

function frameToCbor(frame: Frame): CborValue {
  switch (frame.kind) {
    case "consensus":
      return consensusSchema.toCbor({ ...frame, kind: 1 });
    case "transactions":
      return transactionsSchema.toCbor({ ...frame, kind: 2 });
    case "memberships":
      return membershipsSchema.toCbor({ ...frame, kind: 3 });
    case "membership-proof":
      return membershipProofFrameSchema.toCbor({ ...frame, kind: 4 });
    case "question":
      return questionSchema.toCbor({ ...frame, kind: 5 });
    case "answer":
      return answerSchema.toCbor({ ...frame, kind: 6 });
  }
}

/** A frame of bytes. @throws LedgerFault `MALFORMED`, `TOO_LARGE` or `INVALID_FIELD`. */
export function decodeFrame(frameBytes: Uint8Array): Frame {
  const raw: CborValue = decode(frameBytes, WIRE_MESSAGE_SIZE_BYTES_MAX);
  const kind: CborValue | undefined = Array.isArray(raw) ? raw[0] : undefined;
  switch (kind) {
    case 1: {
      const frame = consensusSchema.fromCbor(raw, "frame");
      return { ...frame, kind: "consensus", message: makeMessage(frame.message) };
    }
    case 2:
      return { ...transactionsSchema.fromCbor(raw, "frame"), kind: "transactions" };
    case 3:
      return { ...membershipsSchema.fromCbor(raw, "frame"), kind: "memberships" };
    case 4:
      return { ...membershipProofFrameSchema.fromCbor(raw, "frame"), kind: "membership-proof" };
    case 5:
      return { ...questionSchema.fromCbor(raw, "frame"), kind: "question" };
    case 6:
      return { ...answerSchema.fromCbor(raw, "frame"), kind: "answer" };
    default:
      throw new LedgerFault("INVALID_FIELD", { path: "frame.kind", problem: "must be 1 to 6" });
  }
}
