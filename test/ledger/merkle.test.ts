import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { concatBytes, fromHex, toHex } from "../../ledger/bytes.ts";
import { type Hash, sha256 } from "../../ledger/hash.ts";
import {
  CompactRange,
  emptyRoot,
  leafHash,
  merklePath,
  merkleRoot,
  verifyPath,
} from "../../ledger/merkle.ts";
import { readVectors } from "../support/files.ts";

interface Vectors {
  readonly leaves: readonly string[];
  readonly roots: readonly string[];
  readonly paths: readonly {
    readonly index: number;
    readonly size: number;
    readonly path: readonly string[];
  }[];
}

const SIZE_MAX = 70;
const leaves: readonly Hash[] = Array.from({ length: SIZE_MAX }, (_, i) =>
  leafHash(Uint8Array.of(i)),
);

/** The recursive definition of RFC 6962 section 2.1, the slow way. */
function rootByDefinition(of: readonly Hash[]): Hash {
  if (of.length === 0) return sha256(new Uint8Array(0));
  const [only] = of;
  if (of.length === 1 && only !== undefined) return only;
  let split = 1;
  while (split * 2 < of.length) split *= 2;
  const left = rootByDefinition(of.slice(0, split));
  return sha256(concatBytes(Uint8Array.of(1), left, rootByDefinition(of.slice(split))));
}

/** A tree size and a leaf in it. */
const place = fc
  .integer({ min: 1, max: SIZE_MAX })
  .chain((size) => fc.record({ size: fc.constant(size), index: fc.nat(size - 1) }));

function leafAt(index: number): Hash {
  const leaf = leaves[index];
  assert.ok(leaf !== undefined);
  return leaf;
}

function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
  const at = (bit >> 3) % bytes.length;
  return bytes.with(at, (bytes[at] ?? 0) ^ (1 << (bit & 7)));
}

describe("merkle", () => {
  describe("published vectors", () => {
    const vectors = readVectors<Vectors>("merkle");
    const published = vectors.leaves.map((data) => leafHash(fromHex(data)));

    vectors.roots.forEach((root, size) => {
      it(`root of ${size} leaves`, () => {
        assert.equal(toHex(merkleRoot(published.slice(0, size))), root);
      });
    });

    for (const { index, size, path } of vectors.paths) {
      it(`path of leaf ${index} of ${size}`, () => {
        const hashes = path.map(fromHex);
        const root = fromHex(vectors.roots[size] ?? "");
        assert.deepEqual(merklePath(published.slice(0, size), index).map(toHex), path);
        const leaf = published[index];
        assert.ok(leaf !== undefined && verifyPath({ hash: leaf, index, size }, hashes, root));
      });
    }
  });

  it("gives the root of the definition at every size", () => {
    for (let size = 0; size <= SIZE_MAX; size++) {
      const some = leaves.slice(0, size);
      assert.equal(toHex(merkleRoot(some)), toHex(rootByDefinition(some)));
    }
    assert.equal(toHex(merkleRoot([])), toHex(emptyRoot()));
  });

  it("every path verifies", () => {
    for (let size = 1; size <= SIZE_MAX; size++) {
      const some = leaves.slice(0, size);
      const root = merkleRoot(some);
      some.forEach((hash, index) => {
        assert.ok(verifyPath({ hash, index, size }, merklePath(some, index), root));
      });
    }
  });

  it("no path verifies after a bit of leaf, path or root was flipped", () => {
    fc.assert(
      fc.property(place, fc.nat(), fc.nat(), ({ index, size }, bit, which) => {
        const root = merkleRoot(leaves.slice(0, size));
        const path = merklePath(leaves.slice(0, size), index);
        const hash = leafAt(index);
        assert.equal(verifyPath({ hash: flipBit(hash, bit), index, size }, path, root), false);
        assert.equal(verifyPath({ hash, index, size }, path, flipBit(root, bit)), false);
        if (path.length === 0) return;
        const flipped = path.map((step, i) =>
          i === which % path.length ? flipBit(step, bit) : step,
        );
        assert.equal(verifyPath({ hash, index, size }, flipped, root), false);
      }),
      { numRuns: 500 },
    );
  });

  it("no path verifies at another index of a tree of that size, longer or shorter", () => {
    fc.assert(
      fc.property(place, fc.nat(), ({ index, size }, other) => {
        const root = merkleRoot(leaves.slice(0, size));
        const path = merklePath(leaves.slice(0, size), index);
        const hash = leafAt(index);
        const elsewhere = other % size;
        assert.equal(verifyPath({ hash, index: elsewhere, size }, path, root), elsewhere === index);
        assert.equal(verifyPath({ hash, index, size }, [...path, root], root), false);
        assert.equal(verifyPath({ hash, index, size }, [root, ...path], root), false);
        if (path.length > 0) {
          assert.equal(verifyPath({ hash, index, size }, path.slice(1), root), false);
          assert.equal(verifyPath({ hash, index, size }, path.slice(0, -1), root), false);
        }
      }),
    );
  });

  it("a path does not prove the size: the same one fits trees of several sizes", () => {
    const root = merkleRoot(leaves.slice(0, 3));
    const path = merklePath(leaves.slice(0, 3), 2);
    assert.ok(verifyPath({ hash: leafAt(2), index: 2, size: 3 }, path, root));
    assert.ok(verifyPath({ hash: leafAt(2), index: 1, size: 2 }, path, root));
  });

  it("a node does not pass for the data of a leaf", () => {
    const [a, b] = [leafAt(0), leafAt(1)];
    const root = merkleRoot(leaves.slice(0, 4));
    const sibling = merkleRoot(leaves.slice(2, 4));
    const nodeAsData = leafHash(concatBytes(a, b));
    assert.equal(verifyPath({ hash: nodeAsData, index: 0, size: 2 }, [sibling], root), false);
  });

  describe("places that do not exist", () => {
    const root = merkleRoot(leaves.slice(0, 1));
    const rows = [
      { id: "negative index", index: -1, size: 1 },
      { id: "index of the size", index: 1, size: 1 },
      { id: "fractional index", index: 0.5, size: 1 },
      { id: "fractional size", index: 0, size: 1.5 },
      { id: "no size", index: 0, size: Number.NaN },
      { id: "infinite size", index: 0, size: Number.POSITIVE_INFINITY },
      { id: "empty tree", index: 0, size: 0 },
      { id: "unsafe size", index: 0, size: 2 ** 53 },
    ];
    for (const { id, index, size } of rows) {
      it(id, () => {
        assert.equal(verifyPath({ hash: leafAt(0), index, size }, [], root), false);
      });
    }

    it("the largest size ends soon", () => {
      const place53 = { hash: leafAt(0), index: 0, size: Number.MAX_SAFE_INTEGER };
      assert.equal(verifyPath(place53, Array(53).fill(leafAt(1)), root), false);
    });

    it("merklePath refuses them as a programmer's error", () => {
      for (const index of [-1, 3, 0.5, Number.NaN]) {
        assert.throws(() => merklePath(leaves.slice(0, 3), index), RangeError);
      }
      assert.throws(() => merklePath([], 0), RangeError);
    });
  });

  describe("compact range", () => {
    it("gives the root of the definition after every append", () => {
      const range = new CompactRange();
      leaves.forEach((leaf, i) => {
        range.append(leaf);
        assert.equal(range.size, i + 1);
        assert.equal(toHex(range.root()), toHex(rootByDefinition(leaves.slice(0, i + 1))));
      });
    });

    it("a clone grows on its own", () => {
      const range = new CompactRange();
      for (const leaf of leaves.slice(0, 5)) range.append(leaf);
      const before = toHex(range.root());
      const copy = range.clone();
      copy.append(leafAt(5));
      assert.equal(toHex(range.root()), before);
      assert.equal(toHex(copy.root()), toHex(rootByDefinition(leaves.slice(0, 6))));
    });

    it("comes back from size and peaks", () => {
      fc.assert(
        fc.property(fc.nat(SIZE_MAX - 1), (size) => {
          const range = new CompactRange();
          for (const leaf of leaves.slice(0, size)) range.append(leaf);
          const again = CompactRange.of(size, range.peaks);
          again.append(leafAt(size));
          assert.equal(toHex(again.root()), toHex(rootByDefinition(leaves.slice(0, size + 1))));
          assert.throws(() => CompactRange.of(size, [...range.peaks, leafAt(0)]), RangeError);
        }),
      );
    });

    for (const size of [-1, 0.5, Number.NaN, 2 ** 53]) {
      it(`has no range of ${size} leaves`, () => {
        assert.throws(() => CompactRange.of(size, []), RangeError);
      });
    }
  });
});
