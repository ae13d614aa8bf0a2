import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Lot } from "../../../contracts/points/lots.ts";
import { creditTill } from "../../../contracts/spending/till.ts";

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
      { fiscalYear: 2026, issuer: "072028", pointType: "sports", balancePt: 4 },
      { fiscalYear: 2026, issuer: "131164", pointType: "culture", balancePt: 2 },
      { fiscalYear: 2026, issuer: "131164", pointType: "health", balancePt: 9 },
      { fiscalYear: 2026, issuer: "131164", pointType: "sports", balancePt: 16 },
    ];
    assert.deepEqual(creditTill([], uses, 2026), expected);
    assert.deepEqual(creditTill([], uses.toReversed(), 2026), expected);
    assert.deepEqual(
      creditTill(creditTill([], uses.slice(0, 2), 2026), uses.slice(2), 2026),
      expected,
    );
  });

  it("keeps what was taken in one fiscal year apart from the next", () => {
    const march = creditTill([], [use("131164", "health", 1)], 2026);
    assert.deepEqual(creditTill(march, [use("072028", "health", 2)], 2027), [
      { fiscalYear: 2026, issuer: "131164", pointType: "health", balancePt: 1 },
      { fiscalYear: 2027, issuer: "072028", pointType: "health", balancePt: 2 },
    ]);
  });

  it("leaves the till before as it was", () => {
    const before = creditTill([], [use("131164", "health", 1)], 2026);
    creditTill(before, [use("131164", "health", 1), use("131164", "culture", 1)], 2026);
    assert.deepEqual(before, [
      { fiscalYear: 2026, issuer: "131164", pointType: "health", balancePt: 1 },
    ]);
  });
});
