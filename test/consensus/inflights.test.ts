import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { InvariantError } from "../../consensus/assert.ts";
import { Inflights } from "../../consensus/inflights.ts";
import { NO_LIMIT } from "../../consensus/types.ts";

describe("inflights", () => {
  it("is full at the limit of messages", () => {
    const inflights = new Inflights(2, NO_LIMIT);
    inflights.add(1, 0);
    assert.equal(inflights.full, false);
    inflights.add(2, 0);
    assert.equal(inflights.full, true);
  });

  it("lets the message pass that crosses the limit of bytes, and no other", () => {
    const inflights = new Inflights(10, 100);
    inflights.add(1, 99);
    assert.equal(inflights.full, false);
    inflights.add(2, 50);
    assert.equal(inflights.full, true);
  });

  it("takes no message while it is full", () => {
    const inflights = new Inflights(1, NO_LIMIT);
    inflights.add(1, 0);
    assert.throws(() => inflights.add(2, 0), InvariantError);
  });

  it("takes no message that ends before an earlier one", () => {
    const inflights = new Inflights(10, NO_LIMIT);
    inflights.add(5, 0);
    assert.throws(() => inflights.add(5, 0), InvariantError);
  });

  it("frees what an acknowledgement covers, and nothing else", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
        fc.nat(60),
        (unsorted, acknowledged) => {
          const indexes = unsorted.sort((a, b) => a - b);
          const inflights = new Inflights(100, NO_LIMIT);
          for (const index of indexes) inflights.add(index, index);
          inflights.freeTo(acknowledged);
          const left = indexes.filter((index) => index > acknowledged);
          assert.equal(inflights.count, left.length);
          assert.equal(
            inflights.bytes,
            left.reduce((sum, index) => sum + index, 0),
          );
        },
      ),
    );
  });

  it("is empty after a reset", () => {
    const inflights = new Inflights(1, 10);
    inflights.add(7, 20);
    inflights.reset();
    assert.deepEqual([inflights.count, inflights.bytes, inflights.full], [0, 0, false]);
  });
});
