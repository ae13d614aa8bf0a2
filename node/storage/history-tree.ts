/**
 * The tree over all block hashes (RFC 6962), kept as the hashes of its perfect subtrees: a block adds two on
 * average, and the path of any block in any later tree is a matter of some hundred reads.
 *
 * A node is known by its level (0: leaves) and its place in that level, and never changes.
 */
import type { Hash } from "../../ledger/hash.ts";
import { merkleRoot } from "../../ledger/merkle.ts";

/** Hashes of perfect subtrees, by level and place. */
export interface HistoryNodes {
  get(level: number, place: number): Hash;
  put(level: number, place: number, hash: Hash): void;
}

/** Adds the leaf hash at the end of a tree of `size` leaves. */
export function appendLeaf(nodes: HistoryNodes, size: number, leaf: Hash): void {
  let hash = leaf;
  let place = size;
  let level = 0;
  nodes.put(level, place, hash);
  // At an odd place the subtree completes its parent.
  while (place % 2 === 1) {
    hash = merkleRoot([nodes.get(level, place - 1), hash]);
    place = (place - 1) / 2;
    level += 1;
    nodes.put(level, place, hash);
  }
}

/** RFC 6962 audit path of a leaf in the tree of the first `size` leaves. @throws RangeError. */
export function historyPath(nodes: HistoryNodes, index: number, size: number): Hash[] {
  if (index < 0 || index >= size) throw new RangeError(`no leaf ${index} in a tree of ${size}`);
  const path: Hash[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + splitOf(end - start);
    const isLeft = index < middle;
    path.push(isLeft ? rootOf(nodes, middle, end) : rootOf(nodes, start, middle));
    if (isLeft) end = middle;
    else start = middle;
  }
  return path.reverse();
}

/** Root of the leaves from `start` up to but not including `end`, a subtree of RFC 6962's division. */
function rootOf(nodes: HistoryNodes, start: number, end: number): Hash {
  const size = end - start;
  const split = splitOf(size);
  if (size === 1 || split * 2 === size) return nodes.get(Math.log2(size), start / size);
  const middle = start + split;
  return merkleRoot([rootOf(nodes, start, middle), rootOf(nodes, middle, end)]);
}

/** The largest power of two below `size`. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}
