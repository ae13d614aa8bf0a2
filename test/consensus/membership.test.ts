import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  brokenRule,
  isJoint,
  makeConfState,
  membersOf,
  sortedIds,
  votersOf,
} from "../../consensus/membership.ts";

describe("membership", () => {
  it("sorts by number and drops duplicates", () => {
    assert.deepEqual(sortedIds([10, 9, 100, 9]), [9, 10, 100]);
  });

  it("knows voters of both halves, and members", () => {
    const confState = makeConfState({ voters: [3, 1], votersOutgoing: [2, 1], learners: [5] });
    assert.equal(isJoint(confState), true);
    assert.deepEqual(votersOf(confState), [1, 2, 3]);
    assert.deepEqual(membersOf(confState), [1, 2, 3, 5]);
  });

  const rows = [
    { id: "a plain group", parts: { voters: [1, 2], learners: [3] }, broken: false },
    {
      id: "a joint group",
      parts: { voters: [1], votersOutgoing: [1, 2], learnersNext: [2], autoLeave: true },
      broken: false,
    },
    { id: "nobody", parts: {}, broken: false },
    { id: "a voter that is a learner", parts: { voters: [1], learners: [1] }, broken: true },
    {
      id: "an outgoing voter that is a learner",
      parts: { voters: [1], votersOutgoing: [2], learners: [2] },
      broken: true,
    },
    {
      id: "a learner to be that is no outgoing voter",
      parts: { voters: [1], votersOutgoing: [1], learnersNext: [2] },
      broken: true,
    },
    {
      id: "a learner to be that stays a voter",
      parts: { voters: [1, 2], votersOutgoing: [1, 2], learnersNext: [2] },
      broken: true,
    },
    {
      id: "a learner to be outside a joint phase",
      parts: { voters: [1], learnersNext: [1] },
      broken: true,
    },
    { id: "the end of no joint phase", parts: { voters: [1], autoLeave: true }, broken: true },
    { id: "a node without an id", parts: { voters: [0] }, broken: true },
    { id: "a node with half an id", parts: { voters: [1], learners: [1.5] }, broken: true },
  ];
  for (const { id, parts, broken } of rows) {
    it(`${broken ? "refuses" : "accepts"} ${id}`, () => {
      assert.equal(brokenRule(makeConfState(parts)) !== null, broken);
    });
  }
});
