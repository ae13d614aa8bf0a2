import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Worker } from "../../../node/driver/worker.ts";

describe("a worker", () => {
  it("does work one piece at a time, and joins calls while it is at work", async () => {
    let atWork = 0;
    const waiting = ["a", "b"];
    const done: string[] = [];
    const worker = new Worker(async () => {
      atWork += 1;
      assert.equal(atWork, 1);
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        await Promise.resolve();
        done.push(next);
      }
      atWork -= 1;
    });
    const runs = [worker.run(), worker.run()];
    waiting.push("c");
    runs.push(worker.run());
    await Promise.all(runs);
    assert.deepEqual(done, ["a", "b", "c"]);
  });

  it("misses no call, at whatever moment it comes", async () => {
    for (let delays = 0; delays < 12; delays++) {
      let isCalled = false;
      let found = 0;
      const worker = new Worker(async () => {
        if (!isCalled) return;
        isCalled = false;
        found += 1;
        await Promise.resolve();
      });
      isCalled = true;
      const first = worker.run();
      for (let i = 0; i < delays; i++) await Promise.resolve();
      isCalled = true;
      await Promise.all([first, worker.run()]);
      assert.equal(isCalled, false, `after ${delays} turns`);
      assert.ok(found > 0);
    }
  });

  it("fails with its work, and works again", async () => {
    let fails = true;
    const worker = new Worker(async () => {
      if (fails) throw new Error("the disk is full");
    });
    await assert.rejects(worker.run(), /full/);
    fails = false;
    await worker.run();
  });
});
