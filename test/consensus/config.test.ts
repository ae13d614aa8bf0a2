import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type Config, resolveConfig } from "../../consensus/config.ts";
import { MemoryStorage } from "../../consensus/memory-storage.ts";
import { seededRandom } from "../../consensus/random.ts";

const config: Config = {
  id: 1,
  storage: new MemoryStorage(),
  random: seededRandom(1),
  electionTicks: 10,
  heartbeatTicks: 1,
};

describe("config", () => {
  it("is safe by default", () => {
    const {
      checkQuorum,
      preVote,
      stepDownOnRemoval,
      leaseBasedReads,
      disableConfChangeValidation,
    } = resolveConfig(config);
    assert.deepEqual([checkQuorum, preVote, stepDownOnRemoval], [true, true, true]);
    assert.deepEqual([leaseBasedReads, disableConfChangeValidation], [false, false]);
  });

  const wrong: readonly { readonly id: string; readonly change: Partial<Config> }[] = [
    { id: "node 0", change: { id: 0 } },
    { id: "half a node", change: { id: 1.5 } },
    { id: "heartbeats as rare as elections", change: { heartbeatTicks: 10 } },
    { id: "no heartbeats", change: { heartbeatTicks: 0 } },
    { id: "messages of no bytes", change: { maxMessageBytes: 0 } },
    { id: "application of no bytes", change: { maxApplyingBytes: 0 } },
    { id: "no messages under way", change: { maxInflightMessages: 0 } },
    { id: "a window smaller than a message", change: { maxMessageBytes: 10, maxInflightBytes: 9 } },
    { id: "a lease that nobody grants", change: { leaseBasedReads: true, checkQuorum: false } },
  ];
  for (const { id, change } of wrong) {
    it(`refuses ${id}`, () => {
      assert.throws(() => resolveConfig({ ...config, ...change }), RangeError);
    });
  }
});
