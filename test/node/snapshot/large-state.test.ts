import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { temporaryDirectories } from "../../support/temporary-directory.ts";
import { measureLargeState } from "./large-state.ts";

describe("a state of thousands of wallets", () => {
  const newDirectory = temporaryDirectories();

  it("is made into a snapshot, fetched in many chunks, checked and taken", async () => {
    const steps: string[] = [];
    const size = { wallets: 5000, blocks: 20 };
    await measureLargeState(newDirectory(), size, ({ step }) => steps.push(step));
    assert.equal(steps.at(-1), "start on what was taken");
  }).timeout(60_000);
});
