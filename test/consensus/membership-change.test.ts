import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { encodeConfChange } from "../../consensus/conf-change.ts";
import type { StepResult } from "../../consensus/step-result.ts";
import { AsyncNode } from "./support/async-node.ts";
import { Group } from "./support/group.ts";
import { ofType, Solo } from "./support/solo.ts";
import { bytes, change, entry, logOf, votersAre } from "./support/values.ts";

function reasonOf(result: StepResult): string | null {
  return result?.code === "PROPOSAL_DROPPED" ? result.reason : null;
}

/** A leader of three that has committed its first entry. */
function leader(...args: ConstructorParameters<typeof Solo>): Solo {
  const solo = new Solo(...args);
  solo.lead(2);
  solo.acknowledge(2);
  return solo;
}

describe("membership change", () => {
  it("adds a node, which catches up", () => {
    const group = new Group({ ids: [1, 2, 3, 4], confState: votersAre(1, 2, 3) });
    group.campaign(1);
    group.propose(1, "before");
    group.member(1).raw.proposeConfChange(change("v4"));
    group.settle();
    group.propose(1, "after");
    assert.deepEqual(group.appliedTexts(4), ["before", "after"]);
    assert.deepEqual(group.member(4).raw.status().confState.voters, [1, 2, 3, 4]);
  });

  it("replaces several nodes at once through a joint phase that ends by itself", () => {
    const group = new Group({ ids: [1, 2, 3, 4, 5], confState: votersAre(1, 2, 3) });
    group.campaign(1);
    group.member(1).raw.proposeConfChange(change("r2 r3 v4 v5"));
    group.settle();
    const results = group.member(4).confChanges.map(({ confState }) => confState);
    assert.deepEqual(
      results.map(({ votersOutgoing }) => votersOutgoing),
      [[1, 2, 3], []],
    );
    assert.deepEqual(results.at(-1)?.voters, [1, 4, 5]);
  });

  it("ends a joint phase also when the leader that opened it is gone (etcd issue 12136)", () => {
    const group = new Group({
      ids: [1, 2, 3, 4],
      confState: votersAre(1, 2, 3),
      config: { checkQuorum: false, preVote: false },
    });
    group.campaign(1);
    group.member(1).raw.proposeConfChange(change("v4 r3"));
    // The joint phase is applied everywhere, but its end is lost with the leader.
    group.lose = ({ type, entries }) =>
      type === "MsgApp" &&
      entries.some(({ type: kind, data }) => kind !== "EntryNormal" && data.length === 0);
    group.settle();
    assert.deepEqual(group.member(2).raw.status().confState.votersOutgoing, [1, 2, 3]);
    group.isolate(1);
    group.campaign(2);
    group.tick(5, [2, 3, 4]);
    assert.deepEqual(group.member(2).raw.status().confState, votersAre(1, 2, 4));
  });

  it("ends a joint phase also after a transfer that did not come about", () => {
    const solo = leader();
    solo.raw.proposeConfChange(change("v4 r3"));
    solo.flush();
    solo.raw.transferLeader(3);
    solo.acknowledge(2);
    assert.deepEqual(solo.raw.status().confState.votersOutgoing, [1, 2, 3]);
    assert.equal(solo.raw.basicStatus().lastIndex, 2, "no proposals during a transfer");
    solo.tick(10);
    solo.raw.propose(bytes("x"));
    solo.flush();
    solo.acknowledge(2);
    solo.acknowledge(2);
    assert.deepEqual(solo.raw.status().confState, votersAre(1, 2, 4));
  });

  it("is proposed one at a time", () => {
    const solo = leader();
    assert.equal(solo.raw.proposeConfChange(change("v4")), null);
    assert.equal(reasonOf(solo.raw.proposeConfChange(change("v5"))), "CONF_CHANGE_REFUSED");
    solo.flush();
    solo.acknowledge(2);
    assert.equal(solo.raw.proposeConfChange(change("v5")), null);
  });

  it("waits until a new leader has applied all that it inherited (raft-dev, 2015)", () => {
    const solo = new Solo({ log: logOf(1, 1), hardState: { term: 1, vote: 0, commit: 0 } });
    solo.lead(2);
    assert.equal(reasonOf(solo.raw.proposeConfChange(change("v4"))), "CONF_CHANGE_REFUSED");
    solo.acknowledge(2);
    assert.equal(solo.raw.proposeConfChange(change("v4")), null);
  });

  const joint = { ...votersAre(1, 2), votersOutgoing: [1, 2, 3] };
  const misfits = [
    { id: "a change in a joint phase", confState: joint, request: change("v4") },
    { id: "the end of no joint phase", confState: votersAre(1, 2, 3), request: change("") },
    {
      id: "an explicit transition to nothing in a joint phase: the poison entry",
      confState: joint,
      request: change("", "ConfChangeTransitionJointExplicit"),
    },
    {
      id: "an implicit transition to nothing in a joint phase",
      confState: joint,
      request: change("", "ConfChangeTransitionJointImplicit"),
    },
    { id: "a group without voters", confState: votersAre(1), request: change("r1") },
  ];
  for (const { id, confState, request } of misfits) {
    it(`does not append ${id}`, () => {
      const solo = new Solo({ confState });
      solo.lead(2, 3);
      solo.acknowledge(2, 3);
      const { lastIndex } = solo.raw.basicStatus();
      assert.equal(reasonOf(solo.raw.proposeConfChange(request)), "CONF_CHANGE_REFUSED");
      assert.equal(solo.raw.basicStatus().lastIndex, lastIndex);
    });
  }

  it("drops what is no change of membership, and strands no change that follows", () => {
    const solo = leader();
    const garbage = { ...entry(0, 0, "?"), type: "EntryConfChangeV2" } as const;
    solo.receive({ type: "MsgProp", from: 2, entries: [garbage] });
    assert.deepEqual(solo.terms, [1]);
    assert.equal(solo.raw.proposeConfChange(change("v4")), null);
  });

  it("rejects a poison entry on every replica alike, and stops none", () => {
    const poison = change("", "ConfChangeTransitionJointExplicit");
    const entries = [
      { ...entry(1, 1), type: "EntryConfChangeV2", data: encodeConfChange(poison) } as const,
      entry(1, 2, "goes on"),
    ];
    for (const id of [1, 2, 3]) {
      const solo = new Solo({ id, confState: joint });
      const from = id === 1 ? 2 : 1;
      solo.receive({ type: "MsgApp", from, term: 1, entries, commit: 2 });
      assert.deepEqual(solo.raw.status().confState, joint);
      assert.equal(solo.applied.length, 2);
      const again = solo.raw.applyConfChange(poison);
      assert.deepEqual(again, { confState: joint, rejected: "config is already joint" });
    }
  });

  it("brings a removed node back as a newcomer", () => {
    const solo = new Solo({ confState: { ...votersAre(1, 2, 3), learners: [4] } });
    solo.lead(2);
    solo.acknowledge(2, 4);
    assert.equal(solo.raw.status().progress.get(4)?.match, 1);
    solo.raw.applyConfChange(change("r4 l4"));
    assert.equal(solo.raw.status().progress.get(4)?.match, 0);
  });

  it("commits more at once when the quorum shrinks", () => {
    const solo = new Solo({ confState: votersAre(1, 2, 3, 4) });
    solo.lead(2, 3);
    solo.acknowledge(2, 3);
    solo.raw.proposeConfChange(change("r4"));
    solo.flush();
    const { lastIndex } = solo.raw.basicStatus();
    solo.raw.propose(bytes("x"));
    solo.flush();
    solo.acknowledge(2);
    for (const from of [3]) solo.receive({ type: "MsgAppResp", from, term: 1, index: lastIndex });
    assert.equal(solo.raw.basicStatus().commit, lastIndex + 1, "two of three are enough now");
  });

  it("probes a newcomer at once", () => {
    const solo = leader();
    solo.raw.proposeConfChange(change("l4"));
    solo.flush();
    const sent = ofType(solo.acknowledge(2), "MsgApp").filter(({ to }) => to === 4);
    assert.equal(sent.length, 1);
  });

  it("lets a leader that may stay on go on leading without a voice, if so configured", () => {
    const solo = leader({ config: { stepDownOnRemoval: false } });
    solo.raw.proposeConfChange(change("r1"));
    solo.flush();
    solo.acknowledge(2, 3);
    assert.equal(solo.raw.basicStatus().state, "StateLeader");
    assert.equal(reasonOf(solo.raw.propose(bytes("x"))), "NOT_A_MEMBER");
  });
});

describe("commit barrier", () => {
  const config = { commitBarrier: true };

  it("stops commits at a change of membership until it is applied", () => {
    const node = new AsyncNode(config);
    const { raw } = node.solo;
    raw.campaign();
    node.ready();
    node.finishAppend();
    node.receive({ type: "MsgVoteResp", from: 2, term: 1 });
    node.finishAppend();
    node.receive({ type: "MsgAppResp", from: 2, term: 1, index: 1 });
    node.finishApply();
    raw.proposeConfChange(change("v4"));
    raw.propose(bytes("behind"));
    node.ready();
    for (const from of [2, 3]) node.receive({ type: "MsgAppResp", from, term: 1, index: 3 });
    assert.equal(raw.basicStatus().commit, 2);
    while (node.appendWork.length > 0) node.finishAppend();
    raw.applyConfChange(change("v4"));
    assert.equal(raw.basicStatus().commit, 2, "applied is what the applier has confirmed");
    node.finishApply();
    assert.equal(raw.basicStatus().commit, 3);
  });

  it("lifts when the change is applied, and reads go on", () => {
    const solo = leader({ config });
    solo.raw.proposeConfChange(change("v4"));
    solo.raw.propose(bytes("behind"));
    solo.flush();
    solo.acknowledge(2, 3);
    assert.deepEqual(
      solo.applied.map(({ index }) => index),
      [1, 2, 3],
    );
    assert.equal(solo.raw.basicStatus().commit, 3);
  });

  it("asks the new quorum for what stands behind the change", () => {
    const solo = leader({ config });
    solo.raw.proposeConfChange(change("v4"));
    solo.raw.propose(bytes("behind"));
    solo.flush();
    solo.acknowledge(2);
    assert.equal(solo.raw.basicStatus().commit, 2, "two of four is no majority");
    solo.acknowledge(3);
    assert.equal(solo.raw.basicStatus().commit, 3);
  });

  it("is found by a new leader in what it inherits, and does not stop it for ever", () => {
    const inherited = [entry(1, 1), { ...entry(1, 2), type: "EntryConfChangeV2" } as const];
    const data = encodeConfChange(change("v4"));
    const log = inherited.map((each) => (each.index === 2 ? { ...each, data } : each));
    const solo = new Solo({ log, hardState: { term: 1, vote: 0, commit: 0 }, config });
    solo.lead(2);
    solo.receive({ type: "MsgAppResp", from: 2, term: 2, index: 2 });
    assert.equal(solo.raw.basicStatus().commit, 0, "an entry of an older term is not counted");
    solo.receive({ type: "MsgAppResp", from: 2, term: 2, index: 3 });
    assert.equal(solo.raw.basicStatus().commit, 2);
    solo.receive({ type: "MsgAppResp", from: 3, term: 2, index: 3 });
    assert.equal(solo.raw.basicStatus().commit, 3);
  });

  it("holds for each half of a joint change", () => {
    const group = new Group({ ids: [1, 2, 3, 4, 5], confState: votersAre(1, 2, 3), config });
    group.campaign(1);
    group.member(1).raw.proposeConfChange(change("r2 r3 v4 v5"));
    group.settle();
    group.propose(1, "after");
    for (const id of [1, 4, 5]) assert.deepEqual(group.appliedTexts(id), ["after"]);
  });
});
