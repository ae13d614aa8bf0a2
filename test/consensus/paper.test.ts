// Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm" (extended version):
// one test for each sentence of sections 5.1 to 5.4 and 6 that says what a server does.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Message } from "../../consensus/messages.ts";
import { Group } from "./support/group.ts";
import { ofType, Solo, type SoloStart, theOnly } from "./support/solo.ts";
import { bytes, change, entry, logOf, votersAre } from "./support/values.ts";

function stateOf(solo: Solo): string {
  return solo.raw.basicStatus().state.replace("State", "");
}

function termOf(solo: Solo): number {
  return solo.raw.basicStatus().term;
}

function endTerm(terms: readonly number[]): number {
  return terms.at(-1) ?? 0;
}

/** A node with a log of these terms. */
function withLog(terms: readonly number[], start: SoloStart = {}): Solo {
  const hardState = { term: endTerm(terms), vote: 0, commit: 0 };
  return new Solo({ log: logOf(...terms), hardState, ...start });
}

function voteRequest(from: number, term: number, logTerm = 0, index = 0): Message {
  const solo = new Solo();
  return { ...theOnlyVote(solo), from, to: 1, term, logTerm, index };
}

function theOnlyVote(solo: Solo): Message {
  const [vote] = ofType(solo.campaign(), "MsgVote");
  assert.ok(vote);
  return vote;
}

describe("Raft paper", () => {
  describe("5.1 basics", () => {
    it("if one server's current term is smaller than the other's, it takes up the larger", () => {
      for (const type of ["MsgApp", "MsgHeartbeat", "MsgAppResp"] as const) {
        const solo = new Solo();
        solo.receive({ type, from: 2, term: 7 });
        assert.equal(termOf(solo), 7, type);
      }
    });

    it("if a candidate or leader finds its term out of date, it becomes follower", () => {
      const candidate = new Solo();
      candidate.campaign();
      candidate.receive({ type: "MsgHeartbeat", from: 2, term: 5 });
      assert.deepEqual([stateOf(candidate), termOf(candidate)], ["Follower", 5]);

      const leader = new Solo();
      leader.lead(2);
      assert.equal(stateOf(leader), "Leader");
      leader.receive({ type: "MsgAppResp", from: 3, term: 5 });
      assert.deepEqual([stateOf(leader), termOf(leader)], ["Follower", 5]);
    });

    it("if a server receives a request with a stale term number, it rejects the request", () => {
      const solo = withLog([1, 4]);
      const sent = solo.receive({
        type: "MsgApp",
        from: 2,
        term: 2,
        index: 2,
        logTerm: 4,
        entries: [entry(4, 3)],
      });
      assert.deepEqual([sent, solo.terms], [[], [1, 4]]);
    });
  });

  describe("5.2 leader election", () => {
    it("when servers start up, they begin as followers", () => {
      assert.equal(stateOf(new Solo()), "Follower");
    });

    it("a server stays follower as long as it hears from a leader or candidate", () => {
      const solo = new Solo();
      for (let round = 0; round < 10; round += 1) {
        solo.tick(9);
        solo.receive({ type: "MsgHeartbeat", from: 2, term: 1 });
      }
      assert.equal(stateOf(solo), "Follower");
    });

    it("a granted vote puts the voter's own election off, a refused one does not", () => {
      const granting = new Solo();
      granting.receive({ type: "MsgHeartbeatResp", from: 3, term: 1 });
      granting.tick(9);
      granting.receive(voteRequest(2, 1));
      granting.tick(9);
      assert.equal(stateOf(granting), "Follower");

      const refusing = withLog([3]);
      refusing.receive(voteRequest(2, 3));
      refusing.tick(20);
      assert.equal(stateOf(refusing), "Candidate");
    });

    it("leaders send periodic heartbeats to all followers", () => {
      const solo = new Solo();
      solo.lead(2);
      const heartbeats = ofType(solo.tick(), "MsgHeartbeat");
      assert.deepEqual(
        heartbeats.map(({ to }) => to),
        [2, 3],
      );
      assert.equal(ofType(solo.tick(3), "MsgHeartbeat").length, 6);
    });

    it("a follower that hears nothing over the election timeout begins an election", () => {
      const solo = new Solo();
      solo.tick(9);
      assert.equal(stateOf(solo), "Follower");
      solo.tick(11);
      assert.equal(stateOf(solo), "Candidate");
    });

    it("it increments its term, votes for itself, and asks all others in parallel", () => {
      const solo = withLog([1, 2]);
      const votes = ofType(solo.campaign(), "MsgVote");
      assert.deepEqual(
        votes.map(({ to, term, index, logTerm }) => [to, term, index, logTerm]),
        [
          [2, 3, 2, 2],
          [3, 3, 2, 2],
        ],
      );
      assert.deepEqual([termOf(solo), solo.raw.basicStatus().vote], [3, 1]);
    });

    const elections = [
      { id: "one of one", size: 1, granted: [], denied: [], state: "Leader" },
      { id: "two of three", size: 3, granted: [2], denied: [3], state: "Leader" },
      { id: "three of five", size: 5, granted: [2, 3], denied: [], state: "Leader" },
      {
        id: "two of five, while two are silent",
        size: 5,
        granted: [2],
        denied: [],
        state: "Candidate",
      },
      {
        id: "two of five, while two refuse",
        size: 5,
        granted: [2],
        denied: [3, 4],
        state: "Candidate",
      },
      { id: "one of three", size: 3, granted: [], denied: [2, 3], state: "Follower" },
      {
        id: "two of five, against three",
        size: 5,
        granted: [2],
        denied: [3, 4, 5],
        state: "Follower",
      },
    ];
    for (const { id, size, granted, denied, state } of elections) {
      it(`a candidate wins by the votes of a majority in its term: ${id}`, () => {
        const ids = Array.from({ length: size }, (_each, position) => position + 1);
        const solo = new Solo({ confState: votersAre(...ids) });
        solo.campaign();
        for (const from of granted) solo.receive({ type: "MsgVoteResp", from, term: 1 });
        for (const from of denied)
          solo.receive({ type: "MsgVoteResp", from, term: 1, reject: true });
        assert.equal(stateOf(solo), state);
      });
    }

    it("a voter's second word does not count", () => {
      const solo = new Solo({ confState: votersAre(1, 2, 3, 4, 5) });
      solo.campaign();
      for (const reject of [true, false, false]) {
        solo.receive({ type: "MsgVoteResp", from: 2, term: 1, reject });
      }
      solo.receive({ type: "MsgVoteResp", from: 3, term: 1 });
      assert.equal(stateOf(solo), "Candidate");
    });

    it("each server votes for at most one candidate in a term, first come first served", () => {
      const solo = new Solo();
      assert.equal(theOnly(solo.receive(voteRequest(2, 1)), "MsgVoteResp").reject, false);
      assert.equal(theOnly(solo.receive(voteRequest(3, 1)), "MsgVoteResp").reject, true);
      assert.equal(theOnly(solo.receive(voteRequest(2, 1)), "MsgVoteResp").reject, false, "again");
      assert.equal(theOnly(solo.receive(voteRequest(3, 2)), "MsgVoteResp").reject, false, "later");
    });

    it("it remembers its vote over a restart", () => {
      const before = new Solo();
      before.receive(voteRequest(2, 1));
      const after = new Solo({ storage: before.storage });
      assert.equal(theOnly(after.receive(voteRequest(3, 1)), "MsgVoteResp").reject, true);
    });

    it("a follower that steps down in its term does not vote again in it", () => {
      const solo = new Solo();
      solo.campaign();
      for (const from of [2, 3]) solo.receive({ type: "MsgVoteResp", from, term: 1, reject: true });
      assert.equal(stateOf(solo), "Follower");
      assert.equal(theOnly(solo.receive(voteRequest(2, 1)), "MsgVoteResp").reject, true);
    });

    it("a candidate that hears from a leader of its term or a later one becomes follower", () => {
      for (const type of ["MsgApp", "MsgHeartbeat"] as const) {
        for (const term of [1, 2]) {
          const solo = new Solo();
          solo.campaign();
          solo.receive({ type, from: 2, term });
          assert.deepEqual([stateOf(solo), solo.raw.basicStatus().lead], ["Follower", 2]);
        }
      }
    });

    it("a candidate that hears from a leader of an earlier term stays candidate", () => {
      const solo = withLog([1, 2]);
      solo.campaign();
      solo.receive({ type: "MsgHeartbeat", from: 2, term: 2 });
      assert.equal(stateOf(solo), "Candidate");
    });

    it("a candidate that neither wins nor loses times out and begins a new election", () => {
      const solo = new Solo();
      solo.campaign();
      const votes = ofType(solo.tick(20), "MsgVote");
      assert.deepEqual(
        votes.slice(0, 2).map(({ term }) => term),
        [2, 2],
      );
    });

    it("election timeouts are chosen randomly from a fixed interval", () => {
      const seen = new Set<number>();
      for (let id = 1; id <= 200; id += 1) {
        const solo = new Solo({ id, confState: votersAre(id, 201, 202) });
        let ticks = 0;
        while (stateOf(solo) === "Follower") {
          solo.tick();
          ticks += 1;
        }
        seen.add(ticks);
      }
      const expected = Array.from({ length: 10 }, (_each, position) => position + 10);
      assert.deepEqual(
        [...seen].sort((a, b) => a - b),
        expected,
      );
    });
  });

  describe("5.3 log replication", () => {
    it("the leader appends a command to its log, then sends it to all others", () => {
      const solo = new Solo();
      solo.lead(2);
      solo.acknowledge(2, 3);
      solo.raw.propose(bytes("x"));
      const appends = ofType(solo.flush(), "MsgApp");
      assert.deepEqual(solo.log.at(-1), entry(1, 2, "x"));
      for (const append of appends) {
        assert.deepEqual(
          [append.index, append.logTerm, append.entries],
          [1, 1, [entry(1, 2, "x")]],
        );
      }
      assert.deepEqual(
        appends.map(({ to }) => to),
        [2, 3],
      );
    });

    it("an entry is committed once the leader has replicated it on a majority", () => {
      const solo = new Solo({ confState: votersAre(1, 2, 3, 4, 5) });
      solo.lead(2, 3);
      solo.acknowledge(2);
      assert.equal(solo.raw.basicStatus().commit, 0);
      solo.acknowledge(3);
      assert.equal(solo.raw.basicStatus().commit, 1);
    });

    it("the leader applies a committed entry", () => {
      const solo = new Solo();
      solo.lead(2);
      solo.raw.propose(bytes("x"));
      solo.flush();
      solo.acknowledge(2);
      assert.deepEqual(solo.applied, [entry(1, 1), entry(1, 2, "x")]);
    });

    it("it tells the commit index with its appends and heartbeats", () => {
      const solo = new Solo();
      solo.lead(2);
      const appends = ofType(solo.acknowledge(2), "MsgApp");
      assert.deepEqual(
        appends.filter(({ to }) => to === 2).map(({ commit }) => commit),
        [1],
      );
      const heartbeats = ofType(solo.tick(), "MsgHeartbeat");
      assert.deepEqual(
        heartbeats.map(({ to, commit }) => [to, commit]),
        [
          [2, 1],
          [3, 0],
        ],
      );
    });

    it("a follower applies an entry once it learns that it is committed, in log order", () => {
      const solo = new Solo();
      const append = { type: "MsgApp", from: 2, term: 1 } as const;
      solo.receive({ ...append, entries: [entry(1, 1, "a"), entry(1, 2, "b")] });
      assert.deepEqual(solo.applied, []);
      solo.receive({ ...append, index: 2, logTerm: 1, commit: 1 });
      solo.receive({ type: "MsgHeartbeat", from: 2, term: 1, commit: 2 });
      assert.deepEqual(solo.applied, [entry(1, 1, "a"), entry(1, 2, "b")]);
    });

    it("the leader retries appends until all followers store all entries", () => {
      const group = new Group();
      group.campaign(1);
      group.isolate(3);
      group.propose(1, "a");
      group.propose(1, "b");
      group.heal();
      group.tick(3, [1]);
      assert.deepEqual(group.appliedTexts(3), ["a", "b"]);
    });

    it("committing an entry commits all entries before it, also of earlier leaders", () => {
      const solo = withLog([1, 2, 2], { hardState: { term: 2, vote: 0, commit: 0 } });
      solo.lead(2);
      solo.acknowledge(2);
      assert.deepEqual(
        solo.applied.map(({ index }) => index),
        [1, 2, 3, 4],
      );
    });

    it("a follower refuses an append if it lacks the entry before, by index and term", () => {
      const rows = [
        { log: [1, 2], index: 3, logTerm: 2, accepted: false },
        { log: [1, 2], index: 2, logTerm: 1, accepted: false },
        { log: [1, 2], index: 2, logTerm: 2, accepted: true },
        { log: [1, 2], index: 0, logTerm: 0, accepted: true },
      ];
      for (const { log, index, logTerm, accepted } of rows) {
        const solo = withLog(log);
        const [answer] = solo.receive({ type: "MsgApp", from: 2, term: 2, index, logTerm });
        assert.equal(answer?.reject, !accepted, JSON.stringify({ index, logTerm }));
      }
    });

    it("conflicting entries are overwritten by the leader's (figure 7)", () => {
      const leader = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6];
      const followers = [
        { id: "a", log: [1, 1, 1, 4, 4, 5, 5, 6, 6] },
        { id: "b", log: [1, 1, 1, 4] },
        { id: "c", log: [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6] },
        { id: "d", log: [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7] },
        { id: "e", log: [1, 1, 1, 4, 4, 4, 4] },
        { id: "f", log: [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3] },
      ];
      for (const { id, log } of followers) {
        const group = new Group({
          logs: { 1: logOf(...leader, 7), 2: logOf(...log), 3: [] },
          config: { preVote: false, checkQuorum: false },
        });
        group.campaign(1);
        if (group.leaders.length === 0) group.campaign(1);
        assert.deepEqual(group.leaders, [1], id);
        const first = entriesOf(group, 1);
        assert.deepEqual(entriesOf(group, 2), first, id);
        assert.deepEqual(entriesOf(group, 3), first, id);
      }
    });

    it("a follower removes nothing that does not conflict", () => {
      const solo = withLog([1, 1, 1]);
      solo.receive({ type: "MsgApp", from: 2, term: 1, entries: [entry(1, 1)] });
      assert.deepEqual(solo.terms, [1, 1, 1]);
    });

    it("a leader never overwrites or deletes entries in its own log", () => {
      const solo = withLog([1, 2]);
      solo.lead(2);
      solo.raw.propose(bytes("x"));
      solo.flush();
      solo.receive({ type: "MsgAppResp", from: 3, term: 3, index: 9, reject: true });
      assert.deepEqual(solo.terms, [1, 2, 3, 3]);
    });

    it("at most one probe per conflicting term finds where the logs part", () => {
      const leader = logOf(1, 3, 3, 3, 5, 5, 5, 5, 5);
      const follower = logOf(1, 1, 1, 1, 2, 2);
      const group = new Group({
        ids: [1, 2, 3],
        logs: { 1: leader, 2: follower, 3: leader },
        config: { preVote: false, checkQuorum: false },
      });
      group.campaign(1);
      const refused = group.traffic.filter(({ from, type, reject }) => {
        return from === 2 && type === "MsgAppResp" && reject;
      });
      assert.deepEqual(group.leaders, [1]);
      assert.ok(refused.length <= 2, `${refused.length} probes were refused`);
      assert.deepEqual(entriesOf(group, 2), entriesOf(group, 1));
    });
  });

  describe("5.4 safety", () => {
    it("a voter denies its vote if its own log is more up-to-date", () => {
      const rows = [
        { log: [1, 1], logTerm: 1, index: 2, granted: true, id: "the same" },
        { log: [1, 1], logTerm: 1, index: 3, granted: true, id: "longer" },
        { log: [1, 1], logTerm: 2, index: 1, granted: true, id: "later term, shorter" },
        { log: [1, 1], logTerm: 1, index: 1, granted: false, id: "shorter" },
        { log: [1, 2], logTerm: 1, index: 9, granted: false, id: "earlier term, longer" },
      ];
      for (const { log, logTerm, index, granted, id } of rows) {
        const solo = withLog(log);
        const answer = theOnly(solo.receive(voteRequest(2, 3, logTerm, index)), "MsgVoteResp");
        assert.equal(!answer.reject, granted, id);
      }
    });

    it("only entries of the leader's term are committed by counting replicas (figure 8)", () => {
      const solo = withLog([1, 2], { confState: votersAre(1, 2, 3, 4, 5) });
      solo.lead(2, 3);
      const { term } = solo.raw.basicStatus();
      for (const from of [2, 3, 4]) solo.receive({ type: "MsgAppResp", from, term, index: 2 });
      assert.equal(solo.raw.basicStatus().commit, 0, "four of five hold an entry of term 2");
      for (const from of [2, 3]) solo.receive({ type: "MsgAppResp", from, term, index: 3 });
      assert.equal(solo.raw.basicStatus().commit, 3);
    });

    it("no leader can be elected without all committed entries", () => {
      const group = new Group({ config: { preVote: false, checkQuorum: false } });
      group.campaign(1);
      group.isolate(3);
      group.propose(1, "a");
      group.isolate(1);
      group.campaign(3);
      assert.ok(!group.leaders.includes(3));
      group.campaign(2);
      assert.ok(group.leaders.includes(2));
      group.heal();
      group.tick(3, [2]);
      assert.deepEqual(
        [1, 2, 3].map((id) => group.appliedTexts(id)),
        [["a"], ["a"], ["a"]],
      );
    });
  });

  describe("6 cluster membership changes", () => {
    it("in joint consensus entries are replicated to all servers of both configurations", () => {
      const solo = joint();
      solo.raw.propose(bytes("x"));
      const targets = ofType(solo.flush(), "MsgApp").map(({ to }) => to);
      assert.deepEqual([...new Set(targets)], [2, 3, 4, 5]);
    });

    it("agreement needs separate majorities from the old and the new configuration", () => {
      const solo = joint();
      solo.raw.propose(bytes("x"));
      solo.flush();
      const { commit } = solo.raw.basicStatus();
      solo.acknowledge(4, 5);
      assert.equal(solo.raw.basicStatus().commit, commit, "three of five, but one of three old");
      solo.acknowledge(2);
      assert.equal(solo.raw.basicStatus().commit, commit + 1);
    });

    it("elections need separate majorities as well", () => {
      const solo = joint();
      solo.receive({ type: "MsgHeartbeat", from: 2, term: 5 });
      solo.campaign();
      const vote = { type: "MsgVoteResp", term: 6 } as const;
      for (const from of [4, 5]) solo.receive({ ...vote, from });
      assert.equal(stateOf(solo), "Candidate");
      solo.receive({ ...vote, from: 3 });
      assert.equal(stateOf(solo), "Leader");
    });

    it("new servers join as non-voting members, and do not count for majorities", () => {
      const confState = { ...votersAre(1, 2, 3), learners: [4, 5] };
      const solo = new Solo({ confState });
      solo.lead(2);
      solo.acknowledge(4, 5);
      assert.equal(solo.raw.basicStatus().commit, 0);
      solo.acknowledge(2);
      assert.equal(solo.raw.basicStatus().commit, 1);
    });

    it("a leader that is not part of the new configuration steps down once that is applied", () => {
      const group = new Group();
      group.campaign(1);
      group.member(1).raw.proposeConfChange(change("r1"));
      group.settle();
      assert.deepEqual(group.leaders, []);
      group.tick(25, [2, 3]);
      assert.equal(group.leaders.length, 1);
    });

    it("a leader that removes itself does not count itself", () => {
      const solo = new Solo({ config: { stepDownOnRemoval: false } });
      solo.lead(2);
      solo.acknowledge(2);
      solo.raw.proposeConfChange(change("r1"));
      solo.flush();
      solo.acknowledge(2);
      const { commit } = solo.raw.basicStatus();
      assert.deepEqual(solo.raw.status().confState.voters, [2, 3]);
      assert.equal(solo.raw.propose(bytes("x"))?.code, "PROPOSAL_DROPPED");
      assert.equal(solo.raw.basicStatus().commit, commit);
    });

    it("servers disregard vote requests while they believe that a leader exists", () => {
      const solo = new Solo({ config: { checkQuorum: true } });
      solo.receive({ type: "MsgHeartbeat", from: 2, term: 1 });
      assert.deepEqual(solo.receive(voteRequest(3, 2)), []);
      assert.equal(termOf(solo), 1);
      solo.tick(10);
      assert.equal(theOnly(solo.receive(voteRequest(3, 2)), "MsgVoteResp").reject, false);
    });
  });
});

function entriesOf(group: Group, id: number): readonly number[] {
  const { storage } = group.member(id);
  const entries = storage.entries(1, storage.lastIndex() + 1, Number.MAX_VALUE);
  assert.ok(typeof entries !== "string");
  return entries.map(({ term }) => term);
}

/** A leader of term 1 in the joint phase from 1, 2, 3 to 1, 4, 5. */
function joint(): Solo {
  const confState = {
    ...votersAre(1, 4, 5),
    votersOutgoing: [1, 2, 3],
  };
  const solo = new Solo({ confState });
  solo.lead(2, 4);
  solo.acknowledge(2, 3, 4, 5);
  assert.equal(stateOf(solo), "Leader");
  return solo;
}
