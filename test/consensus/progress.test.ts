import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { InvariantError } from "../../consensus/assert.ts";
import { formatProgress } from "../../consensus/describe.ts";
import { Progress } from "../../consensus/progress.ts";
import { NO_LIMIT } from "../../consensus/types.ts";

function follower(match: number, next = match + 1): Progress {
  const progress = new Progress({
    next,
    isLearner: false,
    maxInflightMessages: 3,
    maxInflightBytes: NO_LIMIT,
  });
  progress.maybeUpdate(match);
  return progress;
}

function replicating(match: number, sent: number): Progress {
  const progress = follower(match);
  progress.becomeReplicate();
  if (sent > 0) progress.sentEntries(sent, sent);
  return progress;
}

describe("progress", () => {
  it("starts as a probe that is not active", () => {
    assert.equal(formatProgress(follower(0, 5)), "StateProbe match=0 next=5 inactive");
  });

  it("keeps match below next", () => {
    assert.throws(() => follower(0, 0), InvariantError);
  });

  it("does not go from a snapshot to replication without a probe", () => {
    const progress = follower(1);
    progress.becomeSnapshot(10);
    assert.throws(() => progress.becomeReplicate(), InvariantError);
  });

  it("sends one append at a time while it probes", () => {
    const progress = follower(1);
    progress.sentEntries(0, 0);
    assert.equal(progress.paused, false, "an empty probe costs nothing");
    progress.sentEntries(2, 20);
    assert.deepEqual([progress.paused, progress.next], [true, 2]);
    progress.resume();
    assert.equal(progress.paused, false);
  });

  it("sends ahead while it replicates, until the window is full", () => {
    const progress = replicating(1, 2);
    assert.deepEqual([progress.next, progress.paused], [4, false]);
    progress.sentEntries(1, 1);
    progress.sentEntries(1, 1);
    assert.deepEqual([progress.next, progress.paused, progress.inflights.full], [6, true, true]);
  });

  it("sends nothing while a snapshot is under way", () => {
    const progress = follower(1);
    progress.becomeSnapshot(10);
    assert.deepEqual([progress.paused, progress.next, progress.pendingSnapshot], [true, 11, 10]);
    progress.resume();
    assert.equal(progress.paused, true);
    assert.throws(() => progress.sentEntries(1, 1), InvariantError);
  });

  it("probes after a delivered snapshot from behind it", () => {
    const progress = follower(1);
    progress.becomeSnapshot(10);
    progress.becomeProbe();
    assert.equal(progress.next, 11);
  });

  it("probes after a lost snapshot from behind the match", () => {
    const progress = follower(1);
    progress.becomeSnapshot(10);
    progress.abortSnapshot();
    assert.deepEqual([progress.state, progress.next], ["StateProbe", 2]);
  });

  it("empties the window when it falls back to probing", () => {
    const progress = replicating(3, 2);
    progress.becomeProbe();
    assert.deepEqual([progress.next, progress.inflights.count], [4, 0]);
  });

  it("ignores an acknowledgement that is old news", () => {
    const progress = replicating(5, 2);
    assert.equal(progress.maybeUpdate(5), false);
    assert.equal(progress.maybeUpdate(4), false);
    assert.deepEqual([progress.match, progress.next], [5, 8]);
  });

  it("never lets an acknowledgement take next back", () => {
    const progress = replicating(5, 4);
    assert.equal(progress.maybeUpdate(7), true);
    assert.deepEqual([progress.match, progress.next], [7, 10]);
    assert.equal(progress.maybeUpdate(12), true);
    assert.deepEqual([progress.match, progress.next], [12, 13]);
  });

  const rejections = [
    {
      id: "replicating: at or before the match is stale",
      state: "replicate",
      rejected: 5,
      hint: 1,
      next: null,
    },
    {
      id: "replicating: behind it goes back to the match",
      state: "replicate",
      rejected: 8,
      hint: 7,
      next: 6,
    },
    {
      id: "probing: not the last probe is stale",
      state: "probe",
      rejected: 7,
      hint: 7,
      next: null,
    },
    { id: "probing: goes to behind the hint", state: "probe", rejected: 8, hint: 6, next: 7 },
    { id: "probing: at least one step back", state: "probe", rejected: 8, hint: 20, next: 8 },
    { id: "probing: never to or before the match", state: "probe", rejected: 8, hint: 1, next: 6 },
  ] as const;
  for (const row of rejections) {
    it(`steps back after a rejection, ${row.id}`, () => {
      const progress = row.state === "probe" ? follower(5, 9) : replicating(5, 3);
      assert.equal(progress.next, 9);
      assert.equal(progress.maybeDecrement(row.rejected, row.hint), row.next !== null);
      assert.equal(progress.next, row.next ?? 9);
    });
  }

  it("tells a commit index once, and again after falling back", () => {
    const progress = replicating(5, 3);
    assert.equal(progress.canBumpCommit(7), true);
    progress.sentCommit(8);
    assert.equal(progress.canBumpCommit(9), false, "all that was sent is known to be committed");
    progress.becomeProbe();
    progress.becomeReplicate();
    progress.sentEntries(3, 3);
    assert.equal(progress.canBumpCommit(9), true);
  });
});
