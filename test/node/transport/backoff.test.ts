import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { backoffMs, DEFAULT_BACKOFF } from "../../../node/transport/backoff.ts";

describe("back-off", () => {
  it("doubles from the first wait and stops at the longest", () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => backoffMs(DEFAULT_BACKOFF, n, () => 0));
    assert.deepEqual(waits, [100, 200, 400, 800, 1600, 3200, 5000, 5000]);
  });

  it("is shortened by chance, by up to a half", () => {
    assert.equal(
      backoffMs(DEFAULT_BACKOFF, 1, () => 0.5),
      75,
    );
    assert(backoffMs(DEFAULT_BACKOFF, 1, () => 0.999_999) >= 50);
  });

  it("stays at the longest however often it failed", () => {
    assert.equal(
      backoffMs(DEFAULT_BACKOFF, 1e9, () => 0),
      DEFAULT_BACKOFF.maxMs,
    );
  });
});
