import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { percentilesOf } from "../../client/percentiles.ts";

describe("percentiles", () => {
  it("are nearest ranks", () => {
    const values = Array.from({ length: 200 }, (_, i) => 200 - i);
    assert.deepEqual(percentilesOf(values), { p50: 100, p95: 190, p99: 198, p100: 200 });
  });

  it("are values that were measured, in order", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true }), { minLength: 1 }), (values) => {
        const { p50, p95, p99, p100 } = percentilesOf(values);
        for (const value of [p50, p95, p99, p100]) assert.ok(values.includes(value));
        assert.ok(p50 <= p95 && p95 <= p99 && p99 <= p100);
      }),
    );
  });

  it("of nothing are none", () => {
    assert.throws(() => percentilesOf([]), RangeError);
  });
});
