import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Config } from "../../consensus/config.ts";
import { MemoryStorage } from "../../consensus/memory-storage.ts";
import { entryBytes, type Snapshot } from "../../consensus/messages.ts";
import type { Storage } from "../../consensus/storage.ts";
import { Group } from "./support/group.ts";
import { overrideStorage } from "./support/override-storage.ts";
import { ofType, Solo, theOnly } from "./support/solo.ts";
import { bytes, change, entry, logOf, text, votersAre } from "./support/values.ts";

/** A leader of three, in its first term, whose first entry is committed. */
function leader(config: Partial<Config> = {}): Solo {
  const solo = new Solo({ config });
  solo.lead(2);
  solo.acknowledge(2, 3);
  return solo;
}

function propose(solo: Solo, ...values: readonly string[]): void {
  for (const value of values) solo.raw.propose(bytes(value));
}

function stateOf(solo: Solo, id: number): string | undefined {
  return solo.raw.status().progress.get(id)?.state;
}

describe("flow control", () => {
  it("sends no more messages ahead than the window holds", () => {
    const solo = leader({ maxInflightMessages: 3 });
    propose(solo, "a", "b", "c", "d", "e");
    const appends = ofType(solo.flush(), "MsgApp").filter(({ to }) => to === 2);
    const sent = appends.flatMap(({ entries }) => entries.map(({ data }) => text(data)));
    assert.deepEqual(sent, ["a", "b", "c"]);
    const next = solo.receive({ type: "MsgAppResp", from: 2, term: 1, index: 3 });
    const more = ofType(next, "MsgApp").filter(({ to, entries }) => to === 2 && entries.length > 0);
    assert.deepEqual(
      more.flatMap(({ entries }) => entries.map(({ data }) => text(data))),
      ["d", "e"],
    );
  });

  it("sends one empty append per heartbeat into a full window (etcd pull request 14633)", () => {
    const solo = leader({ maxInflightMessages: 1 });
    propose(solo, "a", "b");
    solo.flush();
    for (let round = 0; round < 3; round += 1) {
      solo.tick();
      const answer = solo.receive({ type: "MsgHeartbeatResp", from: 2, term: 1 });
      assert.deepEqual(theOnly(answer, "MsgApp").entries, []);
    }
  });

  it("packs entries up to the size of a message, at least one", () => {
    const size = entryBytes(entry(1, 1, "x"));
    const solo = new Solo({ config: { maxMessageBytes: 2 * size } });
    solo.lead(2);
    propose(solo, "a", "b", "c", "d", "a long one that does not fit into any message");
    solo.flush();
    const appends = ofType(
      solo.receive({ type: "MsgAppResp", from: 2, term: 1, index: 1 }),
      "MsgApp",
    );
    const sizes = appends.filter(({ to }) => to === 2).map(({ entries }) => entries.length);
    assert.deepEqual(
      sizes.filter((count) => count > 0),
      [2, 2, 1],
    );
  });

  it("falls back to probing when a follower is said to be unreachable", () => {
    const solo = leader();
    propose(solo, "a");
    solo.flush();
    solo.raw.reportUnreachable(2);
    assert.equal(stateOf(solo, 2), "StateProbe");
    assert.equal(solo.raw.status().progress.get(2)?.next, 2);
    solo.raw.reportUnreachable(9);
  });

  it("takes no acknowledgement of what it never sent", () => {
    const solo = leader();
    const { commit } = solo.raw.basicStatus();
    for (const from of [2, 3]) solo.receive({ type: "MsgAppResp", from, term: 1, index: 99 });
    assert.equal(solo.raw.basicStatus().commit, commit);
    assert.equal(solo.raw.status().progress.get(2)?.match, 1);
  });

  it("bounds what is appended and not yet applied, but never an empty entry", () => {
    const solo = leader({ maxUncommittedBytes: 10 });
    assert.equal(solo.raw.propose(bytes("bigger than the limit")), null, "one is always taken");
    const refusal = solo.raw.propose(bytes("x"));
    assert.equal(refusal?.code === "PROPOSAL_DROPPED" && refusal.reason, "UNCOMMITTED_LIMIT");
    assert.equal(solo.raw.propose(bytes("")), null);
    solo.flush();
    solo.acknowledge(2);
    assert.equal(solo.raw.propose(bytes("x")), null, "what is applied makes room");
  });

  it("hands out what is committed in pieces, and the next when the last is applied", () => {
    const size = entryBytes(entry(1, 1, "x"));
    const solo = new Solo({ config: { maxApplyingBytes: 2 * size } });
    const entries = [1, 2, 3, 4, 5].map((index) => entry(1, index, "x"));
    solo.receive({ type: "MsgApp", from: 2, term: 1, entries, commit: 5 });
    const pieces = solo.readies.map(({ committedEntries }) => committedEntries.length);
    assert.deepEqual(
      pieces.filter((count) => count > 0),
      [2, 2, 1],
    );
  });
});

describe("snapshots", () => {
  const snapshot: Snapshot = { index: 5, term: 2, confState: votersAre(1, 2, 3), data: bytes("s") };
  const install = { type: "MsgSnap", from: 2, term: 2, snapshot } as const;

  it("replace the log and the membership of a follower that lags behind", () => {
    const solo = new Solo({ confState: votersAre(1, 2), log: logOf(1, 1) });
    const answer = theOnly(solo.receive(install), "MsgAppResp");
    assert.deepEqual([answer.index, answer.reject], [5, false]);
    assert.deepEqual([solo.storage.firstIndex(), solo.raw.basicStatus().applied], [6, 5]);
    assert.deepEqual(solo.raw.status().confState, votersAre(1, 2, 3));
  });

  it("only move the commit index of a follower that has the log already", () => {
    const solo = new Solo({ log: logOf(1, 1, 2, 2, 2, 2) });
    solo.receive(install);
    assert.deepEqual([solo.raw.basicStatus().commit, solo.terms.length], [5, 6]);
  });

  it("are ignored when they are old", () => {
    const solo = new Solo();
    solo.receive({ type: "MsgApp", from: 2, term: 2, entries: logOf(1, 1, 2, 2, 2, 2), commit: 6 });
    assert.equal(theOnly(solo.receive(install), "MsgAppResp").index, 6);
    assert.equal(solo.storage.firstIndex(), 1);
  });

  it("are ignored by who is not among their members", () => {
    const solo = new Solo({ id: 4, confState: votersAre(1, 2, 3) });
    assert.equal(theOnly(solo.receive(install), "MsgAppResp").index, 0);
  });

  /** A leader whose log begins behind 3, with a follower, 3, that has nothing. */
  function compacted(parts: Partial<Storage> = {}): Solo {
    const storage = new MemoryStorage(votersAre(1, 2, 3));
    storage.append(logOf(1, 1, 1, 1));
    storage.setHardState({ term: 1, vote: 0, commit: 4 });
    storage.createSnapshot(3, votersAre(1, 2, 3), bytes("s"));
    storage.compact(3);
    const config = { applied: 4, storage: overrideStorage(storage, parts) };
    const solo = new Solo({ storage, config });
    solo.lead(2);
    solo.acknowledge(2);
    return solo;
  }

  const rejection = { type: "MsgAppResp", from: 3, term: 2, index: 4, reject: true } as const;

  it("are sent to who needs entries that are compacted away, and nothing beside them", () => {
    const solo = compacted();
    assert.equal(theOnly(solo.receive(rejection), "MsgSnap").snapshot?.index, 3);
    propose(solo, "a");
    assert.deepEqual(
      solo.flush().filter(({ to }) => to === 3),
      [],
    );
    assert.equal(stateOf(solo, 3), "StateSnapshot");
  });

  it("are waited for however often who waits for them answers a heartbeat", () => {
    const solo = compacted();
    solo.receive(rejection);
    assert.deepEqual(solo.receive({ type: "MsgHeartbeatResp", from: 3, term: 2 }), []);
    assert.equal(stateOf(solo, 3), "StateSnapshot");
  });

  it("are not sent to who is silent", () => {
    const solo = new Solo({ config: { checkQuorum: true } });
    solo.lead(2);
    solo.acknowledge(2, 3);
    propose(solo, "a", "b");
    solo.flush();
    solo.acknowledge(2);
    // Within an election timeout only 2 speaks; what 3 needs next is compacted away.
    solo.tick(9);
    solo.receive({ type: "MsgHeartbeatResp", from: 2, term: 1 });
    solo.tick(1);
    solo.storage.createSnapshot(3, votersAre(1, 2, 3), bytes("s"));
    solo.storage.compact(3);
    solo.raw.reportUnreachable(3);
    propose(solo, "c");
    assert.deepEqual(ofType(solo.flush(), "MsgSnap"), []);
    const alive = { type: "MsgHeartbeatResp", from: 3, term: 1 } as const;
    assert.equal(ofType(solo.receive(alive), "MsgSnap").length, 1);
  });

  it("are waited for when they are being made", () => {
    let ready = false;
    const solo = compacted({
      snapshot: () => (ready ? snapshotAt3 : "temporarily-unavailable"),
    });
    assert.deepEqual(ofType(solo.receive(rejection), "MsgSnap"), []);
    ready = true;
    const answer = { type: "MsgHeartbeatResp", from: 3, term: 2 } as const;
    assert.equal(ofType(solo.receive(answer), "MsgSnap").length, 1);
  });

  it("are not sent when they were made before the follower joined", () => {
    const solo = compacted({ snapshot: () => ({ ...snapshotAt3, confState: votersAre(1, 2) }) });
    assert.deepEqual(ofType(solo.receive(rejection), "MsgSnap"), []);
    assert.equal(stateOf(solo, 3), "StateProbe");
  });

  const snapshotAt3: Snapshot = { ...snapshot, index: 3, term: 1 };

  it("give way to replication as soon as the logs meet, at whatever index", () => {
    const solo = compacted();
    solo.receive(rejection);
    const early = solo.receive({ type: "MsgAppResp", from: 3, term: 2, index: 2 });
    assert.equal(stateOf(solo, 3), "StateSnapshot", "what follows 2 is compacted away");
    assert.deepEqual(ofType(early, "MsgSnap"), [], "one snapshot is under way");
    const sent = solo.receive({ type: "MsgAppResp", from: 3, term: 2, index: 3 });
    assert.equal(stateOf(solo, 3), "StateReplicate");
    assert.deepEqual(
      ofType(sent, "MsgApp")
        .at(0)
        ?.entries.map(({ index }) => index),
      [4, 5],
    );
  });

  it("are probed behind after success, and begun again after failure", () => {
    for (const succeeded of [true, false]) {
      const solo = compacted();
      solo.receive(rejection);
      solo.raw.reportSnapshot(3, succeeded);
      const progress = solo.raw.status().progress.get(3);
      assert.deepEqual(
        [progress?.state, progress?.next, progress?.paused],
        ["StateProbe", succeeded ? 4 : 1, true],
      );
    }
  });

  it("catch up a newcomer to a compacted log", () => {
    const group = new Group({ ids: [1, 2, 3, 4], confState: votersAre(1, 2, 3) });
    group.campaign(1);
    for (const value of ["a", "b", "c"]) group.propose(1, value);
    const { storage, raw } = group.member(1);
    raw.proposeConfChange(change("v4"));
    group.lose = ({ to }) => to === 4;
    group.settle();
    storage.createSnapshot(5, raw.status().confState, bytes("abc"));
    storage.compact(5);
    group.heal();
    group.tick(3, [1]);
    group.propose(1, "d");
    assert.deepEqual(group.appliedTexts(4), ["d"]);
    assert.equal(group.member(4).storage.firstIndex(), 6);
  });
});

describe("temporarily unavailable entries", () => {
  it("are asked for again with the next heartbeat's answer", () => {
    let ready = true;
    const storage = new MemoryStorage(votersAre(1, 2, 3));
    storage.append(logOf(1, 1, 1));
    storage.setHardState({ term: 1, vote: 0, commit: 3 });
    const slow = overrideStorage(storage, {
      entries: (...range) => (ready ? storage.entries(...range) : "temporarily-unavailable"),
    });
    const solo = new Solo({ storage, config: { applied: 3, storage: slow } });
    solo.lead(2);
    ready = false;
    const rejection = { type: "MsgAppResp", from: 3, term: 2, index: 3, reject: true } as const;
    assert.deepEqual(solo.receive(rejection), []);
    ready = true;
    const sent = solo.receive({ type: "MsgHeartbeatResp", from: 3, term: 2 });
    assert.deepEqual(
      theOnly(sent, "MsgApp").entries.map(({ index }) => index),
      [1, 2, 3, 4],
    );
  });
});

describe("restart", () => {
  it("goes on with what was durable, and hands out again what was not applied", () => {
    const first = leader();
    propose(first, "a");
    first.flush();
    first.acknowledge(2);
    const again = new Solo({ storage: first.storage, config: { applied: 1 } });
    again.flush();
    assert.deepEqual(
      again.applied.map(({ index }) => index),
      [2],
    );
    assert.deepEqual(
      [again.raw.basicStatus().term, again.raw.basicStatus().state],
      [1, "StateFollower"],
    );
  });

  it("refuses a commit index behind the end of the log: the log was lost", () => {
    const hardState = { term: 1, vote: 0, commit: 3 };
    assert.throws(() => new Solo({ log: logOf(1), hardState }), { name: "InvariantError" });
  });

  it("takes what is compacted away for committed, whatever was persisted last", () => {
    const { storage } = new Solo({ log: logOf(1, 1, 1) });
    storage.compact(2);
    storage.setHardState({ term: 1, vote: 2, commit: 1 });
    const { commit, applied } = new Solo({ storage }).raw.basicStatus();
    assert.deepEqual([commit, applied], [2, 2]);
  });
});

describe("messages from outside", () => {
  it("are refused when only the node itself may send them", () => {
    const { raw } = new Solo();
    const [vote] = new Solo({ id: 2 }).campaign();
    assert.ok(vote);
    for (const type of [
      "MsgStorageAppend",
      "MsgStorageAppendResp",
      "MsgStorageApplyResp",
    ] as const) {
      assert.deepEqual(raw.step({ ...vote, type }), { code: "LOCAL_MESSAGE" });
    }
  });

  it("are refused when they answer and come from a stranger", () => {
    const { raw } = new Solo();
    const [vote] = new Solo({ id: 2 }).campaign();
    assert.ok(vote);
    const answer = { ...vote, type: "MsgAppResp", from: 9 } as const;
    assert.deepEqual(raw.step(answer), { code: "PEER_NOT_FOUND" });
  });

  it("proposals go to the leader, unless they shall not", () => {
    const forwarding = new Solo();
    forwarding.receive({ type: "MsgHeartbeat", from: 2, term: 1 });
    assert.equal(forwarding.raw.propose(bytes("x")), null);
    assert.equal(theOnly(forwarding.flush(), "MsgProp").to, 2);

    const strict = new Solo({ config: { proposalForwarding: false } });
    strict.receive({ type: "MsgHeartbeat", from: 2, term: 1 });
    const refusal = strict.raw.propose(bytes("x"));
    assert.equal(refusal?.code === "PROPOSAL_DROPPED" && refusal.reason, "NOT_FORWARDED");
  });
});
