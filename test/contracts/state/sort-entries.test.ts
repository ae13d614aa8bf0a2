import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { sortEntries } from "../../../contracts/state/sort-entries.ts";
import { compareBytes, concatBytes, toHex } from "../../../ledger/bytes.ts";

/** Key hashes that differ in few places, so that the first bytes often decide nothing. */
const keyHash = fc
  .tuple(fc.constantFrom(0, 255), fc.constantFrom(0, 1), fc.nat(3), fc.nat(3))
  .map(([first, third, fifth, last]) => {
    const bytes = new Uint8Array(32);
    bytes.set([first, 7, third, 7, fifth]);
    bytes[31] = last;
    return bytes;
  });

describe("sortEntries", () => {
  it("sorts by the whole key hash, and each value goes with its key", () => {
    const keys = fc.uniqueArray(keyHash, { selector: toHex, maxLength: 40 });
    fc.assert(
      fc.property(keys, (keyHashes) => {
        const entries = keyHashes.map((key) => concatBytes(key, key.toReversed()));
        const sorted = [...entries].sort(compareBytes);
        assert.deepEqual(sortEntries(concatBytes(...entries)), concatBytes(...sorted));
      }),
    );
  });

  it("refuses a key twice, wherever the two stand", () => {
    const keys = fc.uniqueArray(keyHash, { selector: toHex, minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(keys, fc.nat(), fc.nat(), (keyHashes, which, where) => {
        const repeated = keyHashes[which % keyHashes.length] ?? new Uint8Array(32);
        const withRepeat = keyHashes.toSpliced(where % (keyHashes.length + 1), 0, repeated);
        const entries = withRepeat.map((key, i) => concatBytes(key, new Uint8Array(32).fill(i)));
        assert.throws(() => sortEntries(concatBytes(...entries)), RangeError);
      }),
    );
  });
});
