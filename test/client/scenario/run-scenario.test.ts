import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { KeyRing } from "../../../client/scenario/cast.ts";
import { runInMemory } from "../../../client/scenario/run-scenario.ts";
import { readScenario } from "../../../client/scenario/scenario-file.ts";

const ring = new KeyRing();

const TOWN = `scenario: {ja: 町, en: Town}
organisations:
  - {name: 豊島区, English name: Toshima City, code: 131164}
residents: [花子]
steps:
  - date: 2026-10-01
  - open issuing: {municipality: 豊島区}
  - define points: {name: 健康, municipality: 豊島区, for: HEALTH, expires: 30 days}
  - appropriate: {municipality: 豊島区, for: HEALTH, amount: 1000}
  - register shop: {name: 店, municipality: 豊島区}
  - open wallet: {resident: 花子, municipality: 豊島区}
  - grant: {resident: 花子, points: 健康, amount: 600}
    as: 最初の付与
`;

/** The steps after those of the town, as `line word: expected / found` of those that failed. */
async function failures(steps: string): Promise<string[]> {
  const report = await runInMemory(readScenario(`${TOWN}${steps}`, "town"), ring);
  const failed = report.steps.filter(({ ok }) => !ok);
  assert.equal(report.ok, failed.length === 0);
  return failed.map(
    ({ line, words, expected, found }) =>
      `${line} ${words.en}: ${expected} / ${found.replace(/:.*/, "")}`,
  );
}

describe("a scenario in memory", () => {
  it("goes as written", async () => {
    assert.deepEqual(
      await failures(`
  - pay: {resident: 花子, shop: 店, amount: 250}
  - expect balance: {resident: 花子, municipality: 豊島区, amount: 350}
  - expect balance: {resident: 花子, municipality: 豊島区, points: 健康, amount: 350}
  - expect lots: {resident: 花子, municipality: 豊島区, lots: {points: 健康, left: 350, expires: 2026-10-31}}
  - expect till: {shop: 店, amount: 250}
  - expect till: {shop: 店, points: 健康, amount: 250}
  - expect issued: {points: 健康, amount: 600}
  - expect budget left: {municipality: 豊島区, for: HEALTH, amount: 400}
  - expect budget left: {municipality: 豊島区, for: HEALTH, fiscal year: 2027, amount: 0}
`),
      [],
    );
  });

  it("says what was expected and what was found", async () => {
    assert.deepEqual(
      await failures(`  - pay: {resident: 花子, shop: 店, amount: 601}
  - pay: {resident: 花子, shop: 店, amount: 1}
    refused: BALANCE_INSUFFICIENT
  - expect balance: {resident: 花子, municipality: 豊島区, amount: 600}
  - expect lots: {resident: 花子, municipality: 豊島区, lots: {points: 健康, left: 599, expires: never}}
  - expect till: {shop: 店, amount: 2}
  - expect issued: {points: 健康, amount: 599}
  - expect budget left: {municipality: 豊島区, for: HEALTH, amount: 401}
  - expect total: {points: 健康, in: tills, amount: 2}
`),
      [
        "14 pay: OK / BALANCE_INSUFFICIENT",
        "15 pay: BALANCE_INSUFFICIENT / OK",
        "17 expect balance: 600 / 599",
        "18 expect lots: 健康 599 (never) / 健康 599 (2026-10-31)",
        "19 expect till: 2 / 1",
        "20 expect issued: 599 / 600",
        "21 expect budget left: 401 / 400",
        "22 expect total: 2 / 1",
      ],
    );
  });

  it("lets time pass, forwards alone, and points lapse", async () => {
    assert.deepEqual(
      await failures(`  - date: 2026-10-31 23:59
  - expect balance: {resident: 花子, municipality: 豊島区, amount: 600}
  - date: 2026-11-01 00:00
  - expect balance: {resident: 花子, municipality: 豊島区, amount: 0}
  - date: 2026-10-31
`),
      ["18 date: 2026-10-31 / 2026-11-01"],
    );
  });

  it("submits any transaction, with names in its bodies, signed by whom it says", async () => {
    assert.deepEqual(
      await failures(`
  - submit:
      type: POINT_GRANT
      public: {issuer: $organisation 豊島区, pointType: $points 健康, fiscalYear: 2026, budgetCategory: HEALTH, amountPt: 5, expiresOn: null}
      private: {wallet: $wallet 花子@豊島区}
  - submit:
      type: BUDGET_APPROPRIATE
      public: {issuer: "131164", fiscalYear: 2026, category: EVENT, amountPt: 5}
      signed by:
        - {organisation: 豊島区, role: clerk}
        - {organisation: 豊島区, role: registrar}
    refused: SIGNER_NOT_AUTHORISED
  - submit:
      type: BUDGET_APPROPRIATE
      public: {issuer: "131164", fiscalYear: 2026, category: EVENT, amountPt: 5}
      signed by: {organisation: 豊島区, role: clerk}
    refused: SIGNER_MISSING
  - expect balance: {resident: 花子, municipality: 豊島区, amount: 605}
`),
      [],
    );
  });

  it("fails where a step before the judged one is refused", async () => {
    assert.deepEqual(
      await failures(`  - register shop: {name: 別の店, municipality: 豊島区}
  - submit: {type: TERMINAL_REGISTER, public: {issuer: "131164"}}
`),
      ["15 submit: OK / INVALID_FIELD"],
    );
  });
});
