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
  for (const capacityPerS of [60, 80, 90, 100, 101, 130]) {
    it(`comes within a tenth of ${capacityPerS}/s`, async () => {
      const { best } = await findSaturation(100, network(capacityPerS));
      assert.ok(best.offeredPerS <= capacityPerS && best.offeredPerS > capacityPerS / 1.13);
    });
  }

  it("takes no step that tells nothing new", async () => {
    const { steps } = await findSaturation(100, network(100));
    assert.deepEqual(
      steps.map(({ offeredPerS }) => offeredPerS),
      [90, 99, 109, 109],
    );
  });

  it("tries a rate that failed once more", async () => {
    const { best, steps } = await findSaturation(100, network(130, [2, 4]));
    assert.ok(best.offeredPerS > 115);
    assert.equal(steps[1]?.offeredPerS, steps[2]?.offeredPerS);
  });

  it("fails when nothing is sustained", async () => {
    await assert.rejects(findSaturation(100, network(0)), /no rate/);
  });
});
