// The six bugs that the verification of CCF's consensus found (Howard et al., "Smart Casual
// Verification of the Confidential Consortium Framework", arXiv 2406.17455), each as the schedule
// that showed it.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Group } from "./support/group.ts";
import { ofType, Solo, theOnly } from "./support/solo.ts";
import { bytes, change, entry, logOf, votersAre } from "./support/values.ts";

describe("CCF's bugs", () => {
  it("election quorum over the union of configurations (CCF 3837)", () => {
    const confState = { ...votersAre(4, 5, 6), votersOutgoing: [1, 2, 3] };
    const solo = new Solo({ confState });
    solo.lead(4, 5, 6);
    assert.equal(solo.raw.basicStatus().state, "StateCandidate", "four of six, one of three");
    solo.receive({ type: "MsgVoteResp", from: 2, term: 1 });
    assert.equal(solo.raw.basicStatus().state, "StateLeader");
  });

  it("commit advanced for an entry of an earlier term (CCF 3828)", () => {
    const solo = new Solo({
      log: logOf(1, 2),
      hardState: { term: 2, vote: 0, commit: 0 },
    });
    solo.lead(2);
    solo.receive({ type: "MsgAppResp", from: 2, term: 3, index: 2 });
    assert.equal(solo.raw.basicStatus().commit, 0);
  });

  it("commit advanced on a negative answer (CCF 5324)", () => {
    const solo = new Solo();
    solo.lead(2);
    solo.acknowledge(2);
    for (const data of ["a", "b", "c"]) solo.raw.propose(bytes(data));
    solo.flush();
    const { commit, lastIndex } = solo.raw.basicStatus();
    for (const from of [2, 3]) {
      solo.receive({
        type: "MsgAppResp",
        from,
        term: 1,
        index: lastIndex,
        reject: true,
        rejectHint: lastIndex,
        logTerm: 1,
      });
    }
    assert.equal(solo.raw.basicStatus().commit, commit);
    assert.equal(solo.raw.status().progress.get(3)?.match, 0);
  });

  it("truncation of the log by an append that came early, or late (CCF 5927, 5991)", () => {
    const solo = new Solo();
    const append = { type: "MsgApp", from: 2, term: 1 } as const;
    const late = { ...append, entries: [entry(1, 1)] };
    solo.receive(late);
    solo.receive({ ...append, index: 1, logTerm: 1, entries: [entry(1, 2), entry(1, 3)] });
    const answer = theOnly(solo.receive(late), "MsgAppResp");
    assert.deepEqual(solo.terms, [1, 1, 1]);
    assert.equal(answer.index, 1);
  });

  it("acknowledgement of more than the append contained (CCF 6001, 6016)", () => {
    const solo = new Solo({ log: logOf(1, 1, 1, 1), hardState: { term: 1, vote: 0, commit: 0 } });
    // The follower's entries 3 and 4 are of a deposed leader; this append says nothing of them.
    const answer = solo.receive({ type: "MsgApp", from: 2, term: 2, index: 2, logTerm: 1 });
    assert.equal(theOnly(answer, "MsgAppResp").index, 2);
  });

  it("a node retired before its retirement is committed (CCF 5919)", () => {
    const group = new Group({ config: { checkQuorum: false, preVote: false } });
    group.campaign(1);
    // 3 is away. 2 learns of its own removal, but its answer is lost: the removal is not committed.
    group.lose = ({ from, to }) => from === 3 || to === 3 || from === 2;
    group.member(1).raw.proposeConfChange(change("r2"));
    group.settle();
    assert.equal(group.member(2).storage.lastIndex(), 2);
    // It takes 2's vote and 2's disk to elect a leader and to commit the removal.
    group.isolate(3);
    group.restart(1);
    group.campaign(1);
    assert.deepEqual(group.leaders, [1]);
    assert.deepEqual(group.member(1).raw.status().confState.voters, [1, 3]);
  });

  it("a removed leader's log commits the removal before it steps down", () => {
    const group = new Group();
    group.campaign(1);
    group.member(1).raw.proposeConfChange(change("r1"));
    group.settle();
    assert.equal(group.member(1).confChanges.length, 1);
    const told = ofType(group.traffic, "MsgApp").filter(({ commit }) => commit === 2);
    assert.ok(told.length > 0, "the others hear that the removal is committed");
  });
});
