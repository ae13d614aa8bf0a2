import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Custody } from "../../../client/registrar/custody.ts";
import { openCustody, sealCustody } from "../../../client/registrar/sealed-custody.ts";
import type { SecretShare } from "../../../client/registrar/secret-sharing.ts";

const custody = new Custody();
const pseudonym = (of: Custody) => of.derive("wallet-handle", "131164");
const mismatch = { code: "SHARES_MISMATCH" };

/** Some of the shares, by their places. */
function some(shares: readonly SecretShare[], ...places: readonly number[]): SecretShare[] {
  return shares.filter((_, i) => places.includes(i));
}

describe("a sealed custody", () => {
  it("opens with as many shares as are enough, and gives the same pseudonyms", () => {
    const { sealed, shares } = sealCustody(custody, 2, 3);
    for (const pair of [some(shares, 0, 1), some(shares, 0, 2), some(shares, 1, 2), shares]) {
      assert.deepEqual(pseudonym(openCustody(sealed, pair)), pseudonym(custody));
    }
  });

  it("says so when the shares are too few, altered, none, or one twice", () => {
    const { sealed, shares } = sealCustody(custody, 3, 4);
    const [first] = shares;
    assert.ok(first);
    const altered = { x: first.x, values: first.values.map((byte) => byte ^ 1) };
    const wrong = [some(shares, 0, 1), [altered, ...some(shares, 1, 2)], [], [first, first, first]];
    for (const given of wrong) assert.throws(() => openCustody(sealed, given), mismatch);
  });

  it("given out anew, is opened by the new shares alone, and stays the same custody", () => {
    const before = sealCustody(custody, 2, 3);
    const after = sealCustody(custody, 2, 3);
    assert.throws(() => openCustody(after.sealed, before.shares), mismatch);
    const [old] = before.shares;
    const mixed = [...some(after.shares, 1), ...(old ? [old] : [])];
    assert.throws(() => openCustody(after.sealed, mixed), mismatch);
    assert.deepEqual(pseudonym(openCustody(after.sealed, after.shares)), pseudonym(custody));
  });

  it("a share that the next holder got is nothing without the file, nor a file that was altered", () => {
    const { sealed, shares } = sealCustody(custody, 2, 2);
    for (const at of [0, 12, 59]) {
      const altered = sealed.slice();
      altered[at] = (altered[at] ?? 0) ^ 1;
      assert.throws(() => openCustody(altered, shares), mismatch);
    }
    assert.throws(() => openCustody(sealed.subarray(1), shares), mismatch);
  });
});
