import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { addPt } from "../../../contracts/points/accounts.ts";
import { assertSide, Sums } from "../../../contracts/points/double-entry.ts";

describe("sums of points", () => {
  it("are exact or refused", () => {
    assert.equal(addPt(Number.MAX_SAFE_INTEGER, -1), Number.MAX_SAFE_INTEGER - 1);
    assert.throws(() => addPt(Number.MAX_SAFE_INTEGER, 1), RangeError);
    const sums = new Sums();
    sums.add("x", Number.MAX_SAFE_INTEGER);
    assert.throws(() => sums.add("x", 1), { code: "INVARIANT_BROKEN" });
  });
});

describe("assertSide", () => {
  const rows = [
    { account: "issue/131164/health", right: [-1, 0], wrong: 1 },
    { account: "appropriation/131164/2026/HEALTH", right: [-1, 0], wrong: 1 },
    { account: "wallet/00", right: [0, 1], wrong: -1 },
    { account: "merchant/issue", right: [0, 1], wrong: -1 },
  ];
  for (const { account, right, wrong } of rows) {
    it(account, () => {
      for (const balancePt of right) assertSide({ account, asset: "131164/health", balancePt });
      assert.throws(() => assertSide({ account, asset: "131164/health", balancePt: wrong }), {
        code: "INVARIANT_BROKEN",
        facts: { invariant: "I3", account, balancePt: wrong },
      });
    });
  }
});
