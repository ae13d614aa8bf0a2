import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { MemoryState, overlay } from "../../../contracts/state/state.ts";
import { StateTree, type StateWrite } from "../../../contracts/state/state-tree.ts";
import { utf8 } from "../../../ledger/bytes.ts";

const RECORDS = [
  ["a", utf8("1")],
  ["b", utf8("2")],
] as const;
const WRITES: readonly StateWrite[] = [
  ["a", null],
  ["c", utf8("3")],
];
const AFTER = [
  ["b", utf8("2")],
  ["c", utf8("3")],
] as const;

describe("states", () => {
  it("an overlay answers for what was written, removed and left alone", () => {
    const parent = new MemoryState(RECORDS);
    const child = overlay(parent, { writes: WRITES, tree: parent.tree.update(WRITES) });
    assert.deepEqual(
      ["a", "b", "c", "d"].map((key) => child.get(key)),
      [null, utf8("2"), utf8("3"), null],
    );
    assert.deepEqual(child.tree.root, StateTree.of(AFTER).root);
    assert.deepEqual(parent.records(), RECORDS);
  });

  it("a state in memory moves on", () => {
    const state = new MemoryState(RECORDS);
    state.commit({ writes: WRITES, tree: state.tree.update(WRITES) });
    assert.deepEqual(state.records(), AFTER);
    assert.equal(state.get("a"), null);
    assert.deepEqual(state.tree.root, StateTree.of(AFTER).root);
  });

  it("keys are ASCII and short", () => {
    for (const key of ["wallet/é", "x".repeat(257)]) {
      assert.throws(() => StateTree.of([[key, utf8("1")]]), RangeError);
    }
  });
});
