/**
 * Nodes of the state tree (state-tree.ts says what it is). A node never changes; what is new is a new node.
 *
 *     entry  = keyHash ‖ valueHash                                  64 bytes
 *     bucket = up to 16 entries in ascending order of keyHash       hash = H("state-bucket", count ‖ entries)
 *     branch = 16 subtrees by the next four bits of the keyHash     hash = H("state-branch", 16 × 32 bytes)
 *     empty                                                         hash = 32 zero bytes
 *
 * A bucket is nothing but its bytes, and a branch keeps the very bytes that are hashed: a million entries
 * are 64 MB and little else, and the hash of a node is one call.
 */
import { HASH_SIZE_BYTES, type Hash, hash } from "../../ledger/hash.ts";

/** Entries of the largest bucket, and ways out of a branch. */
export const FANOUT = 16;
/** Size of an entry. */
export const ENTRY_SIZE_BYTES: number = 2 * HASH_SIZE_BYTES;
/** The hash of the empty tree: no node has it. */
export const EMPTY_HASH: Hash = new Uint8Array(HASH_SIZE_BYTES);
/** Branches on the way to an entry, at most: four bits of the key's hash for each. */
export const DEPTH_MAX: number = 2 * HASH_SIZE_BYTES;

/** The longest key has two names of 32 characters. */
const KEY_LENGTH_MAX = 256;

/** Entries, sorted by the hash of their keys: 64 bytes each, not empty. */
export type Bucket = Uint8Array;

/** More than 16 entries. Invariant: `hashes` holds the hash of each child. */
export interface Branch {
  readonly children: readonly (TreeNode | null)[];
  readonly hashes: Uint8Array;
  readonly size: number;
}

/** A subtree that is not empty. */
export type TreeNode = Bucket | Branch;

/** What is to be written: the hash of the value, or null to remove. */
export interface Change {
  readonly keyHash: Hash;
  readonly valueHash: Hash | null;
}

/** Where a key is in the tree. @throws RangeError when it is not ASCII or longer than any key is. */
export function stateKeyHash(key: string): Hash {
  if (key.length > KEY_LENGTH_MAX) throw new RangeError("a state key is short");
  return hash("state-key", key);
}

/** What the tree holds of a record. */
export function stateValueHash(value: Uint8Array): Hash {
  return hash("state-value", value);
}

/** Number of entries. */
export function sizeOf(node: TreeNode | null): number {
  if (node === null) return 0;
  return node instanceof Uint8Array ? node.length / ENTRY_SIZE_BYTES : node.size;
}

/** The hash that stands for a subtree. */
export function nodeHash(node: TreeNode | null): Hash {
  if (node === null) return EMPTY_HASH;
  return node instanceof Uint8Array ? bucketHash(node) : branchHash(node.hashes);
}

/** Hash of a bucket that is not empty. */
export function bucketHash(bucket: Bucket): Hash {
  return hash("state-bucket", Uint8Array.of(bucket.length / ENTRY_SIZE_BYTES), bucket);
}

/** Hash of a branch with these 16 child hashes. */
export function branchHash(hashes: Uint8Array): Hash {
  return hash("state-branch", hashes);
}

/** The way out of the branch at a depth for the key hash that stands at a position: four of its bits. */
export function slotAt(bytes: Uint8Array, at: number, depth: number): number {
  const byte = bytes[at + (depth >> 1)] ?? 0;
  return depth % 2 === 0 ? byte >> 4 : byte & 0x0f;
}

/** The subtree of entries, sorted, no key twice. It keeps (parts of) the array: nobody may change that. */
export function buildNode(entries: Uint8Array, depth: number): TreeNode | null {
  const size = entries.length / ENTRY_SIZE_BYTES;
  if (size === 0) return null;
  if (size <= FANOUT) return entries;
  const children: (TreeNode | null)[] = [];
  let from = 0;
  for (let slot = 0; slot < FANOUT; slot++) {
    let to = from;
    while (to < entries.length && slotAt(entries, to, depth) === slot) {
      to += ENTRY_SIZE_BYTES;
    }
    children.push(buildNode(entries.subarray(from, to), depth + 1));
    from = to;
  }
  return branchOf(children);
}

/** The subtree after the changes, which are sorted by key hash and name no key twice. */
export function updateNode(
  node: TreeNode | null,
  changes: readonly Change[],
  depth: number,
): TreeNode | null {
  if (changes.length === 0) return node;
  if (node === null || node instanceof Uint8Array) {
    return buildNode(mergeEntries(node ?? new Uint8Array(0), changes), depth);
  }
  const children = [...node.children];
  const hashes = node.hashes.slice();
  let { size } = node;
  for (let from = 0, to = 0; from < changes.length; from = to) {
    const slot = slotOfChange(changes, from, depth);
    while (to < changes.length && slotOfChange(changes, to, depth) === slot) to++;
    const before = children[slot] ?? null;
    const after = updateNode(before, changes.slice(from, to), depth + 1);
    children[slot] = after;
    hashes.set(nodeHash(after), slot * HASH_SIZE_BYTES);
    size += sizeOf(after) - sizeOf(before);
  }
  // The shape depends on the entries alone: what fits a bucket is one again.
  return size <= FANOUT ? collectEntries(children) : { children, hashes, size };
}

function branchOf(children: readonly (TreeNode | null)[]): Branch {
  const hashes = new Uint8Array(FANOUT * HASH_SIZE_BYTES);
  let size = 0;
  children.forEach((child, slot) => {
    hashes.set(nodeHash(child), slot * HASH_SIZE_BYTES);
    size += sizeOf(child);
  });
  return { children, hashes, size };
}

function slotOfChange(changes: readonly Change[], index: number, depth: number): number {
  return slotAt(changes[index]?.keyHash ?? EMPTY_HASH, 0, depth);
}

/** The entries of a few small subtrees in order; null when there are none. */
function collectEntries(children: readonly (TreeNode | null)[]): Bucket | null {
  const size = children.reduce((sum, child) => sum + sizeOf(child), 0);
  if (size === 0) return null;
  const entries = new Uint8Array(size * ENTRY_SIZE_BYTES);
  let at = 0;
  for (const child of children) {
    if (child === null) continue;
    if (!(child instanceof Uint8Array)) throw new Error("a branch has more than 16 entries");
    entries.set(child, at);
    at += child.length;
  }
  return entries;
}

/** Merges a bucket with changes, both sorted. */
function mergeEntries(bucket: Uint8Array, changes: readonly Change[]): Uint8Array {
  const merged = new Uint8Array(bucket.length + changes.length * ENTRY_SIZE_BYTES);
  let length = 0;
  let at = 0;
  const keep = () => {
    merged.set(bucket.subarray(at, at + ENTRY_SIZE_BYTES), length);
    length += ENTRY_SIZE_BYTES;
    at += ENTRY_SIZE_BYTES;
  };
  for (const { keyHash, valueHash } of changes) {
    while (at < bucket.length && compareKeyHash(bucket, at, keyHash) < 0) keep();
    if (at < bucket.length && compareKeyHash(bucket, at, keyHash) === 0) at += ENTRY_SIZE_BYTES;
    if (valueHash === null) continue;
    merged.set(keyHash, length);
    merged.set(valueHash, length + HASH_SIZE_BYTES);
    length += ENTRY_SIZE_BYTES;
  }
  while (at < bucket.length) keep();
  return merged.subarray(0, length);
}

/** Compares the key hash of the entry at a position with another. */
export function compareKeyHash(entries: Uint8Array, at: number, keyHash: Hash): number {
  for (let i = 0; i < HASH_SIZE_BYTES; i++) {
    const difference = (entries[at + i] ?? 0) - (keyHash[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
