import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type Message, makeMessage } from "../../consensus/messages.ts";
import { Group } from "./support/group.ts";
import { ofType, Solo } from "./support/solo.ts";
import { bytes, change, logOf, text, votersAre } from "./support/values.ts";

function readsOf(solo: Solo): readonly string[] {
  const reads = solo.readies.flatMap(({ readStates }) => readStates);
  return reads.map(({ index, context }) => `${text(context)}@${index}`);
}

function confirm(
  solo: Solo,
  heartbeats: readonly Message[],
  ...followers: readonly number[]
): void {
  for (const { to, term, context } of ofType(heartbeats, "MsgHeartbeat")) {
    if (followers.includes(to)) {
      solo.receive({ type: "MsgHeartbeatResp", from: to, term, context });
    }
  }
}

describe("reads", () => {
  it("are answered with the commit index, once a quorum confirms the leader", () => {
    const solo = new Solo();
    solo.lead(2);
    solo.acknowledge(2);
    solo.raw.readIndex(bytes("r"));
    const heartbeats = solo.flush();
    assert.deepEqual(readsOf(solo), []);
    confirm(solo, heartbeats, 3);
    assert.deepEqual(readsOf(solo), ["r@1"]);
  });

  it("are not answered by a leader that was replaced", () => {
    const group = new Group({ config: { checkQuorum: false, preVote: false } });
    group.campaign(1);
    group.isolate(1);
    group.campaign(2);
    group.propose(2, "new");
    group.member(1).raw.readIndex(bytes("stale"));
    group.tick(5, [1]);
    group.heal();
    group.tick(5);
    assert.deepEqual(group.member(1).reads, []);
  });

  it("wait for the leader's first commit of its term (etcd issue 7331)", () => {
    const solo = new Solo({ log: logOf(1), hardState: { term: 1, vote: 0, commit: 0 } });
    solo.lead(2);
    solo.raw.readIndex(bytes("early"));
    assert.deepEqual(ofType(solo.flush(), "MsgHeartbeat"), []);
    confirm(solo, solo.acknowledge(2), 2);
    assert.deepEqual(readsOf(solo), ["early@2"]);
  });

  it("wait for it also where one voter decides alone", () => {
    const hardState = { term: 1, vote: 1, commit: 1 };
    const solo = new Solo({ confState: votersAre(1), log: logOf(1, 1, 1), hardState });
    solo.raw.campaign();
    // Its own vote is not durable yet, let alone its first entry.
    solo.raw.readIndex(bytes("r"));
    solo.flush();
    solo.raw.readIndex(bytes("s"));
    solo.flush();
    assert.deepEqual(readsOf(solo), ["s@4"]);
  });

  it("are not answered alone by a leader whom its only voter is not", () => {
    const solo = new Solo({
      confState: votersAre(1, 2),
      config: { stepDownOnRemoval: false },
    });
    solo.lead(2);
    solo.acknowledge(2);
    solo.raw.proposeConfChange(change("r1"));
    solo.flush();
    solo.acknowledge(2);
    assert.deepEqual(solo.raw.status().confState.voters, [2]);
    solo.raw.readIndex(bytes("r"));
    const heartbeats = solo.flush();
    assert.deepEqual(readsOf(solo), []);
    confirm(solo, heartbeats, 2);
    assert.equal(readsOf(solo).length, 1);
  });

  it("of followers and learners go to the leader and come back", () => {
    const confState = { ...votersAre(1, 2), learners: [3] };
    const group = new Group({ confState });
    group.campaign(1);
    for (const id of [2, 3]) {
      group.member(id).raw.readIndex(bytes("far"));
      group.settle();
      assert.deepEqual(
        group.member(id).reads.map(({ index }) => index),
        [1],
      );
    }
  });

  it("are confirmed by voters only", () => {
    const solo = new Solo({ confState: { ...votersAre(1, 2, 3), learners: [4, 5] } });
    solo.lead(2);
    solo.acknowledge(2);
    solo.raw.readIndex(bytes("r"));
    confirm(solo, solo.flush(), 4, 5);
    assert.deepEqual(readsOf(solo), []);
  });

  it("are refused where no leader is known, and beyond the limit", () => {
    const alone = new Solo();
    const noLeader = { code: "READ_DROPPED", reason: "NO_LEADER" };
    assert.deepEqual(alone.raw.readIndex(bytes("r")), noLeader);
    alone.campaign();
    assert.deepEqual(alone.raw.readIndex(bytes("r")), noLeader);

    const solo = new Solo({ config: { maxPendingReads: 2 } });
    solo.lead(2);
    solo.acknowledge(2);
    const results = ["a", "b", "c"].map((name) => solo.raw.readIndex(bytes(name)));
    assert.deepEqual(results, [null, null, { code: "READ_DROPPED", reason: "TOO_MANY_READS" }]);
  });

  it("are forgotten by a leader that steps down: the driver asks again", () => {
    const solo = new Solo();
    solo.lead(2);
    solo.acknowledge(2);
    solo.raw.readIndex(bytes("lost"));
    const heartbeats = solo.flush();
    solo.receive({ type: "MsgHeartbeat", from: 2, term: 2 });
    confirm(solo, heartbeats, 2, 3);
    assert.deepEqual(readsOf(solo), []);
  });

  it("come back only in the form in which they went", () => {
    const solo = new Solo();
    solo.receive({ type: "MsgHeartbeat", from: 2, term: 1 });
    const answer = makeMessage({ type: "MsgReadIndexResp", from: 2, to: 1, term: 1, index: 3 });
    assert.equal(solo.raw.step(answer)?.code, "MALFORMED");
    solo.receive({ ...answer, entries: logOf(0) });
    assert.deepEqual(readsOf(solo), ["@3"]);
  });
});
