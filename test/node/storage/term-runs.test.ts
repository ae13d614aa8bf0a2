import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { TermRuns } from "../../../node/storage/term-runs.ts";

const terms = fc
  .array(fc.nat({ max: 3 }), { maxLength: 60 })
  .map((steps) =>
    steps.map((_, i) => 1 + steps.slice(0, i + 1).reduce((sum, step) => sum + step, 0)),
  );

describe("runs of terms", () => {
  it("answer as the log would, found by bisection or put one by one", () => {
    fc.assert(
      fc.property(terms, (log) => {
        const found = TermRuns.of(log.length, (index) => log[index - 1] ?? Number.NaN);
        const put = new TermRuns();
        for (const [i, term] of log.entries()) put.put(i + 1, term);
        for (const runs of [found, put]) {
          assert.deepEqual(
            log.map((_, i) => runs.at(i + 1)),
            log,
          );
          assert.equal(runs.at(0), undefined);
        }
      }),
    );
  });

  it("say where the terms between two others begin", () => {
    const of = [1, 1, 2, 4, 4, 7];
    const runs = TermRuns.of(of.length, (index) => of[index - 1] ?? 0);
    assert.deepEqual(runs.firstsBetween(1, 7), [3, 4]);
    assert.deepEqual(runs.firstsBetween(0, 2), [1]);
    assert.deepEqual(runs.firstsBetween(4, 7), []);
  });

  it("forget what an entry replaces", () => {
    const runs = new TermRuns();
    for (const [i, term] of [1, 1, 2, 3, 3].entries()) runs.put(i + 1, term);
    runs.put(3, 5);
    assert.deepEqual(
      [1, 2, 3].map((index) => runs.at(index)),
      [1, 1, 5],
    );
    runs.put(2, 5);
    assert.deepEqual(
      [1, 2].map((index) => runs.at(index)),
      [1, 5],
    );
  });

  it("reads few entries of a long log", () => {
    let reads = 0;
    const runs = TermRuns.of(1_000_000, (index) => {
      reads += 1;
      return index < 700_000 ? 1 : 9;
    });
    assert.equal(runs.at(699_999), 1);
    assert.equal(runs.at(700_000), 9);
    assert.ok(reads < 100, `${reads} reads`);
  });
});
