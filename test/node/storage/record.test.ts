import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { openRecord, StorageError, sealRecord } from "../../../node/storage/record.ts";

const DAMAGED = { name: "StorageError", code: "RECORD_DAMAGED" };

describe("records", () => {
  it("give back what was sealed", () => {
    fc.assert(
      fc.property(fc.string(), fc.uint8Array(), (key, payload) => {
        assert.deepEqual(openRecord(key, sealRecord(key, payload)), payload);
      }),
    );
  });

  it("notice every changed bit, a lost end and another key", () => {
    const record = sealRecord("b/1", Uint8Array.of(1, 2, 3));
    for (let bit = 0; bit < record.length * 8; bit++) {
      const damaged = record.slice();
      const at = Math.floor(bit / 8);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (bit % 8));
      assert.throws(() => openRecord("b/1", damaged), DAMAGED);
    }
    for (let size = 0; size < record.length; size++) {
      assert.throws(() => openRecord("b/1", record.subarray(0, size)), DAMAGED);
    }
    assert.throws(() => openRecord("b/2", record), DAMAGED);
  });

  it("say in one sentence what to do about a loss", () => {
    const { message } = StorageError.lost("RECORD_MISSING", "block 7 is not there");
    assert.match(message, /^RECORD_MISSING: block 7 is not there: restore .* or .* new key$/);
  });
});
