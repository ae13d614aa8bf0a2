import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { issuerShareBp, partsOfCost } from "../../../contracts/campaigns/cost-share.ts";

const shares = (...bps: readonly number[]) =>
  bps.map((shareBp, i) => ({ funder: String(i), shareBp }));
const amounts = (costYen: number, ...bps: readonly number[]) =>
  partsOfCost(costYen, shares(...bps)).map(({ amountYen }) => amountYen);

describe("the parts of a campaign's cost", () => {
  it("are rounded by largest remainder, the issuer before others", () => {
    // 333.33 each: one yen is left, and the issuer's remainder (3,334 bp) is the largest.
    assert.deepEqual(amounts(1000, 3333, 3333), [333, 333]);
    assert.deepEqual(amounts(1001, 3333, 3333), [334, 333]);
    assert.deepEqual(amounts(1, 5000), [0]);
    assert.deepEqual(amounts(1, 5001), [1]);
    assert.deepEqual(amounts(0, 5000), [0]);
  });

  it("come to the cost with the issuer's, each within a yen of its share", () => {
    const bps = fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999_999 }), bps, (costYen, drawn) => {
        const agreed = shares(
          ...drawn.filter((_, i) => issuerShareBp(shares(...drawn.slice(0, i + 1))) >= 0),
        );
        fc.pre(issuerShareBp(agreed) >= 0);
        const parts = partsOfCost(costYen, agreed);
        const issuersYen = parts.reduce((leftYen, { amountYen }) => leftYen - amountYen, costYen);
        const exact = (bp: number) => (costYen * bp) / 10_000;
        assert.ok(Math.abs(issuersYen - exact(issuerShareBp(agreed))) < 1);
        for (const [i, { amountYen }] of parts.entries()) {
          assert.ok(Math.abs(amountYen - exact(agreed[i]?.shareBp ?? 0)) < 1);
        }
      }),
    );
  });
});
