import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, it } from "mocha";
import { readGrantList } from "../../../client/grant-import/grant-list.ts";
import { LINE_PROBLEMS } from "../../../client/grant-import/line-problems.ts";
import { readListText } from "../../../client/grant-import/list-text.ts";
import { resolveList } from "../../../client/grant-import/resolve-lines.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

const HANDLE = "ab".repeat(32);
const read = (text: string) => readGrantList(text, "list.csv");

/** One line under a heading that names every column. */
function cells(who: string, points: string, expiresOn = "", repeat = "") {
  return read(`マイキーID,ポイント,有効期限,重複可\r\n${who},${points},${expiresOn},${repeat}\r\n`);
}

function malformed(problem: RegExp, line?: number) {
  return ({ code, facts }: { code: string; facts: { problem: string; line?: number } }) =>
    code === "GRANT_LIST_MALFORMED" && problem.test(facts.problem) && facts.line === line;
}

describe("a list of grants", () => {
  const newDirectory = temporaryDirectories();

  it("is read whatever a spreadsheet makes of it", () => {
    const { lines, problems } = cells('"=""007"""', '"１，２３４"', "2027/3/31", "可");
    assert.deepEqual(problems, []);
    assert.deepEqual(lines, [
      {
        line: 2,
        who: { kind: "myKeyId", text: "007" },
        amountPt: 1234,
        expiresOn: "2027-03-31",
        mayRepeat: true,
      },
    ]);
    assert.deepEqual(cells('="007"', "1234", "令和9年3月31日", "○").lines, lines);
    assert.deepEqual(cells("　００７　", '"1,234"', "R9.3.31", "YES").lines, lines);
  });

  it("may have its heading in English, columns in any order, and empty lines at its end", () => {
    const text = `Points,Expires On,Wallet\n50,,${HANDLE.toUpperCase()}\n,,\n\n,,\n`;
    const [line, ...others] = read(text).lines;
    assert.deepEqual(others, []);
    assert.deepEqual([line?.who, line?.amountPt], [{ kind: "wallet", handleHex: HANDLE }, 50]);
  });

  const encodings = [
    ["UTF-8", Buffer.from("マイキーID,ポイント\r\nさくら,5\r\n")],
    ["UTF-8 with a mark", Buffer.from("\uFEFFマイキーID,ポイント\r\nさくら,5\r\n")],
    [
      "Shift_JIS",
      Buffer.from("837d8343834c815b49442c837c8343839383670d0a82b382ad82e72c350d0a", "hex"),
    ],
  ] as const;
  for (const [name, content] of encodings) {
    it(`may be ${name}`, () => {
      const file = join(newDirectory(), "list.csv");
      writeFileSync(file, content);
      const { lines, problems } = read(readListText(file).text);
      assert.deepEqual(problems, []);
      assert.deepEqual(lines[0]?.who, { kind: "myKeyId", text: "さくら" });
    });
  }

  it("is refused as UTF-16, which Excel calls Unicode text", () => {
    const file = join(newDirectory(), "list.csv");
    writeFileSync(file, Buffer.from("\uFEFFwallet,points\n", "utf16le"));
    assert.throws(() => readListText(file), malformed(/CSV/));
  });

  const rows = [
    { who: "sakura", points: "0", code: "AMOUNT_WRONG", column: "B ポイント" },
    { who: "sakura", points: "-5", code: "AMOUNT_WRONG", column: "B ポイント" },
    { who: "sakura", points: '"1,00"', code: "AMOUNT_WRONG", column: "B ポイント" },
    { who: "sakura", points: "100円", code: "AMOUNT_WRONG", column: "B ポイント" },
    { who: "sakura", points: "1E+05", code: "NUMBER_SPOILT", column: "B ポイント" },
    { who: "1.23E+15", points: "5", code: "NUMBER_SPOILT", column: "A マイキーID" },
    { who: "123456789018", points: "5", code: "MYKEY_ID_WRONG", column: "A マイキーID" },
    { who: "", points: "5", code: "WHO_MISSING", column: "" },
  ] as const;
  for (const { who, points, code, column } of rows) {
    it(`says ${code} of ${who || "nobody"}, ${points}, and where`, () => {
      assert.deepEqual(cells(who, points), { lines: [], problems: [{ line: 2, column, code }] });
    });
  }

  it("says which date is none, and names every problem of a line", () => {
    const { problems } = cells("sakura", "x", "2027-02-29", "maybe");
    assert.deepEqual(
      problems.map(({ column, code }) => [column, code]),
      [
        ["B ポイント", "AMOUNT_WRONG"],
        ["C 有効期限", "DATE_WRONG"],
        ["D 重複可", "REPEAT_WRONG"],
      ],
    );
  });

  it("counts lines as spreadsheets do, also over an empty one in the middle", () => {
    const { lines, problems } = read("MyKeyID,points\nume,1\n,\nmomo,1,x\nsakura,1\n");
    assert.deepEqual(problems, [
      { line: 3, column: "", code: "LINE_EMPTY" },
      { line: 4, column: "", code: "CELLS_TOO_MANY" },
    ]);
    assert.deepEqual(
      lines.map(({ line }) => line),
      [2, 5],
    );
  });

  it("is refused whole with a column that nothing is done with, or without one that is needed", () => {
    assert.throws(() => read("氏名,マイキーID,ポイント\na,b,1\n"), malformed(/A 氏名/, 1));
    assert.throws(() => read("マイキーID\nsakura\n"), malformed(/ポイント/, 1));
    assert.throws(() => read("points,wallet,points\n1,2,3\n"), malformed(/C points/, 1));
    assert.throws(() => read("points,wallet\n"), malformed(/no lines/));
  });

  it("never fails in another way, whatever the file holds", () => {
    const anything = fc.string({ unit: "binary" });
    const near = fc.array(fc.constantFrom("wallet", "points", ",", '"', "\n", "=", "1", "あ"));
    fc.assert(
      fc.property(
        fc.oneof(
          anything,
          near.map((words) => words.join("")),
        ),
        (text) => {
          try {
            for (const { code } of read(text).problems) assert.ok(LINE_PROBLEMS[code]);
          } catch (error) {
            assert.equal((error as { code?: string }).code, "GRANT_LIST_MALFORMED");
          }
        },
      ),
    );
  });

  it("has a Japanese text without Latin letters for each problem", () => {
    for (const { ja, en } of Object.values(LINE_PROBLEMS)) {
      assert.doesNotMatch(ja, /[A-Za-z]/);
      assert.match(en, /^[\x20-\x7e]+$/);
    }
  });
});

describe("the persons of a list", () => {
  const registrar = {
    handleOfMyKeyId: (id: string) =>
      id === "sakura" ? new Uint8Array(Buffer.from(HANDLE, "hex")) : undefined,
  };
  const list = read(`wallet,mykeyid,points,repeat\n,sakura,1,\n${HANDLE},,2,yes\n,momo,3,\n`);

  it("are found by the registrar, and nobody else is", () => {
    const { lines, problems } = resolveList(list, { registrar, mayRepeat: false });
    assert.deepEqual(
      lines.map(({ handleHex, amountPt }) => [handleHex, amountPt]),
      [
        [HANDLE, 1],
        [HANDLE, 2],
      ],
    );
    assert.deepEqual(problems, [{ line: 4, column: "", code: "MYKEY_ID_UNKNOWN" }]);
  });

  it("cannot be found by their MyKey IDs without the registrar", () => {
    const { problems } = resolveList(list, { registrar: null, mayRepeat: false });
    assert.deepEqual(
      problems.map(({ line, code }) => [line, code]),
      [
        [2, "REGISTRAR_NEEDED"],
        [4, "REGISTRAR_NEEDED"],
      ],
    );
  });

  it("stand in it once, unless the line or the clerk says otherwise", () => {
    const twice = read(`wallet,points\n${HANDLE},1\n${HANDLE},2\n`);
    const problems = (mayRepeat: boolean) =>
      resolveList(twice, { registrar: null, mayRepeat }).problems;
    assert.deepEqual(problems(false), [{ line: 3, column: "", code: "REPEATED" }]);
    assert.deepEqual(problems(true), []);
  });
});
