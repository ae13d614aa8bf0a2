import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { statusWordText, triesLeftIn, triesLeftStatus } from "../../../client/card/status-words.ts";

const ROWS = [
  { id: "three tries", statusWord: 0x63_c3, triesLeft: 3 },
  { id: "the try that used up the counter", statusWord: 0x63_c0, triesLeft: 0 },
  { id: "blocked, JICSAP", statusWord: 0x69_84, triesLeft: 0 },
  { id: "blocked, ISO", statusWord: 0x69_83, triesLeft: 0 },
  { id: "success", statusWord: 0x90_00, triesLeft: undefined },
  { id: "security status", statusWord: 0x69_82, triesLeft: undefined },
  { id: "a warning that is no counter", statusWord: 0x63_81, triesLeft: undefined },
] as const;

describe("status words", () => {
  for (const row of ROWS) {
    it(`reads the tries in ${row.id}`, () => {
      assert.equal(triesLeftIn(row.statusWord), row.triesLeft);
    });
  }

  it("writes a counter that it reads back", () => {
    for (let tries = 0; tries <= 15; tries++) {
      assert.equal(triesLeftIn(triesLeftStatus(tries)), tries);
    }
  });

  it("prints four digits", () => {
    assert.equal(statusWordText(0x90_00), "9000");
    assert.equal(statusWordText(0x63), "0063");
  });
});
