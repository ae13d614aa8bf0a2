import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { InvariantError } from "../../consensus/assert.ts";
import { AsyncNode } from "./support/async-node.ts";
import { ofType, Solo, theOnly } from "./support/solo.ts";
import { bytes, entry, votersAre } from "./support/values.ts";

describe("asynchronous storage writes", () => {
  it("sends appends at once, beside its own write", () => {
    const node = new AsyncNode();
    node.solo.raw.campaign();
    node.ready();
    node.finishAppend();
    const sent = node.receive({ type: "MsgVoteResp", from: 2, term: 1 });
    assert.equal(ofType(sent, "MsgApp").length, 2);
    assert.equal(node.appendWork.length, 1);
  });

  it("sends no vote and no acknowledgement before the write they rest on", () => {
    const node = new AsyncNode();
    const atOnce = node.receive({ type: "MsgVote", from: 2, term: 1 });
    assert.deepEqual(atOnce, []);
    assert.equal(theOnly(node.finishAppend(), "MsgVoteResp").to, 2);

    const early = node.receive({ type: "MsgApp", from: 2, term: 1, entries: [entry(1, 1)] });
    assert.deepEqual(early, []);
    assert.equal(theOnly(node.finishAppend(), "MsgAppResp").index, 1);
  });

  it("sends no rejection either: it may rest on a vote that is being written", () => {
    const node = new AsyncNode();
    node.receive({ type: "MsgVote", from: 2, term: 1 });
    assert.deepEqual(node.receive({ type: "MsgVote", from: 3, term: 1 }), []);
    assert.equal(theOnly(node.finishAppend(), "MsgVoteResp").reject, false);
    assert.equal(theOnly(node.finishAppend(), "MsgVoteResp").reject, true);
  });

  it("does not count itself before its own disk has the entry", () => {
    const node = new AsyncNode();
    node.solo.raw.campaign();
    node.ready();
    assert.equal(node.solo.raw.basicStatus().state, "StateCandidate");
    node.receive({ type: "MsgVoteResp", from: 2, term: 1 });
    assert.equal(
      node.solo.raw.basicStatus().state,
      "StateCandidate",
      "its own vote is not durable",
    );
    node.finishAppend();
    assert.equal(node.solo.raw.basicStatus().state, "StateLeader");
    node.receive({ type: "MsgAppResp", from: 2, term: 1, index: 1 });
    assert.equal(node.solo.raw.basicStatus().commit, 0);
    node.finishAppend();
    assert.equal(node.solo.raw.basicStatus().commit, 1);
  });

  it("applies nothing that its own disk does not have (etcd issue 14370)", () => {
    const node = new AsyncNode();
    node.receive({ type: "MsgApp", from: 2, term: 1, entries: [entry(1, 1, "x")], commit: 1 });
    assert.deepEqual([node.solo.raw.basicStatus().commit, node.applyWork.length], [1, 0]);
    node.finishAppend();
    assert.equal(node.applyWork.length, 1);
    node.finishApply();
    assert.equal(node.solo.raw.basicStatus().applied, 1);
  });

  it("does not take entries for stable by a write of an older term (ABA)", () => {
    const node = new AsyncNode();
    const first = { type: "MsgApp", from: 2, term: 1, entries: [entry(1, 1, "a")] } as const;
    node.receive(first);
    // A leader of term 2 overwrites the entry; one of term 3 brings the first one back.
    node.receive({ type: "MsgApp", from: 3, term: 2, entries: [entry(2, 1, "b")] });
    node.receive({ ...first, term: 3 });
    assert.equal(node.appendWork.length, 3);

    node.finishAppend();
    const { lines } = node.solo;
    assert.ok(lines.some((line) => line.includes("ignored entry appends from a MsgStorageAppend")));
    // The disk will hold "b" for a moment; whoever reads the log must see "a" all the time.
    node.finishAppend();
    assert.deepEqual(node.solo.log, [entry(2, 1, "b")]);
    assert.equal(node.applyWork.length, 0);
    node.receive({ type: "MsgHeartbeat", from: 2, term: 3, commit: 1 });
    assert.equal(node.applyWork.length, 0, "not applied while the disk may still change");
    node.finishAppend();
    assert.deepEqual(node.applyWork[0]?.entries, [entry(1, 1, "a")]);
  });

  it("does not count itself by a write of an earlier term", () => {
    const node = new AsyncNode();
    const { raw } = node.solo;
    raw.campaign();
    node.ready();
    node.finishAppend();
    node.receive({ type: "MsgVoteResp", from: 2, term: 1 });
    raw.propose(bytes("a"));
    raw.propose(bytes("b"));
    node.ready();
    const late = node.appendWork.splice(0);
    // Another leader replaces the three entries; then this node leads again, with three other ones.
    node.receive({ type: "MsgApp", from: 3, term: 2, entries: [entry(2, 1)] });
    node.finishAppend();
    raw.campaign();
    node.ready();
    node.finishAppend();
    node.receive({ type: "MsgVoteResp", from: 2, term: 3 });
    raw.propose(bytes("c"));
    node.ready();
    for (const answer of late.flatMap(({ responses }) => responses)) raw.step(answer);
    node.receive({ type: "MsgAppResp", from: 2, term: 3, index: 3 });
    assert.equal(raw.basicStatus().commit, 0, "its disk does not have the entry");
    while (node.appendWork.length > 0) node.finishAppend();
    assert.equal(raw.basicStatus().commit, 3);
  });

  it("repeats the end of the log with later writes: nothing stays unstable for ever", () => {
    const node = new AsyncNode();
    node.receive({ type: "MsgApp", from: 2, term: 1, entries: [entry(1, 1, "a")] });
    // The term changes while the entry is being written: its confirmation will not be believed.
    node.receive({ type: "MsgVote", from: 3, term: 2, index: 9, logTerm: 1 });
    node.finishAppend();
    node.receive({ type: "MsgHeartbeat", from: 3, term: 2, commit: 1 });
    assert.equal(node.applyWork.length, 0);
    node.finishAppend();
    assert.equal(node.applyWork.length, 1);
  });

  it("takes a snapshot for stable also in a later term", () => {
    const node = new AsyncNode();
    const snapshot = { index: 5, term: 1, confState: votersAre(1, 2, 3), data: bytes("s") };
    node.receive({ type: "MsgSnap", from: 2, term: 1, snapshot });
    node.receive({ type: "MsgHeartbeat", from: 3, term: 2 });
    const [work] = node.appendWork;
    assert.deepEqual(work?.snapshot, snapshot);
    node.solo.storage.applySnapshot(snapshot);
    node.finishAppend();
    assert.equal(node.solo.raw.basicStatus().applied, 5);
  });

  it("knows no advance, and its counterpart no two Readies at once", () => {
    const node = new AsyncNode();
    assert.throws(() => node.solo.raw.advance(), InvariantError);
    const { raw } = new Solo();
    raw.campaign();
    raw.ready();
    assert.throws(() => raw.ready(), InvariantError);
    raw.advance();
    assert.throws(() => raw.advance(), InvariantError);
  });
});
