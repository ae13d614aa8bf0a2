import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { type LoopTimes, Rest } from "../../../node/driver/rest.ts";

describe("a leader's rest between two blocks", () => {
  let times: LoopTimes = { activeMs: 0, idleMs: 0 };
  const rest = new Rest(() => times);

  /** What is left when a block was begun and the loop has since worked and waited so long, ms. */
  function leftAfter(activeMs: number, idleMs: number): number {
    times = { activeMs: 1_000_000, idleMs: 5_000_000 };
    rest.begin();
    times = { activeMs: times.activeMs + activeMs, idleMs: times.idleMs + idleMs };
    return rest.leftMs;
  }

  it("is over when the loop was idle for half of the time", () => {
    assert.equal(leftAfter(12, 0), 12);
    assert.equal(leftAfter(12, 5), 7);
    assert.equal(leftAfter(12, 12), 0);
  });

  it("is none where the block waited for a disk or for others", () => {
    assert.equal(leftAfter(3, 40), 0);
  });

  it("ends a tenth of a second after the block was begun, however busy the loop is", () => {
    assert.equal(leftAfter(90, 2), 8);
    assert.equal(leftAfter(100, 0), 0);
    const long = fc.double({ min: 0, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(long, long, (activeMs, idleMs) => {
        const leftMs = leftAfter(activeMs, idleMs);
        assert.ok(leftMs === 0 || activeMs + idleMs + leftMs <= 101);
        assert.ok(
          Number.isInteger(leftMs),
          "a timer of a part of a millisecond may end at once, for ever",
        );
      }),
    );
  });
});
