/**
 * What members send each other, one frame a message, canonical CBOR:
 *
 *     consensus     = [ 1, message, votes: [ * vote ], certificate / null, grant / null, lastHash / null,
 *                       leadership / null ]
 *     transactions  = [ 2, [ * bstr ] ]
 *
 * The consensus message is the core's, field by field; what the ledger adds travels beside it:
 * `votes` with an acknowledgement (MsgAppResp), `certificate` with everything that carries a commit index
 * and `leadership` with everything that only a leader may say (both: MsgApp, MsgHeartbeat), `grant` with a
 * granted vote (MsgVoteResp), `lastHash` with a request for one (MsgVote). What no node of this version
 * sends (snapshots, proposals, reads, transfers) is no frame.
 */
import { type Entry, type Message, type MessageType, makeMessage } from "../consensus/messages.ts";
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
import { BLOCK_SIZE_BYTES_MAX, TRANSACTION_SIZE_BYTES_MAX } from "../ledger/limits.ts";
import { nodeNumber } from "../ledger/membership.ts";
import { bytes, flag, list, nullable, oneOf, record, type Schema, uint } from "../ledger/schema.ts";
import { VOTES_PER_MESSAGE_MAX } from "./chain/certifier.ts";

/** One frame between members: a block or several small ones, and its votes. */
export const WIRE_MESSAGE_SIZE_BYTES_MAX: number = 2 * BLOCK_SIZE_BYTES_MAX;
/** Entries in one MsgApp: more than the core's limit in bytes lets through, however small the blocks. */
export const WIRE_ENTRIES_MAX = 16_384;
/** Transactions in one frame. */
export const WIRE_TRANSACTIONS_MAX = 1024;

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
];

const entrySchema: Schema<Entry> = record({
  term: uint(),
  index: uint(),
  type: oneOf(["EntryNormal", "EntryConfChange", "EntryConfChangeV2"]),
  data: bytes(1, BLOCK_SIZE_BYTES_MAX),
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
});

const consensusSchema = record({
  kind: uint(1, 1),
  message: messageSchema,
  votes: list(voteSchema, VOTES_PER_MESSAGE_MAX),
  certificate: nullable(certificateSchema),
  grant: nullable(grantSchema),
  lastHash: nullable(bytes(HASH_SIZE_BYTES)),
  leadership: nullable(leaderCertificateSchema),
});

const transactionsSchema = record({
  kind: uint(2, 2),
  transactions: list(bytes(1, TRANSACTION_SIZE_BYTES_MAX), WIRE_TRANSACTIONS_MAX, 1),
});

/** A consensus message and what the ledger adds to it. */
export interface ConsensusFrame {
  readonly kind: "consensus";
  readonly message: Message;
  readonly votes: readonly Vote[];
  readonly certificate: Certificate | null;
  readonly grant: Grant | null;
  readonly lastHash: Hash | null;
  readonly leadership: LeaderCertificate | null;
}

/** Transactions on their way to the leader. */
export interface TransactionsFrame {
  readonly kind: "transactions";
  readonly transactions: readonly Uint8Array[];
}

/** What a frame can be. */
export type Frame = ConsensusFrame | TransactionsFrame;

/** The bytes of a frame. */
export function encodeFrame(frame: Frame): Uint8Array {
  return encode(
    frame.kind === "consensus"
      ? consensusSchema.toCbor({ ...frame, kind: 1 })
      : transactionsSchema.toCbor({ ...frame, kind: 2 }),
  );
}

/** A frame of bytes. @throws LedgerFault `MALFORMED`, `TOO_LARGE` or `INVALID_FIELD`. */
export function decodeFrame(frameBytes: Uint8Array): Frame {
  const raw: CborValue = decode(frameBytes, WIRE_MESSAGE_SIZE_BYTES_MAX);
  const kind: CborValue | undefined = Array.isArray(raw) ? raw[0] : undefined;
  if (kind === 1) {
    const frame = consensusSchema.fromCbor(raw, "frame");
    return { ...frame, kind: "consensus", message: makeMessage(frame.message) };
  }
  if (kind === 2) return { ...transactionsSchema.fromCbor(raw, "frame"), kind: "transactions" };
  throw new LedgerFault("INVALID_FIELD", { path: "frame.kind", problem: "must be 1 or 2" });
}
