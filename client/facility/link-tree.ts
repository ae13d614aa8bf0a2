/**
 * The tree behind LINK_ROOT_COMMIT. Its leaves stand in the order of their hashes and are filled up to a power of two, so that a
 * member's proof says neither when he came nor how many others there are.
 */
import { compareBytes } from "../../ledger/bytes.ts";
import type { Hash } from "../../ledger/hash.ts";
import { merklePath, merkleRoot } from "../../ledger/merkle.ts";
import { hashOfLink, type LinkLeaf, TREE_SIZE_MAX } from "./link-proof.ts";

/** The smallest tree: a village clinic's looks like that of a practice of a thousand. */
const TREE_SIZE_MIN = 1024;

/** A tree over the links of one service. */
export class LinkTree {
  readonly #hashes: readonly Hash[];

  /** @param filler 32 bytes for each number, which nobody else can tell from a leaf. @throws RangeError when there are too many. */
  constructor(leaves: readonly LinkLeaf[], filler: (n: number) => Hash) {
    if (leaves.length > TREE_SIZE_MAX) throw new RangeError("too many links for one service");
    const hashes = leaves.map(hashOfLink);
    let size = TREE_SIZE_MIN;
    while (size < leaves.length) size *= 2;
    for (let n = leaves.length; n < size; n++) hashes.push(filler(n));
    this.#hashes = hashes.sort(compareBytes);
  }

  get root(): Hash {
    return merkleRoot(this.#hashes);
  }

  /** Where a leaf stands and what leads from it to the root. @throws RangeError when it is not in the tree. */
  pathOf(leaf: LinkLeaf): {
    readonly index: number;
    readonly size: number;
    readonly path: readonly Hash[];
  } {
    const hash = hashOfLink(leaf);
    const index = this.#hashes.findIndex((other) => compareBytes(other, hash) === 0);
    return { index, size: this.#hashes.length, path: merklePath(this.#hashes, index) };
  }
}
