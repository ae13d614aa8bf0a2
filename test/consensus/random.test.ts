import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { seededRandom } from "../../consensus/random.ts";

function draw(seed: number, limit: number, count: number): readonly number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => random(limit));
}

describe("random", () => {
  it("gives the same sequence for the same seed, on every machine", () => {
    assert.deepEqual(draw(42, 1000, 5), draw(42, 1000, 5));
    assert.notDeepEqual(draw(42, 1000, 5), draw(43, 1000, 5));
    assert.deepEqual(draw(1, 2 ** 32, 3), [2_527_132_011, 314_344_336, 2_535_364_964]);
  });

  it("stays below its limit", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 2 ** 32 }), (seed, limit) =>
        draw(seed, limit, 20).every((n) => Number.isInteger(n) && n >= 0 && n < limit),
      ),
    );
  });

  it("favours no number", () => {
    const counts = new Array<number>(10).fill(0);
    for (const drawn of draw(7, 10, 100_000)) counts[drawn] = (counts[drawn] ?? 0) + 1;
    // Ten thousand each are expected; the deviation is ninety-five, so this allows for five.
    for (const count of counts) assert.ok(Math.abs(count - 10_000) < 500, String(count));
  });

  it("takes no limit that it cannot keep", () => {
    for (const limit of [0, -1, 1.5, Number.NaN, 2 ** 33]) {
      assert.throws(() => seededRandom(1)(limit), RangeError);
    }
  });
});
