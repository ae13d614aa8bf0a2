import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { ClientError } from "../../../client/client-fault.ts";
import { readScenario } from "../../../client/scenario/scenario-file.ts";
import { readText } from "../../support/files.ts";

const HEAD = `scenario: {ja: 町, en: Town}
organisations:
  - {name: 豊島区, English name: Toshima City, code: 131164}
residents: [花子]
steps:
`;
/** The line of the first step. */
const FIRST = 6;

/** What is wrong with steps, as \`line:column problem\`. */
function problemOf(text: string): { at: string; ja: string; en: string } {
  try {
    readScenario(text, "town.yaml");
  } catch (error) {
    assert.ok(error instanceof ClientError, String(error));
    assert.equal(error.code, "SCENARIO_MALFORMED");
    const { file, line, column, problemJa, problem } = error.facts;
    assert.equal(file, "town.yaml");
    return { at: `${line}:${column}`, ja: String(problemJa), en: String(problem) };
  }
  return assert.fail("it was read");
}

describe("the file of a scenario", () => {
  it("is read in Japanese and in English alike", () => {
    const english = readScenario(
      `${HEAD}  - open issuing: {municipality: 豊島区}\n    refused: UNKNOWN_ISSUER\n    as: first`,
      "a",
    );
    const japanese = readScenario(
      `シナリオ: {日本語: 町, 英語: Town}
団体: [{名前: 豊島区, 英語名: Toshima City, 種類: 市区町村, 番号: "131164"}]
住民: 花子
手順:
  - {拒否: UNKNOWN_ISSUER, 呼び名: first, 発行開始: {自治体: 豊島区}}`,
      "b",
    );
    assert.deepEqual(japanese.title, english.title);
    assert.deepEqual(japanese.organisations, english.organisations);
    assert.deepEqual(
      japanese.steps.map(({ kind, asked, summary }) => ({ kind, asked, summary })),
      english.steps.map(({ kind, asked, summary }) => ({ kind, asked, summary })),
    );
    assert.deepEqual([english.steps[0]?.line, japanese.steps[0]?.line], [6, 5]);
    assert.equal(english.steps[0]?.asked.result, "UNKNOWN_ISSUER");
  });

  it("keeps a code's zero in front", () => {
    const { organisations } = readScenario(
      HEAD.replace("131164", "072028").concat("  - date: 2026-11-01"),
      "a",
    );
    assert.equal(organisations[0]?.id, "072028");
  });

  const wrong: readonly (readonly [what: string, steps: string, at: string, said: RegExp])[] = [
    ["an unknown step", "- pey: {}", "6:5", /「pey」という手順はありません/],
    [
      "an unknown entry",
      "- open issuing: {municipality: 豊島区, amout: 1}",
      "6:39",
      /「amout」という項目はありません/,
    ],
    ["a missing entry", "- open issuing: {}", "6:19", /「自治体」がありません/],
    [
      "an entry in both languages",
      "- open issuing: {municipality: 豊島区, 自治体: 豊島区}",
      "6:39",
      /「自治体」が二度あります/,
    ],
    ["an entry twice", "- open issuing: {自治体: 豊島区, 自治体: 豊島区}", "6:30", /YAML/],
    [
      "an undefined name",
      "- open issuing: {municipality: 川崎市}",
      "6:34",
      /団体「川崎市」は定義されていません（定義済み: 豊島区）/,
    ],
    [
      "a name defined twice",
      "- register shop: {name: 店, municipality: 豊島区}\n  - register shop: {name: 店, municipality: 豊島区}",
      "7:27",
      /二度定義/,
    ],
    [
      "a shop that comes later",
      "- pay: {resident: 花子, shop: 店, amount: 1}\n  - register shop: {name: 店, municipality: 豊島区}",
      "6:31",
      /店「店」は定義されていません（定義済み: なし）/,
    ],
    [
      "an amount with a comma",
      "- appropriate:\n      municipality: 豊島区\n      for: HEALTH\n      amount: 1,000",
      "9:15",
      /「1,000」は使えません/,
    ],
    [
      "an amount that is none",
      "- appropriate: {municipality: 豊島区, for: HEALTH, amount: 1.5}",
      "6:59",
      /「1\.5」は使えません。0 以上の整数/,
    ],
    [
      "a negative amount",
      "- appropriate: {municipality: 豊島区, for: HEALTH, amount: -5}",
      "6:59",
      /「-5」は使えません/,
    ],
    ["a date that does not exist", "- date: 2026-02-30", "6:11", /日付と時刻/],
    ["a time that does not exist", "- date: 2026-02-28 24:00", "6:11", /日付と時刻/],
    [
      "an unknown fault",
      "- open issuing: {municipality: 豊島区}\n    refused: NO_MONEY",
      "7:14",
      /「NO_MONEY」は使えません/,
    ],
    ["a date that is refused", "- {date: 2026-11-01, refused: EXPIRED}", "6:5", /拒否も呼び名も/],
    ["two steps in one", "- {date: 2026-11-01, 日付: 2026-11-02}", "6:24", /手順が二つ/],
    [
      "a date that is not the first",
      "- open issuing: {municipality: 豊島区}\n  - date: 2026-11-01",
      "6:5",
      /日付から始めて/,
    ],
    ["no step", "- {note: nothing}", "6:5", /手順の言葉がありません/],
    ["a value that is missing", "- open issuing:", "6:18", /が必要です/],
    ["an alias", "- date: &a 2026-11-01\n  - date: *a", "6:14", /アンカー/],
    ["a tag", "- date: !!str 2026-11-01", "6:17", /タグ|YAML/],
    ["what is not YAML", "- {date: 2026-11-01", "7:1", /YAML として読めません/],
    [
      "an unknown type",
      "- submit: {type: PAY_BACK, public: {}}",
      "6:20",
      /「PAY_BACK」は使えません/,
    ],
    [
      "an unknown reference",
      "- submit: {type: ISSUER_OPEN, public: {issuer: $town 豊島区}}",
      "6:50",
      /「\$town」という指し方はありません/,
    ],
  ];
  for (const [what, steps, at, said] of wrong) {
    it(`refuses ${what} where it stands`, () => {
      const found = problemOf(`${HEAD}  ${steps}\n`);
      assert.match(found.ja, said);
      assert.equal(found.at, at, found.en);
      assert.ok(found.en.length > 0);
      assert.ok(Number(at.split(":")[0]) >= FIRST);
    });
  }

  it("never fails in another way, whatever is damaged", () => {
    const whole = readText("network-config/scenarios/festival.yaml");
    const damage = fc.record({
      at: fc.nat(whole.length),
      cut: fc.nat(40),
      put: fc.oneof(
        fc.string({ maxLength: 5 }),
        fc.constantFrom("- ", ": ", "{", "]", "&a ", "\t"),
      ),
    });
    fc.assert(
      fc.property(damage, ({ at, cut, put }) => {
        const text = whole.slice(0, at) + put + whole.slice(at + cut);
        try {
          readScenario(text, "damaged");
        } catch (error) {
          assert.ok(error instanceof ClientError && error.code === "SCENARIO_MALFORMED", text);
        }
      }),
      { numRuns: 60 },
    );
    const deep = `scenario: ${"[".repeat(50_000)}`;
    assert.throws(() => readScenario(deep, "deep"), { code: "SCENARIO_MALFORMED" });
  });

  it("refuses organisations that cannot be", () => {
    const withCode = (code: string) => `${HEAD.replace("131164", code)}  - date: 2026-11-01`;
    assert.match(problemOf(withCode("131165")).ja, /検査数字/);
    assert.match(problemOf(withCode("toshima")).ja, /検査数字/);
    assert.equal(problemOf("").en, "it is empty");
    assert.equal(problemOf("scenario: {ja: 町, en: Town}").at, "1:1");
    assert.match(problemOf(`#${"x".repeat(1_000_000)}`).ja, /長すぎます/);
  });
});
