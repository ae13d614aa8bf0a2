import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import {
  jointCommitted,
  jointVote,
  majorityCommitted,
  majoritySize,
  majorityVote,
} from "../../consensus/quorum.ts";
import type { LogIndex, NodeId } from "../../consensus/types.ts";
import { alternativeCommitted } from "../conformance/quorum-scenario.ts";

const voters = fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 9 });
const indexes = fc.dictionary(fc.constantFrom(..."123456789"), fc.nat(20));
const ballots = fc.dictionary(fc.constantFrom(..."123456789"), fc.boolean());

function lookUp<T>(values: Record<string, T>): (id: NodeId) => T | undefined {
  return (id) => values[String(id)];
}

/** Who wins, by trying every way in which the missing votes could still fall. */
function outcomes(
  ids: readonly NodeId[],
  ballot: (id: NodeId) => boolean | undefined,
): Set<boolean> {
  const missing = ids.filter((id) => ballot(id) === undefined);
  const results = new Set<boolean>();
  for (let choice = 0; choice < 2 ** missing.length; choice += 1) {
    const granted = ids.filter((id) => {
      const position = missing.indexOf(id);
      return position === -1 ? ballot(id) : Math.floor(choice / 2 ** position) % 2 === 1;
    });
    results.add(ids.length === 0 || granted.length * 2 > ids.length);
  }
  return results;
}

function expectedVote(results: Set<boolean>): string {
  if (results.size === 2) return "VotePending";
  return results.has(true) ? "VoteWon" : "VoteLost";
}

describe("quorum", () => {
  it("takes more than half for a majority", () => {
    assert.deepEqual([1, 2, 3, 4, 5, 6, 7].map(majoritySize), [1, 2, 2, 3, 3, 4, 4]);
  });

  it("makes any two majorities of the same voters meet", () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1000 }), (n) => 2 * majoritySize(n) > n));
  });

  it("commits what more than half of the voters have acknowledged", () => {
    fc.assert(
      fc.property(voters, indexes, (ids, acked) => {
        const expected = alternativeCommitted(ids, lookUp<LogIndex>(acked));
        assert.equal(majorityCommitted(ids, lookUp<LogIndex>(acked)), expected);
      }),
      { numRuns: 2000 },
    );
  });

  it("commits jointly what both halves have committed", () => {
    fc.assert(
      fc.property(voters, voters, indexes, (incoming, outgoing, acked) => {
        const look = lookUp<LogIndex>(acked);
        const joint = jointCommitted({ voters: incoming, votersOutgoing: outgoing }, look);
        const halves = [alternativeCommitted(incoming, look), alternativeCommitted(outgoing, look)];
        assert.equal(joint, Math.min(...halves));
      }),
      { numRuns: 2000 },
    );
  });

  it("decides a vote exactly when no missing answer can change it", () => {
    fc.assert(
      fc.property(voters, ballots, (ids, cast) => {
        const ballot = lookUp<boolean>(cast);
        assert.equal(majorityVote(ids, ballot), expectedVote(outcomes(ids, ballot)));
      }),
      { numRuns: 500 },
    );
  });

  it("wins a joint vote by both halves, and loses it by one", () => {
    fc.assert(
      fc.property(voters, voters, ballots, (incoming, outgoing, cast) => {
        const ballot = lookUp<boolean>(cast);
        const halves = [majorityVote(incoming, ballot), majorityVote(outgoing, ballot)];
        const joint = jointVote({ voters: incoming, votersOutgoing: outgoing }, ballot);
        assert.equal(
          joint === "VoteWon",
          halves.every((result) => result === "VoteWon"),
        );
        assert.equal(joint === "VoteLost", halves.includes("VoteLost"));
      }),
      { numRuns: 500 },
    );
  });

  it("lets a half without voters agree to everything", () => {
    assert.equal(
      majorityCommitted([], () => 0),
      Number.POSITIVE_INFINITY,
    );
    assert.equal(
      majorityVote([], () => false),
      "VoteWon",
    );
  });
});
