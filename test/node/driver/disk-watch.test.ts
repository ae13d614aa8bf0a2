import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { DiskWatch } from "../../../node/driver/disk-watch.ts";

describe("the watch on the disk", () => {
  const ticks = (disk: DiskWatch, times: number) => {
    for (let i = 0; i < times; i++) disk.tick();
  };
  /** Something that the disk is to do, and how it ends. */
  const underWay = (disk: DiskWatch) => {
    const { promise, resolve } = withResolvers();
    const ended = disk.during(() => promise);
    return async () => {
      resolve();
      await ended;
    };
  };

  it("says that it stands still when nothing ends for longer than that, and no more when something does", async () => {
    const disk = new DiskWatch(3);
    const end = underWay(disk);
    ticks(disk, 3);
    assert.equal(disk.isStill, false);
    ticks(disk, 1);
    assert.equal(disk.isStill, true);
    const endOther = underWay(disk);
    await end();
    assert.equal(disk.isStill, false);
    ticks(disk, 4);
    assert.equal(disk.isStill, true);
    await endOther();
    assert.equal(disk.isStill, false);
  });

  it("asks nothing of a disk that has nothing to do", () => {
    const disk = new DiskWatch(3);
    ticks(disk, 10);
    assert.equal(disk.isStill, false);
  });

  it("passes on what fails", async () => {
    const disk = new DiskWatch(3);
    await assert.rejects(
      disk.during(() => Promise.reject(new Error("no space left on device"))),
      /no space/,
    );
    ticks(disk, 10);
    assert.equal(disk.isStill, false);
  });
});

function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
