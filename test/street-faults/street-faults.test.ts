import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { BUGS } from "./faulty-street.ts";
import { runOne } from "./run-one.ts";

const SEEDS = [1, 2, 3, 4];
/** Runs until a mistake must have shown. */
const TRIES = 40;

describe("transfers to a street whose system errs", function () {
  this.timeout(300_000);

  it("lose no point and make none, whatever goes wrong and whenever the desk is killed", async () => {
    let asked = 0;
    let acknowledged = 0;
    for (const seed of SEEDS) {
      const counts = await runOne(seed);
      asked += counts.asked;
      acknowledged += counts.acknowledged;
      assert.ok(counts.faults > 0, `seed ${seed}: nothing went wrong`);
    }
    assert.ok(acknowledged > 0 && acknowledged < asked, `${acknowledged} of ${asked}`);
  });

  for (const bug of BUGS) {
    it(`are found wrong when the street's system ${bug}`, async () => {
      for (let seed = 1; seed <= TRIES; seed += 1) {
        const found = await runOne(seed, bug).catch((error: unknown) => error);
        if (found instanceof assert.AssertionError) return;
        if (found instanceof Error) throw found;
      }
      assert.fail(`${TRIES} runs do not show it`);
    });
  }
});
