import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Lot } from "../../contracts/lots.ts";
import { creditTill } from "../../contracts/till.ts";

function use(issuer: string, pointType: string, usedPt: number) {
  const lot: Lot = {
    number: 1,
    issuer,
    pointType,
    category: "OTHER",
    amountPt: 100,
    remainingPt: 100,
    issuedOn: "2026-11-01",
    expiresOn: null,
    origin: "GRANT",
    consideration: "NONE",
    restrictedTo: [],
    perUseCapPt: 100,
  };
  return { lot, usedPt };
}

describe("creditTill", () => {
  it("keeps one balance for each type, in order, whatever comes first", () => {
    const uses = [
      use("131164", "health", 1),
      use("131164", "culture", 2),
      use("072028", "sports", 4),
      use("131164", "health", 8),
      use("131164", "sports", 16),
    ];
    const expected = [
      { issuer: "072028", pointType: "sports", balancePt: 4 },
      { issuer: "131164", pointType: "culture", balancePt: 2 },
      { issuer: "131164", pointType: "health", balancePt: 9 },
      { issuer: "131164", pointType: "sports", balancePt: 16 },
    ];
    assert.deepEqual(creditTill([], uses), expected);
    assert.deepEqual(creditTill([], uses.toReversed()), expected);
    assert.deepEqual(creditTill(creditTill([], uses.slice(0, 2)), uses.slice(2)), expected);
  });

  it("leaves the till before as it was", () => {
    const before = creditTill([], [use("131164", "health", 1)]);
    creditTill(before, [use("131164", "health", 1), use("131164", "culture", 1)]);
    assert.deepEqual(before, [{ issuer: "131164", pointType: "health", balancePt: 1 }]);
  });
});
