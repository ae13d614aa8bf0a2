/**
 * The authenticated state: a tree whose root stands in every header, and from which it can be proved what
 * the state holds under a key, or that it holds nothing there.
 *
 * A trie over `H("state-key", key)`, four bits a level, whose subtrees of up to 16 entries are one bucket.
 * Its shape depends on the set of keys alone, never on the history. It holds hashes: the values are kept
 * by whoever keeps the state.
 */
import { compareBytes } from "../../ledger/bytes.ts";
import { HASH_SIZE_BYTES, type Hash } from "../../ledger/hash.ts";
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

/** Gathers records for a tree, of each no more than its two hashes: a state need not fit into memory. */
export class StateTreeEntries {
  #entries = new Uint8Array(1024 * ENTRY_SIZE_BYTES);
  #length = 0;

  /** Adds a record, in any order. */
  add(key: string, value: Uint8Array): void {
    if (this.#length === this.#entries.length) {
      const larger = new Uint8Array(2 * this.#entries.length);
      larger.set(this.#entries);
      this.#entries = larger;
    }
    this.#entries.set(stateKeyHash(key), this.#length);
    this.#entries.set(stateValueHash(value), this.#length + HASH_SIZE_BYTES);
    this.#length += ENTRY_SIZE_BYTES;
  }

  /** The entries, in the order added. */
  get bytes(): Uint8Array {
    return this.#entries.subarray(0, this.#length);
  }
}

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
    const gathered = new StateTreeEntries();
    for (const [key, value] of records) gathered.add(key, value);
    return StateTree.ofEntries(gathered);
  }

  /** The tree of records that passed by one after the other. @throws RangeError when a key is there twice. */
  static ofEntries(gathered: StateTreeEntries): StateTree {
    return StateTree.#of(buildNode(sortEntries(gathered.bytes), 0));
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
