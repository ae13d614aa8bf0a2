import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { SIGNATURE_ALGORITHMS } from "../../../ledger/signature.ts";
import { packSigned, unpackSigned } from "../../../node/verification/signature-batch.ts";

describe("a batch of signatures", () => {
  it("comes back as it was packed, whatever the sizes", () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    const signed = fc
      .tuple(fc.constantFrom(...SIGNATURE_ALGORITHMS), bytes, bytes, bytes)
      .map(([algorithm, publicKey, message, signature]) => ({
        algorithm,
        publicKey,
        message,
        signature,
      }));
    fc.assert(
      fc.property(fc.array(signed, { maxLength: 20 }), (batch) => {
        assert.deepEqual([...unpackSigned(packSigned(batch))], batch);
      }),
    );
  });

  it("of an unknown algorithm is refused", () => {
    assert.throws(() => [...unpackSigned(new Uint8Array(13).fill(9))], RangeError);
  });
});
