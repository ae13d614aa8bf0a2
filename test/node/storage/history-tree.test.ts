import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { utf8 } from "../../../ledger/bytes.ts";
import type { Hash } from "../../../ledger/hash.ts";
import { leafHash, merklePath } from "../../../ledger/merkle.ts";
import { appendLeaf, historyPath } from "../../../node/storage/history-tree.ts";

function memoryNodes() {
  const nodes = new Map<string, Hash>();
  return {
    nodes,
    get: (level: number, place: number): Hash => {
      const hash = nodes.get(`${level}/${place}`);
      assert.ok(hash, `node ${level}/${place} was not put`);
      return hash;
    },
    put: (level: number, place: number, hash: Hash) => {
      assert.ok(!nodes.has(`${level}/${place}`), "a node never changes");
      nodes.set(`${level}/${place}`, hash);
    },
  };
}

describe("the history tree", () => {
  const leaves = Array.from({ length: 70 }, (_, i) => leafHash(utf8(`block ${i}`)));

  it("gives the same paths as RFC 6962 over all leaves, for every leaf of every tree", () => {
    const tree = memoryNodes();
    for (const [size, leaf] of leaves.entries()) appendLeaf(tree, size, leaf);
    for (let size = 1; size <= leaves.length; size++) {
      for (let index = 0; index < size; index++) {
        const expected = merklePath(leaves.slice(0, size), index);
        assert.deepEqual(historyPath(tree, index, size), expected);
      }
    }
  });

  it("keeps less than two nodes a leaf", () => {
    const tree = memoryNodes();
    for (const [size, leaf] of leaves.entries()) appendLeaf(tree, size, leaf);
    assert.ok(tree.nodes.size < 2 * leaves.length);
  });

  it("knows no leaf outside the tree", () => {
    const tree = memoryNodes();
    assert.throws(() => historyPath(tree, 0, 0), RangeError);
    assert.throws(() => historyPath(tree, 3, 3), RangeError);
    assert.throws(() => historyPath(tree, -1, 3), RangeError);
  });
});
