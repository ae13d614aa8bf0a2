import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { LedgerRun } from "../support/ledger-run.ts";
import { LedgerWorld } from "../support/ledger-world.ts";

const world = new LedgerWorld();

describe("an access test", () => {
  it("moves nothing, and leaves nothing but that the terminal took part", () => {
    const run = new LedgerRun(world);
    run.setUp();
    assert.equal(run.result(world.sample("LOADTEST_OPEN")), "OK");
    const { writes, postings } = run.block([world.sample("LOADTEST_PING")]);
    assert.deepEqual(
      writes.map(([key]) => key),
      ["loadtest-ping/museum-1"],
    );
    assert.deepEqual(postings, [[]]);
  });
});
