import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Config } from "../../consensus/config.ts";
import { Walk } from "./support/walk.ts";

const SEEDS = 40;
const STEPS = 3000;

const CONFIGS: readonly { readonly id: string; readonly config: Partial<Config> }[] = [
  { id: "plain", config: { preVote: false, checkQuorum: false } },
  { id: "pre-vote and check quorum", config: {} },
  { id: "commit barrier", config: { commitBarrier: true } },
  { id: "leaders that stay", config: { stepDownOnRemoval: false, preVote: false } },
];

type Happened = Walk["happened"];

describe("random walks keep the invariants of Raft", () => {
  for (const { id, config } of CONFIGS) {
    it(id, () => {
      const walks = Array.from({ length: SEEDS }, (_each, position) => walk(position + 1, config));
      for (const key of ["applied", "reads", "crashes", "snapshots", "changes"] as const) {
        const total = walks.reduce((sum, happened) => sum + happened[key], 0);
        assert.ok(total > SEEDS, `${key}: ${total}`);
      }
    });
  }
});

/** Walks, and answers how much happened on the way. */
function walk(seed: number, config: Partial<Config>): Happened {
  const group = new Walk({ seed, config });
  try {
    for (let step = 0; step < STEPS; step += 1) group.step();
    group.settle();
  } catch (error) {
    throw new Error(`seed ${seed}`, { cause: error });
  }
  return group.happened;
}
