import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { ClientError } from "../../../client/client-fault.ts";
import { normaliseMyKeyId } from "../../../client/registrar/mykey-id.ts";

describe("MyKey ID", () => {
  for (const [chosen, normal] of [
    ["hanako", "hanako"],
    ["Ｈａｎａｋｏ", "hanako"],
    [" hanako ", "hanako"],
    ["ﾏｲｷｰ", "マイキー"],
    ["が", "が"],
    ["花子の鍵 7", "花子の鍵 7"],
    ["123456789012", "123456789012"],
    ["1234", "1234"],
    ["昭和の思い出", "昭和の思い出"],
    ["19851345", "19851345"],
  ] as const) {
    it(`may be ${chosen}`, () => {
      assert.equal(normaliseMyKeyId(chosen), normal);
    });
  }

  for (const [chosen, rule] of [
    ["", "length"],
    ["  ", "length"],
    ["x".repeat(65), "length"],
    ["a\u0000b", "characters"],
    ["a\u202eb", "characters"],
    ["a\u200bb", "characters"],
    ["123456789018", "my-number"],
    ["1234 5678 9018", "my-number"],
    ["１２３４－５６７８－９０１８", "my-number"],
    ["id123456789018", "my-number"],
    ["19850102", "birth-date"],
    ["１９８５０１０２", "birth-date"],
    ["850102", "birth-date"],
    ["1985/1/2", "birth-date"],
    ["1985-01-02", "birth-date"],
    ["1985年1月2日", "birth-date"],
    ["昭和60年1月2日", "birth-date"],
    ["令和元年5月1日", "birth-date"],
    ["㍼60年1月2日", "birth-date"],
    ["S60.1.2", "birth-date"],
    ["s600102", "birth-date"],
    ["85.1.2", "birth-date"],
  ] as const) {
    it(`is not ${JSON.stringify(chosen)}: ${rule}`, () => {
      assert.throws(() => normaliseMyKeyId(chosen), {
        code: "MYKEY_ID_REFUSED",
        facts: { rule },
      });
    });
  }

  it("in its normal form is its own normal form", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 20 }), (chosen) => {
        let normal: string;
        try {
          normal = normaliseMyKeyId(chosen);
        } catch (error) {
          assert.ok(error instanceof ClientError);
          return;
        }
        assert.equal(normaliseMyKeyId(normal), normal);
      }),
    );
  });
});
