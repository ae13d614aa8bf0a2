import assert from "node:assert/strict";
import { sha256 as portableSha256 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { describe, it } from "mocha";
import { nativeSha256 } from "../../../ledger/native/sha256.ts";

describe("native SHA-256", () => {
  it("equals the portable one", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        assert.deepEqual(nativeSha256(bytes), portableSha256(bytes));
      }),
    );
  });

  it("hashes a part of a larger buffer, and only that part", () => {
    const whole = Uint8Array.from({ length: 100 }, (_, i) => i);
    assert.deepEqual(nativeSha256(whole.subarray(7, 64)), portableSha256(whole.slice(7, 64)));
  });
});
