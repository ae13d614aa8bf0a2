/**
 * Proofs of presence and absence: the bucket in which the key is or would be, and the hashes beside the way
 * up to the root. The key's hash says which way: a proof for one key is none for another.
 *
 *     proof = [ siblings: [ * bstr .size 480 ], bucket: bstr ]      siblings from the root downwards
 */
import { equalBytes } from "../../ledger/bytes.ts";
import { HASH_SIZE_BYTES, type Hash } from "../../ledger/hash.ts";
import { bytes, type Infer, list, record } from "../../ledger/schema.ts";
import {
  branchHash,
  bucketHash,
  compareKeyHash,
  DEPTH_MAX,
  EMPTY_HASH,
  ENTRY_SIZE_BYTES,
  FANOUT,
  slotAt,
  stateKeyHash,
  stateValueHash,
} from "./state-tree-node.ts";

const BRANCH_SIZE_BYTES = FANOUT * HASH_SIZE_BYTES;
const SIBLINGS_SIZE_BYTES = BRANCH_SIZE_BYTES - HASH_SIZE_BYTES;

/** A proof of what is under a key, or that nothing is. */
export const stateProofSchema = record({
  /** At each branch, the hashes of the other 15 subtrees. */
  siblings: list(bytes(SIBLINGS_SIZE_BYTES), DEPTH_MAX),
  /** The entries at the end of the way; empty when there is no subtree. */
  bucket: bytes(0, FANOUT * ENTRY_SIZE_BYTES),
});
/** A proof of what is under a key, or that nothing is. */
export type StateProof = Infer<typeof stateProofSchema>;

/**
 * True when the proof shows that the state with this root holds exactly `value` under the key, or nothing
 * when `value` is null. Only the root has to be trusted.
 */
export function verifyStateProof(
  root: Hash,
  key: string,
  value: Uint8Array | null,
  proof: StateProof,
): boolean {
  const { siblings, bucket } = proof;
  const isWellFormed =
    siblings.length <= DEPTH_MAX &&
    siblings.every((hashes) => hashes.length === SIBLINGS_SIZE_BYTES) &&
    bucket.length % ENTRY_SIZE_BYTES === 0 &&
    bucket.length <= FANOUT * ENTRY_SIZE_BYTES;
  if (!isWellFormed) return false;
  const keyHash = stateKeyHash(key);
  let climbed = bucket.length === 0 ? EMPTY_HASH : bucketHash(bucket);
  for (let depth = siblings.length - 1; depth >= 0; depth--) {
    climbed = branchHash(withChild(siblings[depth], slotAt(keyHash, 0, depth), climbed));
  }
  return equalBytes(climbed, root) && bucketHolds(bucket, keyHash, value);
}

function withChild(siblings: Uint8Array | undefined, slot: number, child: Hash): Uint8Array {
  const hashes = new Uint8Array(BRANCH_SIZE_BYTES);
  const at = slot * HASH_SIZE_BYTES;
  hashes.set((siblings ?? EMPTY_HASH).subarray(0, at));
  hashes.set(child, at);
  hashes.set((siblings ?? EMPTY_HASH).subarray(at), at + HASH_SIZE_BYTES);
  return hashes;
}

function bucketHolds(bucket: Uint8Array, keyHash: Hash, value: Uint8Array | null): boolean {
  for (let at = 0; at < bucket.length; at += ENTRY_SIZE_BYTES) {
    if (compareKeyHash(bucket, at, keyHash) !== 0) continue;
    if (value === null) return false;
    const valueHash = bucket.subarray(at + HASH_SIZE_BYTES, at + ENTRY_SIZE_BYTES);
    return equalBytes(valueHash, stateValueHash(value));
  }
  return value === null;
}
