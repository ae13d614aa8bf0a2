import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { genesisMembership } from "../../ledger/genesis.ts";
import {
  identifier,
  isQuorum,
  type Membership,
  memberOf,
  voterOf,
  votersOf,
} from "../../ledger/membership.ts";
import { testGenesis } from "../support/chain-builder.ts";
import { faultCodeOf } from "../support/expect-fault.ts";

function membershipOf(voters: number, learners = 0): Membership {
  return genesisMembership(testGenesis(voters, learners));
}

describe("membership", () => {
  it("a quorum is more than half of the voters", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(4095), (size, mask) => {
        const all = Array.from({ length: size }, (_, i) => i + 1);
        const some = all.filter((number) => mask & (1 << number));
        assert.equal(isQuorum(membershipOf(size), new Set(some)), 2 * some.length > size);
      }),
    );
  });

  it("any two quorums share a voter, also across a joint change", () => {
    const numbers = [1, 2, 3, 4, 5];
    const subsets = Array.from(
      { length: 32 },
      (_, mask) => new Set(numbers.filter((number) => mask & (1 << (number - 1)))),
    );
    const fresh = membershipOf(5);
    const joint: Membership = { ...fresh, outgoing: [1, 2, 3] };
    const quorums = (of: Membership) => subsets.filter((subset) => isQuorum(of, subset));
    for (const a of [...quorums(fresh), ...quorums(joint)]) {
      for (const b of quorums(joint)) assert.ok([...a].some((number) => b.has(number)));
    }
  });

  it("learners and strangers count for nothing", () => {
    const membership = membershipOf(3, 2);
    assert.deepEqual(votersOf(membership), [1, 2, 3]);
    assert.equal(isQuorum(membership, new Set([1, 4, 5, 9])), false);
    assert.equal(isQuorum(membership, new Set([1, 2])), true);
  });

  it("tells members from voters", () => {
    const membership = membershipOf(3, 1);
    assert.equal(memberOf(membership, 4)?.role, "learner");
    assert.equal(memberOf(membership, 5), undefined);
    assert.equal(voterOf(membership, 3)?.number, 3);
    assert.equal(voterOf(membership, 4), undefined);
    assert.equal(voterOf({ ...membership, outgoing: [4] }, 4)?.number, 4);
    assert.equal(voterOf({ ...membership, outgoing: [9] }, 9), undefined);
  });

  for (const [name, isRight] of [
    ["131164", true],
    ["card-company", true],
    ["a".repeat(32), true],
    ["a".repeat(33), false],
    ["", false],
    ["-a", false],
    ["A", false],
    ["a b", false],
    ["a\n", false],
    ["１３１１６４", false],
  ] as const) {
    it(`${JSON.stringify(name)} is ${isRight ? "" : "not "}an identifier`, () => {
      assert.equal(
        faultCodeOf(() => identifier.fromJson(name)),
        isRight ? null : "INVALID_FIELD",
      );
    });
  }
});
