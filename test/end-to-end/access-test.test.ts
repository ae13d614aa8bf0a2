/** A slice of `npm run bench -- --access-test`: real nodes, and fewer terminals than they could bear. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { runAccessTest } from "../../bench/access-test.ts";
import { temporaryDirectories } from "../support/temporary-directory.ts";

const TERMINALS = 30;

describe("the simultaneous access test", () => {
  const newDirectory = temporaryDirectories();

  it("commits the ping of every terminal, at three nodes", async () => {
    const { outcomes, summaries } = await runAccessTest({
      directory: newDirectory(),
      terminals: TERMINALS,
      onProgress: () => undefined,
    });
    assert.deepEqual(new Set(outcomes.map(({ result }) => result)), new Set(["OK"]));
    assert.equal(summaries.length, 4);
    assert.equal(summaries.at(-1)?.committed, TERMINALS);
  }).timeout(180_000);
});
