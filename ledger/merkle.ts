/**
 * Merkle trees of RFC 6962 section 2.1 (the same in RFC 9162): `leaf = H(0x00 ‖ data)`,
 * `node = H(0x01 ‖ left ‖ right)`, split at the largest power of two below the size.
 */
import { equalBytes } from "./bytes.ts";
import { type Hash, sha256, sha256OfParts } from "./hash.ts";

const LEAF_PREFIX = Uint8Array.of(0);
const NODE_PREFIX = Uint8Array.of(1);

/** The root of a tree without leaves: `SHA-256("")`. */
export function emptyRoot(): Hash {
  return sha256(new Uint8Array(0));
}

/** Hash of a leaf's data, given in parts. */
export function leafHash(...data: readonly Uint8Array[]): Hash {
  return sha256OfParts(LEAF_PREFIX, ...data);
}

function nodeHash(left: Hash, right: Hash): Hash {
  return sha256OfParts(NODE_PREFIX, left, right);
}

/** Root of the tree over leaf hashes. */
export function merkleRoot(leaves: readonly Hash[]): Hash {
  const range = new CompactRange();
  for (const leaf of leaves) range.append(leaf);
  return range.root();
}

/**
 * Audit path of a leaf, from the leaf's sibling up to the child of the root (RFC 6962 section 2.1.1).
 * @throws RangeError when there is no such leaf.
 */
export function merklePath(leaves: readonly Hash[], index: number): Hash[] {
  if (!(Number.isInteger(index) && index >= 0 && index < leaves.length)) {
    throw new RangeError(`no leaf ${index} in a tree of ${leaves.length}`);
  }
  if (leaves.length === 1) return [];
  const split = splitPoint(leaves.length);
  return index < split
    ? [...merklePath(leaves.slice(0, split), index), merkleRoot(leaves.slice(split))]
    : [...merklePath(leaves.slice(split), index - split), merkleRoot(leaves.slice(0, split))];
}

/**
 * True when the path leads from the leaf at `index` to the root of a tree of `size` leaves.
 *
 * The path and the root prove that the leaf is in the tree. They do not prove `index` and `size`: one path
 * fits several pairs (3 leaves may be 2, of which the first is a node). Take both from what is signed, or
 * have the leaf say them.
 */
export function verifyPath(
  leaf: { readonly hash: Hash; readonly index: number; readonly size: number },
  path: readonly Hash[],
  root: Hash,
): boolean {
  if (!Number.isSafeInteger(leaf.index) || !Number.isSafeInteger(leaf.size)) return false;
  if (leaf.index < 0 || leaf.index >= leaf.size) return false;
  const rest = [...path];
  const computed = climb(leaf.hash, leaf.index, leaf.size, rest);
  return computed !== null && rest.length === 0 && equalBytes(computed, root);
}

/** Recomputes the root of the subtree from the leaf's end of the path; null when the path is short. */
function climb(leaf: Hash, index: number, size: number, path: Hash[]): Hash | null {
  if (size === 1) return leaf;
  const sibling = path.pop();
  if (sibling === undefined) return null;
  const split = splitPoint(size);
  if (index < split) {
    const left = climb(leaf, index, split, path);
    return left === null ? null : nodeHash(left, sibling);
  }
  const right = climb(leaf, index - split, size - split, path);
  return right === null ? null : nodeHash(sibling, right);
}

/** The largest power of two below `size` (which is at least 2). */
function splitPoint(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/**
 * A tree that only grows, kept as the roots of its perfect subtrees: O(log n) memory.
 * Invariant: `peaks[i]` is the root of a perfect tree, the sizes falling powers of two that sum to `size`.
 */
export class CompactRange {
  #peaks: Hash[] = [];
  #size = 0;

  /** A copy that grows on its own. */
  clone(): CompactRange {
    const copy = new CompactRange();
    copy.#peaks = [...this.#peaks];
    copy.#size = this.#size;
    return copy;
  }

  /** The range of `size` leaves with those peaks, as `peaks` once gave them. @throws RangeError. */
  static of(size: number, peaks: readonly Hash[]): CompactRange {
    if (!Number.isSafeInteger(size) || size < 0) throw new RangeError(`no range of ${size} leaves`);
    let expected = 0;
    for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) expected += rest % 2;
    if (peaks.length !== expected) throw new RangeError(`${size} leaves have ${expected} peaks`);
    const range = new CompactRange();
    range.#peaks = [...peaks];
    range.#size = size;
    return range;
  }

  /** Roots of the perfect subtrees, largest first: all that must be kept to go on. */
  get peaks(): readonly Hash[] {
    return [...this.#peaks];
  }

  /** Number of leaves. */
  get size(): number {
    return this.#size;
  }

  /** Adds a leaf (its hash) at the end. */
  append(leaf: Hash): void {
    let carried = leaf;
    // A trailing one-bit of the size is a perfect tree as large as what is carried: merge the two.
    for (let rest = this.#size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
      const left = this.#peaks.pop();
      if (left === undefined) throw new Error("peaks and size disagree");
      carried = nodeHash(left, carried);
    }
    this.#peaks.push(carried);
    this.#size += 1;
  }

  /** The root of the tree over all leaves so far. */
  root(): Hash {
    return this.#peaks.length === 0
      ? emptyRoot()
      : this.#peaks.reduceRight((right, left) => nodeHash(left, right));
  }
}
