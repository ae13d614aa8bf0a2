import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { BasicStatus } from "../../../consensus/status.ts";
import { LeaderWatch } from "../../../node/driver/leader-watch.ts";

const FOLLOWER: Pick<BasicStatus, "state" | "lead" | "term"> = {
  state: "StateFollower",
  lead: 2,
  term: 5,
};

/** A node whose core and lines are this test's. */
function watching(self: number, voters: readonly number[] = [1, 2, 3]) {
  let status = { ...FOLLOWER };
  let connected = new Set(voters);
  const done: string[] = [];
  const nothing = { commit: 0, vote: 0, applied: 0, lastIndex: 0, transferee: 0 };
  const watch = new LeaderWatch({
    self,
    status: () => ({ ...nothing, ...status, id: self }),
    connected: () => connected,
    voters: () => voters,
    forgetLeader: () => {
      done.push("forgets");
      status = { ...status, lead: 0 };
    },
    campaign: () => {
      done.push("campaigns");
      status = { ...status, state: "StatePreCandidate" };
    },
  });
  return {
    loses: (member: number) => {
      connected = new Set([...connected].filter((number) => number !== member));
    },
    finds: (member: number) => connected.add(member),
    becomes: (change: Partial<typeof FOLLOWER>) => {
      status = { ...status, ...change };
    },
    /** What it did, after so many ticks: `3 forgets`. */
    after: (ticks: number) => {
      const story: string[] = [];
      for (let tick = 1; tick <= ticks; tick++) {
        watch.tick();
        for (const what of done.splice(0)) story.push(`${tick} ${what}`);
      }
      return story;
    },
  };
}

describe("a node's watch over the leader", () => {
  it("does nothing while the leader is in reach, whoever else is not", () => {
    const node = watching(3);
    node.loses(1);
    assert.deepEqual(node.after(100), []);
  });

  it("forgets a leader whose line stays broken, and campaigns in its turn, once", () => {
    const first = watching(3);
    first.loses(2);
    assert.deepEqual(first.after(100), ["2 forgets", "4 campaigns"]);
    const second = watching(1);
    second.loses(2);
    assert.deepEqual(second.after(100), ["2 forgets", "6 campaigns"]);
  });

  it("never campaigns without a vote", () => {
    const learner = watching(4);
    learner.loses(2);
    assert.deepEqual(learner.after(100), ["2 forgets"]);
  });

  it("takes the leader back when the line is whole again", () => {
    const node = watching(3);
    node.loses(2);
    node.after(3);
    node.finds(2);
    assert.deepEqual(node.after(100), []);
  });

  it("follows another leader that came meanwhile", () => {
    const node = watching(3);
    node.loses(2);
    node.after(3);
    node.becomes({ lead: 1, term: 6 });
    assert.deepEqual(node.after(100), []);
  });

  it("leaves the next term to whoever began it", () => {
    const node = watching(3);
    node.loses(2);
    node.after(3);
    node.becomes({ lead: 0, term: 6 });
    assert.deepEqual(node.after(100), []);
  });

  it("leaves a leader alone that is itself, and an election that is on", () => {
    for (const state of ["StateLeader", "StateCandidate"] as const) {
      const node = watching(3);
      node.loses(2);
      node.becomes({ state, lead: state === "StateLeader" ? 3 : 0, term: 6 });
      assert.deepEqual(node.after(100), []);
    }
  });
});
