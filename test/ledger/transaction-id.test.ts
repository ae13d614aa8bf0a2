import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { fromHex, toHex } from "../../ledger/bytes.ts";
import { TIMESTAMP_MS_MAX } from "../../ledger/limits.ts";
import { isTransactionId, makeTransactionId, type Validity } from "../../ledger/transaction-id.ts";

const RANDOM = fromHex("ff".repeat(16));

describe("transaction id", () => {
  it("is the UUID of RFC 9562 appendix A.6 for its time and random bits", () => {
    const random = fromHex("0000000000000cc318c4dc0c0c07398f");
    const id = makeTransactionId("organisation", 0x01_7f_22_e2_79_b0, random);
    assert.equal(toHex(id), "017f22e279b07cc398c4dc0c0c07398f");
  });

  it("takes 16 random bytes and leaves them as they are", () => {
    assert.throws(() => makeTransactionId("card", 0, new Uint8Array(15)), RangeError);
    makeTransactionId("card", 1, RANDOM);
    assert.equal(toHex(RANDOM), "ff".repeat(16));
  });

  it("belongs to one time and one kind of transaction", () => {
    const validity = fc.constantFrom<Validity>("card", "organisation");
    const time = fc.integer({ min: 0, max: TIMESTAMP_MS_MAX });
    const random = fc.uint8Array({ minLength: 16, maxLength: 16 });
    const kind = fc.tuple(validity, time);
    fc.assert(
      fc.property(kind, kind, random, (made, asked, bits) => {
        const id = makeTransactionId(...made, bits);
        assert.equal(isTransactionId(id, ...made), true);
        const isSame = made[0] === asked[0] && made[1] === asked[1];
        assert.equal(isTransactionId(id, ...asked), isSame);
      }),
    );
  });

  it("every bit but the random ones counts", () => {
    const id = makeTransactionId("card", 1_761_955_200_000, RANDOM);
    for (let bit = 0; bit < 128; bit++) {
      const flipped = id.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7));
      const isRandom = (bit >= 52 && bit < 64) || bit >= 66;
      assert.equal(isTransactionId(flipped, "card", 1_761_955_200_000), isRandom, `bit ${bit}`);
    }
  });
});
