import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Shutdown } from "../../node/shutdown.ts";

describe("a shutdown", () => {
  it("takes every step once, the last first, whatever fails", async () => {
    const taken: string[] = [];
    const shutdown = new Shutdown();
    for (const step of ["disk", "network", "api"]) {
      shutdown.add(async () => {
        taken.push(step);
        if (step === "network") throw new Error("no route");
      });
    }
    const both = [shutdown.run(), shutdown.run()];
    for (const run of both) await assert.rejects(run, /no route/);
    assert.deepEqual(taken, ["api", "network", "disk"]);
  });
});
