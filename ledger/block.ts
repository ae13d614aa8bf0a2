/**
 * Blocks. Height = Raft index: the chain is the log, and every entry of the log is a block.
 *
 *     block    = [ header: bstr, proposalSignature: bstr .size 64, control: bstr,
 *                  transactions: [ * bstr ], results: [ * text ] ]
 *     control  = [ lastCertificate / null, leaderCertificate / null, membershipChange: membership / null ]
 *
 *     block hash       = H("block", header)
 *     controlHash      = H("control", control)
 *     proposal message = tag("proposal") ‖ networkId ‖ block hash      signed by the proposer's node key
 *     transactionsRoot = RFC 6962 root over the transactions' leaves
 *     resultsRoot      = RFC 6962 root over CBOR [ index, count, id, result ], one for each transaction;
 *                        index and count are in the leaf, because a path alone does not prove them
 *     historyRoot      = RFC 6962 root over the hashes of genesis (networkId) and all earlier blocks;
 *                        leaf i is the leaf hash of the hash of block i
 */

import { type Certificate, certificateSchema, leaderCertificateSchema } from "./certificate.ts";
import { type CborValue, decode, encode } from "./encoding.ts";
import { HASH_SIZE_BYTES, type Hash, hash, tagged } from "./hash.ts";
import {
  BLOCK_SIZE_BYTES_MAX,
  BLOCK_TRANSACTIONS_MAX,
  CONTROL_SIZE_BYTES_MAX,
  TIMESTAMP_MS_MAX,
  TRANSACTION_SIZE_BYTES_MAX,
} from "./limits.ts";
import { membershipSchema, nodeNumber } from "./membership.ts";
import { leafHash, merkleRoot } from "./merkle.ts";
import {
  bytes,
  fromBytes,
  type Infer,
  list,
  nullable,
  pattern,
  record,
  type Schema,
  toBytes,
  uint,
} from "./schema.ts";
import { ED25519_SIGNATURE_SIZE_BYTES } from "./signature.ts";

/** Version of this format. */
export const BLOCK_VERSION = 1;
/** Result of an accepted transaction; every other result is a fault code. */
export const ACCEPTED = "OK";

const hashField = bytes(HASH_SIZE_BYTES);

/** The header: what a block hash, and so every vote, commits to. */
export const headerSchema = record({
  version: uint(BLOCK_VERSION, BLOCK_VERSION),
  height: uint(Number.MAX_SAFE_INTEGER, 1),
  term: uint(Number.MAX_SAFE_INTEGER, 1),
  previousHash: hashField,
  /** Ms since 1970 by the proposer's clock, never before the previous block's. The rules' only clock. */
  timestampMs: uint(TIMESTAMP_MS_MAX),
  proposer: nodeNumber,
  transactionsRoot: hashField,
  resultsRoot: hashField,
  /** Root of the state after this block. */
  stateRoot: hashField,
  historyRoot: hashField,
  /** The membership that must certify this block. */
  membershipHash: hashField,
  controlHash: hashField,
});
/** The header of a block. */
export type BlockHeader = Infer<typeof headerSchema>;

/** What consensus, not the parties, puts into a block. */
export const controlSchema = record({
  /** The latest certificate that the proposer knew: certificates become part of the chain. */
  lastCertificate: nullable(certificateSchema),
  /** In the first block of a term, and only there. */
  leaderCertificate: nullable(leaderCertificateSchema),
  /** The next membership, in force once a block shows a certificate that covers this one; usually null. */
  membershipChange: nullable(membershipSchema),
});
/** What consensus puts into a block. */
export type BlockControl = Infer<typeof controlSchema>;

/** `OK`, or the fault code with which a transaction was refused for ever. */
export const resultSchema: Schema<string> = pattern(
  /^(OK|[A-Z][A-Z_]{2,39})$/,
  "OK or a fault code",
);
const blockSchema = record({
  headerBytes: bytes(1, 1024),
  proposalSignature: bytes(ED25519_SIGNATURE_SIZE_BYTES),
  controlBytes: bytes(1, CONTROL_SIZE_BYTES_MAX),
  transactions: list(bytes(1, TRANSACTION_SIZE_BYTES_MAX), BLOCK_TRANSACTIONS_MAX),
  results: list(resultSchema, BLOCK_TRANSACTIONS_MAX),
});

/** A decoded block, with the bytes that it came from. Transactions are decoded by whoever needs them. */
export interface Block {
  readonly bytes: Uint8Array;
  readonly hash: Hash;
  readonly headerBytes: Uint8Array;
  readonly header: BlockHeader;
  readonly proposalSignature: Uint8Array;
  readonly control: BlockControl;
  readonly controlHash: Hash;
  /** Whole or pruned transactions. */
  readonly transactions: readonly Uint8Array[];
  /** `OK` or the fault code of each transaction. */
  readonly results: readonly string[];
}

/** Canonical bytes of a header. */
export function encodeHeader(header: BlockHeader): Uint8Array {
  return toBytes(headerSchema, header);
}

/** Header of canonical bytes. @throws LedgerFault `MALFORMED` or `INVALID_FIELD`. */
export function decodeHeader(headerBytes: Uint8Array): BlockHeader {
  return fromBytes(headerSchema, headerBytes, 1024);
}

/** Hash of a block: of its header's bytes. */
export function blockHash(headerBytes: Uint8Array): Hash {
  return hash("block", headerBytes);
}

/** Canonical bytes of a control part. */
export function encodeControl(control: BlockControl): Uint8Array {
  return toBytes(controlSchema, control);
}

/** Control part of canonical bytes. @throws LedgerFault `MALFORMED` or `INVALID_FIELD`. */
export function decodeControl(controlBytes: Uint8Array): BlockControl {
  return fromBytes(controlSchema, controlBytes, CONTROL_SIZE_BYTES_MAX);
}

/** Hash of the control part. */
export function controlHashOf(control: BlockControl): Hash {
  return hash("control", encodeControl(control));
}

/** What the proposer signs. */
export function proposalMessage(networkId: Hash, ofBlock: Hash): Uint8Array {
  return tagged("proposal", networkId, ofBlock);
}

/** Root over the results of a block. `ids` and `results` are in the order of the transactions. */
export function resultsRootOf(ids: readonly Uint8Array[], results: readonly string[]): Hash {
  return merkleRoot(resultLeaves(ids, results));
}

/** Leaf hashes of the results tree. @throws RangeError when there is not one result for each id. */
export function resultLeaves(ids: readonly Uint8Array[], results: readonly string[]): Hash[] {
  const count = ids.length;
  if (results.length !== count) throw new RangeError(`${results.length} results for ${count} ids`);
  return ids.map((id, index) => resultLeaf({ index, count }, id, results[index] ?? ""));
}

/** Leaf hash of one result at its place in the block. */
export function resultLeaf(
  place: { readonly index: number; readonly count: number },
  id: Uint8Array,
  result: string,
): Hash {
  return leafHash(encode([place.index, place.count, id, result]));
}

/** Leaf hash of a block in the history tree. `ofBlock` is its hash, or the networkId for the genesis. */
export function historyLeaf(ofBlock: Hash): Hash {
  return leafHash(ofBlock);
}

/** Puts a block together. */
export function encodeBlock(parts: {
  readonly headerBytes: Uint8Array;
  readonly proposalSignature: Uint8Array;
  readonly control: BlockControl;
  readonly transactions: readonly Uint8Array[];
  readonly results: readonly string[];
}): Uint8Array {
  const { control, ...rest } = parts;
  return toBytes(blockSchema, { ...rest, controlBytes: encodeControl(control) });
}

/** Decodes a block. @throws LedgerFault `MALFORMED`, `TOO_LARGE` or `INVALID_FIELD`. */
export function decodeBlock(blockBytes: Uint8Array): Block {
  const raw: CborValue = decode(blockBytes, BLOCK_SIZE_BYTES_MAX);
  const { controlBytes, ...parts } = blockSchema.fromCbor(raw, "block");
  return {
    ...parts,
    bytes: blockBytes,
    hash: blockHash(parts.headerBytes),
    header: decodeHeader(parts.headerBytes),
    control: decodeControl(controlBytes),
    controlHash: hash("control", controlBytes),
  };
}

/** Canonical bytes of a certificate, as they stand in files. */
export function encodeCertificate(certificate: Certificate): Uint8Array {
  return toBytes(certificateSchema, certificate);
}

/** Certificate of canonical bytes. @throws LedgerFault `MALFORMED` or `INVALID_FIELD`. */
export function decodeCertificate(certificateBytes: Uint8Array): Certificate {
  return fromBytes(certificateSchema, certificateBytes, 64 * 1024);
}
