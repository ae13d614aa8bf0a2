/**
 * The authenticated state: a tree whose root stands in every header, and from which it can be proved what
 * the state holds under a key, or that it holds nothing there.
 *
 * A trie over `H("state-key", key)`, four bits a level, whose subtrees of up to 16 entries are one bucket.
 * Its shape depends on the set of keys alone, never on the history. It holds hashes: the values are kept
 * by whoever keeps the state.
 */
import { compareBytes } from "../ledger/bytes.ts";
import { HASH_SIZE_BYTES, type Hash } from "../ledger/hash.ts";
import { sortEntries } from "./sort-entries.ts";
import type { StateProof } from "./state-proof.ts";
import {
  buildNode,
  type Change,
  ENTRY_SIZE_BYTES,
  nodeHash,
  sizeOf,
  slotAt,
  stateKeyHash,
  stateValueHash,
  type TreeNode,
  updateNode,
} from "./state-tree-node.ts";

/** A key and the canonical bytes of its record; null: there is none any more. */
export type StateWrite = readonly [key: string, value: Uint8Array | null];

/** Immutable: an update is another tree, which shares with this one all that did not change. */
export class StateTree {
  readonly #top: TreeNode | null;
  /** What the header commits to; 32 zero bytes for the empty tree. */
  readonly root: Hash;

  private constructor(top: TreeNode | null, root: Hash) {
    this.#top = top;
    this.root = root;
  }

  /** The tree of all records at once. @throws RangeError when a key is there twice. */
  static of(records: readonly (readonly [key: string, value: Uint8Array])[]): StateTree {
    const entries = new Uint8Array(records.length * ENTRY_SIZE_BYTES);
    records.forEach(([key, value], index) => {
      entries.set(stateKeyHash(key), index * ENTRY_SIZE_BYTES);
      entries.set(stateValueHash(value), index * ENTRY_SIZE_BYTES + HASH_SIZE_BYTES);
    });
    return StateTree.#of(buildNode(sortEntries(entries), 0));
  }

  /** The tree after the writes. @throws RangeError when a key is written twice. */
  update(writes: readonly StateWrite[]): StateTree {
    const changes = writes.map(
      ([key, value]): Change => ({
        keyHash: stateKeyHash(key),
        valueHash: value === null ? null : stateValueHash(value),
      }),
    );
    changes.sort((a, b) => compareBytes(a.keyHash, b.keyHash));
    assertEachOnce(changes);
    return StateTree.#of(updateNode(this.#top, changes, 0));
  }

  /** Number of records. */
  get size(): number {
    return sizeOf(this.#top);
  }

  /** Proof of what is under a key, or that nothing is (state-proof.ts). */
  prove(key: string): StateProof {
    const keyHash = stateKeyHash(key);
    const siblings: Uint8Array[] = [];
    let node = this.#top;
    while (node !== null && !(node instanceof Uint8Array)) {
      const slot = slotAt(keyHash, 0, siblings.length);
      siblings.push(without(node.hashes, slot));
      node = node.children[slot] ?? null;
    }
    return { siblings, bucket: node ?? new Uint8Array(0) };
  }

  static #of(top: TreeNode | null): StateTree {
    return new StateTree(top, nodeHash(top));
  }
}

function assertEachOnce(changes: readonly Change[]): void {
  changes.forEach(({ keyHash }, i) => {
    const next = changes[i + 1];
    if (next !== undefined && compareBytes(keyHash, next.keyHash) === 0) {
      throw new RangeError("a key is written twice");
    }
  });
}

/** The hashes of a branch but the one at a slot. */
function without(hashes: Uint8Array, slot: number): Uint8Array {
  const others = new Uint8Array(hashes.length - HASH_SIZE_BYTES);
  others.set(hashes.subarray(0, slot * HASH_SIZE_BYTES));
  others.set(hashes.subarray((slot + 1) * HASH_SIZE_BYTES), slot * HASH_SIZE_BYTES);
  return others;
}
