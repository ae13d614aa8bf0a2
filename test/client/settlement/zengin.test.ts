import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import {
  decodeRecord,
  END,
  encodeRecord,
  HEADER,
  TRAILER,
  TRANSFER,
} from "../../../client/settlement/zengin-record.ts";
import { zenginBytes, zenginString, zenginText } from "../../../client/settlement/zengin-text.ts";

describe("names in bank files", () => {
  const rows = [
    ["トシマク カイケイカンリシャ", "ﾄｼﾏｸ ｶｲｹｲｶﾝﾘｼﾔ"],
    ["ﾊﾞﾅﾅﾊﾟﾝ", "ﾊﾞﾅﾅﾊﾟﾝ"],
    ["ばななぱん", "ﾊﾞﾅﾅﾊﾟﾝ"],
    ["カ）コーヒー・ヤ", "ｶ)ｺ-ﾋ-.ﾔ"],
    ["abc　１２３", "ABC 123"],
    ["ヴェルディ", "ｳﾞｴﾙﾃﾞｲ"],
    ["ヲガワ", "ｵｶﾞﾜ"],
    ["カ）ジャパン・フード―サービス", "ｶ)ｼﾞﾔﾊﾟﾝ.ﾌ-ﾄﾞ-ｻ-ﾋﾞｽ"],
    ["ト－ヨ‐カド−ﾄﾞ", "ﾄ-ﾖ-ｶﾄﾞ-ﾄﾞ"],
    ["ｷｬｯﾁｨｰｭｮ", "ｷﾔﾂﾁｲ-ﾕﾖ"],
    ["セキヶハラ　ヵヮ", "ｾｷｹﾊﾗ ｶﾜ"],
    ["ヱビス ヰド", "ｴﾋﾞｽ ｲﾄﾞ"],
    ["カ゛キ゛ハ゜", "ｶﾞｷﾞﾊﾟ"],
  ] as const;
  for (const [name, written] of rows) {
    it(`${name} is ${written}`, () => {
      assert.equal(zenginText(name, 30), written);
      // An independent word: Node decodes the bytes as Shift_JIS.
      assert.equal(new TextDecoder("shift_jis").decode(zenginBytes(written)), written);
    });
  }

  for (const name of ["豊島区", "ｶﾌｪ☕", "é", "a_b"]) {
    it(`${name} is refused`, () => {
      assert.throws(() => zenginText(name, 30), { code: "NAME_UNWRITABLE" });
    });
  }

  it("a name that has no room is refused: a voice mark takes a place of its own", () => {
    assert.equal(zenginText("ガギグ", 6), "ｶﾞｷﾞｸﾞ");
    assert.throws(() => zenginText("ガギグ", 5), { code: "NAME_UNWRITABLE" });
  });

  it("each byte of JIS X 0201 is the character that Shift_JIS has there", () => {
    const decoder = new TextDecoder("shift_jis", { fatal: true });
    for (let byte = 0; byte < 256; byte++) {
      const bytes = Uint8Array.of(byte);
      const isOurs = (byte >= 0x20 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xdf);
      if (isOurs) assert.equal(zenginString(bytes), decoder.decode(bytes));
      else assert.throws(() => zenginString(bytes), RangeError);
    }
  });
});

describe("records of bank files", () => {
  const layouts = { HEADER, TRANSFER, TRAILER, END };
  for (const [name, layout] of Object.entries(layouts)) {
    it(`${name} has 120 bytes`, () => {
      assert.equal(
        layout.reduce((sum, [, , size]) => sum + size, 0),
        120,
      );
    });
  }

  it("gives back what was written", () => {
    const values = fc.record({
      recordType: fc.constant("8"),
      transfers: fc
        .integer({ min: 0, max: 999_999 })
        .map((count) => String(count).padStart(6, "0")),
      totalYen: fc
        .integer({ min: 0, max: 999_999_999_999 })
        .map((yen) => String(yen).padStart(12, "0")),
      unused: fc.constant(""),
    });
    fc.assert(
      fc.property(values, (written) => {
        assert.deepEqual(decodeRecord(TRAILER, encodeRecord(TRAILER, written)), { ...written });
      }),
    );
  });

  it("refuses what a field has no room for, and letters for digits", () => {
    const end = { recordType: "9", unused: "" };
    assert.throws(() => encodeRecord(END, { ...end, unused: "x".repeat(120) }), /room for 119/);
    assert.throws(() => encodeRecord(END, { ...end, recordType: "x" }), /digits alone/);
    const bytes = encodeRecord(END, end);
    assert.throws(() => decodeRecord(END, bytes.subarray(1)), RangeError);
    assert.throws(() => decodeRecord(END, bytes.with(0, 0x20)), /not a number/);
  });
});
