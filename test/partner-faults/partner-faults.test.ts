import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { BUGS, runOne } from "./run-one.ts";

/** A slice of `npm run partner-faults`. */
const SEEDS = Array.from({ length: 8 }, (_, i) => i + 1);
/** Runs until a mistake must have shown. */
const TRIES = 30;

describe("conversions with a company that errs", function () {
  this.timeout(180_000);

  it("lose no unit and make no point, whatever goes wrong and whenever the power goes", async () => {
    let confirmed = 0;
    let asked = 0;
    for (const seed of SEEDS) {
      const counts = await runOne(seed);
      confirmed += counts.confirmed;
      asked += counts.asked;
      assert.ok(counts.faults > 0, `seed ${seed}: nothing went wrong`);
    }
    assert.ok(confirmed > 0 && confirmed < asked, `${confirmed} of ${asked}`);
  });

  for (const bug of BUGS) {
    it(`are found wrong when the company's system ${bug}`, async () => {
      for (let seed = 1; seed <= TRIES; seed += 1) {
        const found = await runOne(seed, bug).catch((error: unknown) => error);
        if (found instanceof assert.AssertionError) return;
        if (found instanceof Error) throw found;
      }
      assert.fail(`${TRIES} runs do not show it`);
    });
  }
});
