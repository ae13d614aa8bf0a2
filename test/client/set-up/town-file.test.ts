import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { TOWN_TEMPLATE } from "../../../client/set-up/template.ts";
import { readTown } from "../../../client/set-up/town-file.ts";
import { admissionOf, stepsOf } from "../../../client/set-up/town-steps.ts";

describe("the file of a municipality", () => {
  it("that is handed out to be filled in can be read, and becomes transactions in their order", () => {
    const town = readTown(TOWN_TEMPLATE, "town.yaml");
    assert.deepEqual(
      stepsOf(town).map(({ name }) => name),
      [
        "issuer-open-142051",
        "point-type-define-volunteer",
        "point-type-define-health",
        "budget-appropriate-2026-volunteer",
        "budget-appropriate-2026-health",
        "merchant-register-bakery",
        "merchant-register-art-museum",
      ],
    );
    // Its keys are nobody's: whoever forgets to fill them in is told.
    assert.throws(() => admissionOf(town), { code: "SET_UP_MALFORMED" });
  });

  it("may be written in English words", () => {
    const text = `
municipality: {code: 142051, name: 藤沢市, English name: Fujisawa}
officers:
  - {roles: [clerk, registrar], key: ${"01".repeat(32)}}
  - {roles: approver, key: ${"02".repeat(32)}}
points: {id: health, name: 健康ポイント, English name: Health points, for: HEALTH, expires: 90 days}
budgets: {fiscal year: 2026, for: HEALTH, amount: 1000}
`;
    const { pointTypes, merchants } = readTown(text, "town.yaml");
    assert.deepEqual(pointTypes[0]?.expiryRule, { kind: "DAYS_FROM_ISSUE", date: null, days: 90 });
    assert.deepEqual(merchants, []);
  });

  const wrong = [
    { id: "a wrong check digit", from: "142051", to: "142052", line: 3 },
    { id: "a My Number as a name", from: "名前: ベーカリー", to: "名前: 123456789018", line: 26 },
    { id: "an unknown entry", from: "額: 500000", to: "額: 500000, 備考: 済", line: 22 },
    { id: "an id that is there twice", from: "略称: art-museum", to: "略称: bakery", line: 27 },
    { id: "no expiry", from: ", 期限: 90日", to: "", line: 17 },
    { id: "an amount that is none", from: "付与上限: 1000", to: "付与上限: 千", line: 16 },
    { id: "one person for both", from: "役割: 承認者", to: "役割: 会計", line: 3 },
    { id: "two budgets for one purpose", from: "健康増進, 額", to: "ボランティア, 額", line: null },
    { id: "an amount beyond the ledger's", from: "付与上限: 1000", to: "付与上限: 0", line: null },
  ];
  for (const { id, from, to, line } of wrong) {
    it(`says where, when there is ${id}`, () => {
      const text = TOWN_TEMPLATE.replace(from, to);
      assert.notEqual(text, TOWN_TEMPLATE);
      assert.throws(
        () => stepsOf(readTown(text, "town.yaml")),
        ({ code, facts }: { code: string; facts: { line?: number } }) => {
          assert.deepEqual([code, facts.line ?? null], ["SET_UP_MALFORMED", line]);
          return true;
        },
      );
    });
  }
});
