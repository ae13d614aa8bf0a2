import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { WORDS } from "../../client/terminal/screens.ts";
import { makeTemporaryDirectory } from "../support/temporary-directory.ts";
import { CUT_PARTS, TerminalCuts } from "./cuts.ts";

/** A slice of `npm run terminal-cuts`. */
const CUTS = 6;

describe("kill -9 of a terminal", function () {
  this.timeout(180_000);
  const directory = makeTemporaryDirectory();
  let terminal: TerminalCuts;

  before(async () => {
    terminal = await TerminalCuts.start(directory.path);
  });

  after(async () => {
    await terminal?.stop();
    directory.remove();
  });

  it("makes no payment twice, forgets none, and asks for no PIN to find out", async () => {
    for (let i = 0; i < CUTS; i += 1) {
      await terminal.cut(WORDS.HOLD_CARD, Math.round((CUT_PARTS * i) / CUTS));
    }
    const { found, decided } = terminal.counts;
    // The first payment was not cut.
    assert.equal(await terminal.countMoney(), 1 + found + decided);
  });
});
