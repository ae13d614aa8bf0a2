import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type SimulationResult, simulate } from "../simulation/simulation.ts";

/** A slice of `npm run simulate`; the first seeds, so that a failure here is a failure there. */
const SEEDS = 20;

describe("simulated networks keep the ledger's promises", function () {
  this.timeout(120_000);
  const results: SimulationResult[] = [];

  for (let seed = 1; seed <= SEEDS; seed++) {
    it(`seed ${seed}`, async () => {
      const result = await simulate(seed);
      results.push(result);
      const { failure } = result;
      if (failure === null) return;
      const replay = `replay: npm run simulate -- --seed ${seed} --trace`;
      throw new Error([...failure.story, replay].join("\n"), { cause: failure.error });
    });
  }

  it("though much went wrong: a run in which nothing does proves nothing", () => {
    for (const kind of [
      ...[
        "killed",
        "power-failure",
        "pause",
        "partition",
        "one-way cut",
        "misjudgement",
        "DiskFailure",
      ],
      ...["OK", "BALANCE_INSUFFICIENT", "EXPIRED", "DUPLICATE_ID"],
      ...["ADMIT", "PROMOTE", "DEMOTE", "RETIRE", "REPLACE", "KEY_ROTATE"].map(
        (type) => `NODE_${type} accepted`,
      ),
      ...["other key", "lost disk", "forgotten"],
    ]) {
      const times = results.reduce((sum, { happened }) => sum + (happened[kind] ?? 0), 0);
      assert.ok(times > 0, kind);
    }
  });

  it("the same seed twice is the same run, to the byte", async () => {
    const [first] = results;
    assert.deepEqual(await simulate(1), first);
  });
});
