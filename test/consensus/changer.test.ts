import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import {
  type ChangeResult,
  changeMembership,
  enterJoint,
  leaveJoint,
  simpleChange,
} from "../../consensus/changer.ts";
import type { ConfChangeSingle } from "../../consensus/conf-change.ts";
import {
  brokenRule,
  type ConfState,
  makeConfState,
  membersOf,
} from "../../consensus/membership.ts";
import { majoritySize } from "../../consensus/quorum.ts";
import { change, votersAre } from "./support/values.ts";

const singles: fc.Arbitrary<ConfChangeSingle> = fc.record({
  type: fc.constantFrom(
    "ConfChangeAddNode" as const,
    "ConfChangeRemoveNode" as const,
    "ConfChangeAddLearnerNode" as const,
    "ConfChangeUpdateNode" as const,
  ),
  nodeId: fc.integer({ min: 1, max: 6 }),
});
const changes = fc.array(singles, { maxLength: 8 });
const start = fc
  .record({
    voters: fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { minLength: 1 }),
    others: fc.uniqueArray(fc.integer({ min: 1, max: 6 })),
  })
  .map(({ voters, others }) =>
    makeConfState({ voters, learners: others.filter((id) => !voters.includes(id)) }),
  );

function changed(result: ChangeResult): ConfState {
  assert.ok(result.ok);
  return result.confState;
}

function faultOf(result: ChangeResult): string | null {
  return result.ok ? null : result.fault;
}

describe("changer", () => {
  it("comes to the same by a joint phase as by one simple change after another", () => {
    fc.assert(
      fc.property(start, changes, (before, steps) => {
        let simple: ConfState | null = before;
        for (const step of steps) {
          const result: ChangeResult =
            simple === null ? leaveJoint(before) : simpleChange(simple, [step]);
          simple = result.ok ? result.confState : null;
        }
        const joint = enterJoint(before, steps, false);
        // On the way a simple change may remove the last voter; the joint way looks at the end
        // only.
        if (simple !== null) assert.deepEqual(changed(leaveJoint(changed(joint))), simple);
      }),
      { numRuns: 1000 },
    );
  });

  it("keeps the rules of membership, whatever is asked of it", () => {
    fc.assert(
      fc.property(start, fc.array(changes, { maxLength: 6 }), (before, requests) => {
        let current = before;
        for (const request of requests) {
          for (const result of [
            enterJoint(current, request, true),
            simpleChange(current, request),
            leaveJoint(current),
          ]) {
            if (!result.ok) continue;
            current = result.confState;
            assert.equal(brokenRule(current), null);
            assert.ok(current.voters.length > 0);
          }
        }
      }),
    );
  });

  it("changes simply only so far that old and new majorities meet", () => {
    fc.assert(
      fc.property(start, changes, (before, steps) => {
        const result = simpleChange(before, steps);
        if (!result.ok) return;
        const all = new Set([...before.voters, ...result.confState.voters]).size;
        const quorums =
          majoritySize(before.voters.length) + majoritySize(result.confState.voters.length);
        assert.ok(quorums > all);
      }),
    );
  });

  it("keeps a demoted voter's voice until the joint phase ends", () => {
    const joint = changed(enterJoint(votersAre(1, 2, 3), change("l3").changes, false));
    assert.deepEqual(
      [joint.voters, joint.votersOutgoing],
      [
        [1, 2],
        [1, 2, 3],
      ],
    );
    assert.deepEqual([joint.learners, joint.learnersNext], [[], [3]]);
    const after = changed(leaveJoint(joint));
    assert.deepEqual([after.voters, after.votersOutgoing, after.learners], [[1, 2], [], [3]]);
  });

  it("takes who is removed and added again for a newcomer", () => {
    const before = makeConfState({ voters: [1, 2], learners: [4] });
    const result = enterJoint(before, change("r4 l4 v5").changes, true);
    assert.ok(result.ok);
    assert.deepEqual([...result.joined].sort(), [4, 5]);
  });

  it("knows who stays in one half or the other", () => {
    const result = enterJoint(votersAre(1, 2), change("r2 v2 l1").changes, true);
    assert.ok(result.ok);
    assert.deepEqual([...result.joined], []);
    assert.deepEqual(membersOf(result.confState), [1, 2]);
  });

  it("does nothing for a node of id 0, or for an update", () => {
    const before = votersAre(1, 2);
    assert.deepEqual(changed(simpleChange(before, change("v0 u1").changes)), before);
  });

  const joint = changed(enterJoint(votersAre(1, 2, 3), change("v4").changes, false));
  const refused = [
    { id: "a second joint phase", result: enterJoint(joint, [], false), fault: "ALREADY_JOINT" },
    {
      id: "a joint phase of nobody",
      result: enterJoint(makeConfState({}), [], false),
      fault: "NO_VOTERS_TO_JOIN",
    },
    { id: "the end of no joint phase", result: leaveJoint(votersAre(1)), fault: "NOT_JOINT" },
    {
      id: "a simple change in a joint phase",
      result: simpleChange(joint, []),
      fault: "SIMPLE_CHANGE_WHILE_JOINT",
    },
    {
      id: "a group without voters",
      result: simpleChange(votersAre(1), change("r1").changes),
      fault: "NO_VOTERS_LEFT",
    },
    {
      id: "a joint group without voters",
      result: enterJoint(votersAre(1), change("r1").changes, true),
      fault: "NO_VOTERS_LEFT",
    },
    {
      id: "two voters at once",
      result: simpleChange(votersAre(1), change("v2 v3").changes),
      fault: "MORE_THAN_ONE_VOTER",
    },
    {
      id: "one voter for another",
      result: simpleChange(votersAre(1, 2), change("v3 r2").changes),
      fault: "MORE_THAN_ONE_VOTER",
    },
  ];
  for (const row of refused) {
    it(`refuses ${row.id}`, () => assert.equal(faultOf(row.result), row.fault));
  }

  it("takes the way that a change asks for", () => {
    const simple = changed(changeMembership(votersAre(1, 2), change("v3")));
    assert.deepEqual([simple.votersOutgoing, simple.autoLeave], [[], false]);
    const two = changed(changeMembership(votersAre(1, 2), change("v3 v4")));
    assert.deepEqual([two.votersOutgoing, two.autoLeave], [[1, 2], true]);
    const explicit = change("v3", "ConfChangeTransitionJointExplicit");
    assert.equal(changed(changeMembership(votersAre(1, 2), explicit)).autoLeave, false);
    const implicit = change("v3", "ConfChangeTransitionJointImplicit");
    assert.equal(changed(changeMembership(votersAre(1, 2), implicit)).autoLeave, true);
    assert.deepEqual(changed(changeMembership(two, change(""))).voters, [1, 2, 3, 4]);
  });
});
