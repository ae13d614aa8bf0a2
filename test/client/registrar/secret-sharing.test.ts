import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, it } from "mocha";
import { joinShares, splitSecret } from "../../../client/registrar/secret-sharing.ts";

const secret = new Uint8Array(randomBytes(32));

describe("a secret in shares", () => {
  it("comes back from any of them that are enough, in any order", () => {
    const sizes = fc
      .tuple(fc.integer({ min: 2, max: 8 }), fc.integer({ min: 0, max: 6 }))
      .map(([threshold, more]) => ({ threshold, shares: threshold + more }));
    fc.assert(
      fc.property(
        sizes,
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        fc.infiniteStream(fc.nat()),
        (size, bytes, dice) => {
          const shares = [...splitSecret(bytes, size.threshold, size.shares)];
          const chosen = shares
            .map((share) => ({ share, order: dice.next().value }))
            .sort((a, b) => a.order - b.order)
            .slice(0, size.threshold)
            .map(({ share }) => share);
          assert.deepEqual(joinShares(chosen), bytes);
          assert.deepEqual(joinShares(shares), bytes);
        },
      ),
    );
  });

  it("does not come back from fewer", () => {
    const shares = splitSecret(secret, 3, 5);
    assert.notDeepEqual(joinShares(shares.slice(0, 2)), secret);
    for (const { values } of shares) assert.notDeepEqual(values, secret);
  });

  it("is any byte, for whoever has one share less: each is as likely as the others", () => {
    // Two shares of three, threshold 3, one byte: over all third values the joined byte takes every value once.
    const [a, b] = splitSecret(Uint8Array.of(7), 3, 3);
    assert.ok(a && b);
    const seen = new Set<number | undefined>();
    for (let value = 0; value < 256; value++) {
      seen.add(joinShares([a, b, { x: 3, values: Uint8Array.of(value) }])[0]);
    }
    assert.equal(seen.size, 256);
  });

  it("knows a known answer of the field of AES", () => {
    // f(z) = 0x57 + 0x83 z: f(1) = 0xd4, f(0x13) = 0x57 + 0x83·0x13 = 0x57 + 0x0a... by FIPS 197's multiplication.
    const shares = [
      { x: 1, values: Uint8Array.of(0x57 ^ 0x83) },
      { x: 2, values: Uint8Array.of(0x57 ^ 0x1d) }, // {83}·{02} = {1d}
    ];
    assert.deepEqual(joinShares(shares), Uint8Array.of(0x57));
  });

  it("is neither split nor joined in a way that makes no sense", () => {
    for (const [threshold, shares] of [
      [1, 3],
      [4, 3],
      [2, 256],
      [2.5, 3],
    ] as const) {
      assert.throws(() => splitSecret(secret, threshold, shares), RangeError);
    }
    const [a, b] = splitSecret(secret, 2, 2);
    assert.ok(a && b);
    const short = { x: b.x, values: b.values.subarray(1) };
    for (const wrong of [[], [a, a], [a, short], [a, { ...b, x: 0 }]]) {
      assert.throws(() => joinShares(wrong), RangeError);
    }
  });
});
