import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { findSaturation } from "../../bench/saturation.ts";

/** A network that sustains that rate and no more; the numbered measurements are spoilt. */
function network(capacityPerS: number, spoilt: readonly number[] = []) {
  let measurement = 0;
  return async (offeredPerS: number) => {
    measurement += 1;
    return {
      offeredPerS,
      isSustained: offeredPerS <= capacityPerS && !spoilt.includes(measurement),
    };
  };
}

describe("the search for saturation", () => {
  for (const capacityPerS of [7, 60, 100, 101, 900, 5000]) {
    it(`comes within an eighth of ${capacityPerS}/s`, async () => {
      const { best } = await findSaturation(100, network(capacityPerS));
      assert.ok(best.offeredPerS <= capacityPerS && best.offeredPerS > capacityPerS / 1.27);
    });
  }

  it("tries a rate that failed once more", async () => {
    const { best, steps } = await findSaturation(100, network(900, [2, 4]));
    assert.ok(best.offeredPerS > 700);
    assert.equal(steps[1]?.offeredPerS, steps[2]?.offeredPerS);
  });

  it("fails when nothing is sustained", async () => {
    await assert.rejects(findSaturation(100, network(0)), /no rate/);
  });
});
