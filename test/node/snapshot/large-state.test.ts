import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { temporaryDirectories } from "../../support/temporary-directory.ts";
import { measureLargeState } from "./large-state.ts";

describe("a state of thousands of wallets", () => {
  const newDirectory = temporaryDirectories();

  it("is made into a snapshot, fetched in many chunks, checked and taken", async () => {
    const steps = await measureLargeState(newDirectory(), { wallets: 5000, blocks: 20 });
    assert.equal(steps.at(-1)?.step, "start on what was taken");
  }).timeout(60_000);
});
