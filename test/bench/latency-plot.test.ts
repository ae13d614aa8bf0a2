import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { latencyPlot } from "../../bench/latency-plot.ts";

const step = (offeredPerS: number, p50: number, isSustained: boolean) => ({
  offeredPerS,
  latencyMs: { p50, p95: 2 * p50, p99: 4 * p50, p100: 5 * p50 },
  isSustained,
});

describe("the plot", () => {
  it("has a point for each step and line, in the order of load, hollow when not sustained", () => {
    const svg = latencyPlot([step(200, 50, false), step(100, 5, true)]);
    const points = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)" r="3.5" fill="(#\w+)"/g)];
    assert.deepEqual(
      points.map(([, x, , fill]) => [Number(x), fill]),
      [
        [345, "#1f6feb"],
        [620, "#fff"],
        [345, "#cf222e"],
        [620, "#fff"],
      ],
    );
    const [slow, fast] = [points[3]?.[2], points[0]?.[2]];
    assert.ok(Number(slow) < Number(fast), "more latency is higher up");
  });
});
