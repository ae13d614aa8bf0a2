import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { displayName, restrictedTo, shortName } from "../../../contracts/fields/fields.ts";
import { hasRightCheckDigit } from "../../../contracts/fields/municipality-code.ts";
import { holdsMyNumber } from "../../../contracts/fields/my-number.ts";

describe("municipality codes", () => {
  const right = [
    ["131164", "豊島区"],
    ["141305", "川崎市"],
    ["072028", "会津若松市"],
    ["272132", "泉佐野市"],
    ["452041", "日南市"],
    ["242012", "津市"],
    ["260002", "京都府"],
    ["460001", "鹿児島県"],
    ["142051", "藤沢市"],
    ["212148", "可児市"],
    ["011002", "札幌市"],
  ] as const;
  for (const [code, name] of right) {
    it(`${code} ${name} is right, and no other check digit is`, () => {
      const accepted = [...Array(10).keys()].filter((digit) =>
        hasRightCheckDigit(`${code.slice(0, 5)}${digit}`),
      );
      assert.deepEqual(accepted, [Number(code[5])]);
    });
  }
});

// 123456789018 and 000000000000 have the right check digit; nobody bears them.
describe("My Number is refused (R-005)", () => {
  const rows = [
    { text: "123456789018", holds: true },
    { text: "番号は123456789018です", holds: true },
    { text: "１２３４５６７８９０１８", holds: true },
    { text: "1234 5678 9018", holds: true },
    { text: "1234-5678-9018", holds: true },
    { text: "9123456789018", holds: true },
    { text: "123456789017", holds: false },
    { text: "12345678901", holds: false },
    { text: "12345678a9018", holds: false },
    { text: "03-1234-5678", holds: false },
    { text: "", holds: false },
  ];
  for (const { text, holds } of rows) {
    it(`${JSON.stringify(text)}: ${holds}`, () => assert.equal(holdsMyNumber(text), holds));
  }

  it("exactly one check digit in ten is refused", () => {
    for (const eleven of ["12345678901", "98765432109", "11111111111", "20000000000"]) {
      const refused = [...Array(10).keys()].filter((digit) => holdsMyNumber(`${eleven}${digit}`));
      assert.equal(refused.length, 1, eleven);
    }
  });

  it("names and ids do not take it", () => {
    assert.throws(() => displayName.fromJson("店 1234 5678 9018"), { code: "INVALID_FIELD" });
    assert.throws(() => shortName.fromJson("shop-123456789018"), { code: "INVALID_FIELD" });
    assert.equal(shortName.fromJson("shop-123456789017"), "shop-123456789017");
  });
});

describe("restrictedTo", () => {
  it("names each category once", () => {
    assert.deepEqual(restrictedTo.fromJson(["MUSEUM", "ZOO"]), ["MUSEUM", "ZOO"]);
    assert.throws(() => restrictedTo.fromJson(["MUSEUM", "MUSEUM"]), { code: "INVALID_FIELD" });
    assert.throws(() => restrictedTo.fromJson(["HOSPITAL"]), { code: "INVALID_FIELD" });
  });
});
