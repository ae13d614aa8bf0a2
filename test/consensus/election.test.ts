import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { encodeConfChange } from "../../consensus/conf-change.ts";
import type { Config } from "../../consensus/config.ts";
import { Group } from "./support/group.ts";
import { ofType, Solo, theOnly } from "./support/solo.ts";
import { bytes, change, entry, logOf, votersAre } from "./support/values.ts";

function termOf(group: Group, id: number): number {
  return group.member(id).raw.basicStatus().term;
}

describe("pre-vote", () => {
  const config = { preVote: true };

  it("asks before it raises its term", () => {
    const solo = new Solo({ config });
    const asked = ofType(solo.campaign(), "MsgPreVote");
    assert.deepEqual(
      asked.map(({ to, term }) => [to, term]),
      [
        [2, 1],
        [3, 1],
      ],
    );
    assert.deepEqual([solo.raw.basicStatus().term, solo.raw.basicStatus().vote], [0, 0]);
    const votes = ofType(solo.receive({ type: "MsgPreVoteResp", from: 2, term: 1 }), "MsgVote");
    assert.deepEqual([votes.length, solo.raw.basicStatus().term], [2, 1]);
  });

  it("changes nothing at the voter, who may grant many", () => {
    const solo = new Solo({ config });
    for (const from of [2, 3]) {
      const answer = theOnly(solo.receive({ type: "MsgPreVote", from, term: 1 }), "MsgPreVoteResp");
      assert.deepEqual([answer.reject, answer.term], [false, 1]);
    }
    assert.deepEqual([solo.raw.basicStatus().term, solo.raw.basicStatus().vote], [0, 0]);
  });

  it("is refused by who has a longer log, in its own term", () => {
    const solo = new Solo({ log: logOf(1, 3), hardState: { term: 3, vote: 0, commit: 0 }, config });
    const request = { type: "MsgPreVote", from: 2, term: 4, index: 9, logTerm: 2 } as const;
    const answer = theOnly(solo.receive(request), "MsgPreVoteResp");
    assert.deepEqual([answer.reject, answer.term], [true, 3]);
  });

  it("does not count as a vote when it comes late", () => {
    const solo = new Solo({ confState: votersAre(1, 2, 3, 4, 5), config });
    solo.campaign();
    for (const from of [2, 3]) solo.receive({ type: "MsgPreVoteResp", from, term: 1 });
    assert.equal(solo.raw.basicStatus().state, "StateCandidate");
    for (const from of [4, 5]) solo.receive({ type: "MsgPreVoteResp", from, term: 1 });
    assert.equal(solo.raw.basicStatus().state, "StateCandidate");
  });

  it("keeps a node that was cut off from unseating the leader when it comes back", () => {
    const group = new Group({ config });
    group.campaign(1);
    group.isolate(3);
    group.tick(100);
    assert.equal(termOf(group, 3), 1);
    group.heal();
    group.tick(30);
    assert.deepEqual([group.leaders, termOf(group, 1)], [[1], 1]);
  });

  it("does not deadlock when terms have diverged (etcd issues 8243 and 8501)", () => {
    const logs = { 1: logOf(1), 2: logOf(1, 1), 3: logOf(1, 1) };
    const group = new Group({ logs, config });
    group.member(1).storage.setHardState({ term: 9, vote: 1, commit: 0 });
    group.restart(1);
    group.isolate(3);
    group.tick(200);
    assert.deepEqual(group.leaders, [2]);
    assert.ok(termOf(group, 2) > 9);
  });
});

describe("check quorum", () => {
  it("a leader without a quorum steps down within two election timeouts", () => {
    const group = new Group({ config: { checkQuorum: true } });
    group.campaign(1);
    group.isolate(1);
    group.tick(20, [1]);
    assert.deepEqual(group.leaders, []);
  });

  it("a leader with a quorum stays", () => {
    const group = new Group({ config: { checkQuorum: true } });
    group.campaign(1);
    group.isolate(3);
    group.tick(50, [1, 2]);
    assert.deepEqual(group.leaders, [1]);
  });

  it("asks for a quorum of every active configuration (CCF 7375)", () => {
    const confState = { ...votersAre(1, 4, 5), votersOutgoing: [1, 2, 3] };
    const leadsWith = (...alive: readonly number[]): boolean => {
      const solo = new Solo({ confState, config: { checkQuorum: true } });
      solo.lead(2, 4);
      for (let round = 0; round < 3; round += 1) {
        solo.tick(9);
        for (const from of alive) solo.receive({ type: "MsgHeartbeatResp", from, term: 1 });
        solo.tick(1);
      }
      return solo.raw.basicStatus().state === "StateLeader";
    };
    assert.equal(leadsWith(2, 3), false, "no majority of the incoming half");
    assert.equal(leadsWith(4, 5), false, "no majority of the outgoing half");
    assert.equal(leadsWith(2, 4), true);
  });

  it("lets a candidate with a higher term come back (lower-term appends are answered)", () => {
    const group = new Group({ config: { checkQuorum: true, preVote: false } });
    group.campaign(1);
    group.isolate(3);
    group.tick(40, [3]);
    assert.ok(termOf(group, 3) > 1);
    group.heal();
    group.tick(60);
    assert.equal(group.leaders.length, 1);
    group.propose(group.leaders[0] ?? 0, "after");
    assert.deepEqual(group.appliedTexts(3), ["after"]);
  });

  it("gives way to a transfer, lease or not", () => {
    const solo = new Solo({ config: { checkQuorum: true } });
    solo.receive({ type: "MsgHeartbeat", from: 2, term: 1 });
    const request = { type: "MsgVote", from: 3, term: 2 } as const;
    assert.deepEqual(solo.receive(request), []);
    assert.deepEqual(solo.receive({ ...request, context: bytes("CampaignTransferred") }), []);
    const transfer = { ...request, context: bytes("CampaignTransfer") };
    assert.equal(theOnly(solo.receive(transfer), "MsgVoteResp").reject, false);
  });

  it("can be lifted by forgetting the leader", () => {
    const solo = new Solo({ config: { checkQuorum: true } });
    solo.receive({ type: "MsgHeartbeat", from: 2, term: 1 });
    solo.raw.forgetLeader();
    assert.equal(solo.raw.basicStatus().lead, 0);
    const answer = theOnly(solo.receive({ type: "MsgVote", from: 3, term: 2 }), "MsgVoteResp");
    assert.equal(answer.reject, false);
  });
});

describe("campaign", () => {
  it("is not open to learners, strangers, and nodes that wait for a snapshot", () => {
    const learner = new Solo({ confState: { ...votersAre(2, 3), learners: [1] } });
    const stranger = new Solo({ confState: votersAre(2, 3) });
    for (const solo of [learner, stranger]) {
      solo.tick(50);
      assert.equal(solo.raw.basicStatus().state, "StateFollower");
    }
    const waiting = new Solo({ config: { asyncStorageWrites: true } });
    const snapshot = { index: 5, term: 1, confState: votersAre(1, 2, 3), data: bytes("") };
    waiting.raw.step({ ...theVote(), type: "MsgSnap", term: 1, snapshot });
    waiting.raw.campaign();
    assert.equal(waiting.raw.basicStatus().state, "StateFollower");
  });

  it("is not open to who has a committed change of membership to apply (etcd issue 7280)", () => {
    const solo = new Solo({ config: { asyncStorageWrites: true } });
    const entries = [{ term: 1, index: 1, type: "EntryConfChangeV2", data: bytes("") } as const];
    solo.raw.step({ ...theVote(), type: "MsgApp", term: 1, entries, commit: 1 });
    solo.raw.campaign();
    assert.equal(solo.raw.basicStatus().state, "StateFollower");
    assert.ok(solo.lines.some((line) => line.includes("pending configuration changes to apply")));
  });

  it("is nothing to a leader, and ends when another leads", () => {
    const leading = new Solo();
    leading.lead(2);
    assert.deepEqual(leading.campaign(), []);
    assert.equal(leading.raw.basicStatus().term, 1);

    const losing = new Solo();
    losing.campaign();
    const snapshot = { index: 5, term: 1, confState: votersAre(1, 2, 3), data: bytes("") };
    losing.receive({ type: "MsgSnap", from: 2, term: 1, snapshot });
    assert.deepEqual(
      [losing.raw.basicStatus().state, losing.raw.basicStatus().applied],
      ["StateFollower", 5],
    );
  });

  it("is not begun anew by a candidate whom a leader asks to", () => {
    const solo = new Solo();
    solo.campaign();
    assert.deepEqual(solo.receive({ type: "MsgTimeoutNow", from: 2, term: 1 }), []);
    assert.equal(solo.raw.basicStatus().term, 1);
  });

  it("learners vote when they are asked: they may not know yet that they were promoted", () => {
    const solo = new Solo({ confState: { ...votersAre(2, 3), learners: [1] } });
    const answer = theOnly(solo.receive({ type: "MsgVote", from: 2, term: 1 }), "MsgVoteResp");
    assert.equal(answer.reject, false);
  });

  it("votes of nodes that are no voters do not count", () => {
    const solo = new Solo({ confState: { ...votersAre(1, 2, 3), learners: [4, 5] } });
    solo.campaign();
    for (const from of [4, 5, 6]) solo.receive({ type: "MsgVoteResp", from, term: 1 });
    assert.equal(solo.raw.basicStatus().state, "StateCandidate");
  });
});

describe("a voter that was removed", () => {
  /** 2 has applied its own removal; 1 holds the removal and does not know that it is committed. */
  function removed(config: Partial<Config>): Group {
    const data = encodeConfChange(change("r2"));
    const log = [entry(1, 1), { ...entry(1, 2), type: "EntryConfChangeV2", data } as const];
    const group = new Group({
      ids: [1, 2],
      logs: { 1: log, 2: [...log, entry(1, 3, "committed by nobody")] },
      config,
    });
    group.member(2).storage.setHardState({ term: 1, vote: 2, commit: 2 });
    group.restart(2);
    group.settle();
    assert.deepEqual(group.member(2).raw.status().confState.voters, [1]);
    group.tick(100);
    return group;
  }

  for (const preVote of [true, false]) {
    it(`tells of its removal when it refuses, ${preVote ? "with" : "without"} pre-vote`, () => {
      const group = removed({ preVote });
      assert.deepEqual(group.leaders, [1]);
      assert.deepEqual(group.member(1).raw.status().confState.voters, [1]);
    });
  }

  it("blocks the group for ever when it must not", () => {
    assert.deepEqual(removed({ votesTellCommit: false }).leaders, []);
  });

  it("is not believed where the logs differ, or by a leader", () => {
    const refusal = { type: "MsgVoteResp", from: 2, reject: true, commit: 2 } as const;
    const solo = new Solo({ log: logOf(1, 1), hardState: { term: 1, vote: 0, commit: 0 } });
    solo.campaign();
    solo.receive({ ...refusal, term: 2, logTerm: 2 });
    assert.equal(solo.raw.basicStatus().commit, 0);
    solo.receive({ ...refusal, term: 2, logTerm: 1 });
    assert.equal(solo.raw.basicStatus().commit, 2);

    const leading = new Solo({ log: logOf(1, 1), hardState: { term: 1, vote: 0, commit: 0 } });
    leading.lead(3);
    leading.receive({ ...refusal, term: 2, logTerm: 1 });
    assert.equal(leading.raw.basicStatus().commit, 0);
  });
});

describe("leader transfer", () => {
  it("goes at once to a follower with the whole log", () => {
    const group = new Group();
    group.campaign(1);
    group.member(1).raw.transferLeader(2);
    group.settle();
    assert.deepEqual(group.leaders, [2]);
  });

  it("waits until the follower has the whole log, and takes no proposals meanwhile", () => {
    const group = new Group();
    group.campaign(1);
    group.isolate(3);
    group.propose(1, "a");
    group.member(1).raw.transferLeader(3);
    group.settle();
    assert.deepEqual(group.leaders, [1]);
    const refusal = group.member(1).raw.propose(bytes("b"));
    assert.equal(refusal?.code === "PROPOSAL_DROPPED" && refusal.reason, "TRANSFER_IN_PROGRESS");
    group.heal();
    group.tick(2, [1]);
    assert.deepEqual(group.leaders, [3]);
  });

  it("is given up after an election timeout", () => {
    const group = new Group();
    group.campaign(1);
    group.isolate(3);
    group.propose(1, "a");
    group.member(1).raw.transferLeader(3);
    group.tick(10, [1, 2]);
    assert.equal(group.member(1).raw.propose(bytes("b")), null);
    assert.equal(group.member(1).raw.basicStatus().transferee, 0);
  });

  it("can be asked of a follower, who passes it on", () => {
    const group = new Group();
    group.campaign(1);
    group.member(3).raw.transferLeader(2);
    group.settle();
    assert.deepEqual(group.leaders, [2]);
  });

  it("goes to a later wish, and not to learners, strangers or the leader itself", () => {
    const group = new Group({
      ids: [1, 2, 3, 4],
      confState: { ...votersAre(1, 2, 3), learners: [4] },
    });
    group.campaign(1);
    for (const nobody of [1, 4, 9]) {
      group.member(1).raw.transferLeader(nobody);
      group.settle();
      assert.deepEqual(group.leaders, [1]);
      assert.equal(group.member(1).raw.basicStatus().transferee, 0);
    }
    group.isolate(3);
    group.propose(1, "a");
    group.member(1).raw.transferLeader(3);
    group.member(1).raw.transferLeader(2);
    group.settle();
    assert.deepEqual(group.leaders, [2]);
  });

  it("ends when the transferee is removed", () => {
    const solo = new Solo({ confState: votersAre(1, 2, 3, 4) });
    solo.lead(2, 3);
    solo.acknowledge(2, 3);
    solo.raw.proposeConfChange(change("r4"));
    solo.flush();
    solo.raw.transferLeader(4);
    assert.equal(solo.raw.basicStatus().transferee, 4);
    solo.acknowledge(2, 3);
    assert.deepEqual(solo.raw.status().confState.voters, [1, 2, 3]);
    assert.equal(solo.raw.basicStatus().transferee, 0);
  });
});

function theVote() {
  const [vote] = new Solo({ id: 2 }).campaign();
  assert.ok(vote);
  return { ...vote, to: 1 };
}
