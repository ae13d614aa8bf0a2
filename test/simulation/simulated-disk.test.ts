import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { beforeEach, describe, it } from "mocha";
import { KEYS } from "../../node/storage/buckets.ts";
import type { Database } from "../../node/storage/database.ts";
import { StorageError } from "../../node/storage/record.ts";
import { Dice } from "./dice.ts";
import { SimulatedDisk } from "./simulated-disk.ts";

const ONE = new Uint8Array([1]);

describe("a simulated disk", () => {
  /** What the disk has not finished, in the order asked for. */
  let underWay: (() => void)[];
  let disk: SimulatedDisk;
  let database: Database;

  beforeEach(() => {
    underWay = [];
    disk = newDisk(1);
    database = disk.open();
  });

  function newDisk(seed: number, failure = 0): SimulatedDisk {
    return new SimulatedDisk({
      dice: new Dice(seed),
      options: { latencyMs: [0, 0], slowness: 0, failure, damage: 0, segmentSizeBytesMax: 1 },
      after: (_, happen) => underWay.push(happen),
    });
  }

  async function write(key: string, sync: boolean): Promise<void> {
    const written = database.batch().put(key, ONE).write({ sync });
    finish();
    await written;
  }

  function finish(): void {
    for (const happen of underWay.splice(0)) happen();
  }

  it("shows what is finished, and nothing before", async () => {
    const written = database.batch().put("a", ONE).del("b").write({ sync: false });
    assert.equal(database.get("a"), undefined);
    finish();
    await written;
    assert.deepEqual(database.get("a"), ONE);
    assert.equal(disk.durable("a"), undefined);
  });

  it("keeps what was synced, and what came before it, whatever happens", async () => {
    await write("a", false);
    await write("b", true);
    for (const crash of ["killed", "power-failure"] as const) {
      disk.crash(crash);
      database = disk.open();
      assert.deepEqual([database.get("a"), database.get("b")], [ONE, ONE]);
    }
  });

  it("keeps what a killed process had finished", async () => {
    await write("a", false);
    disk.crash("killed");
    assert.deepEqual(disk.open().get("a"), ONE);
  });

  it("loses the last writes in a power failure, never one before another", async () => {
    const left = new Set<string>();
    for (let seed = 1; seed <= 40; seed++) {
      disk = newDisk(seed);
      database = disk.open();
      for (const key of ["a", "b", "c"]) await write(key, false);
      disk.crash("power-failure");
      const after = disk.open();
      left.add(["a", "b", "c"].filter((key) => after.get(key) !== undefined).join(""));
    }
    assert.deepEqual([...left].sort(), ["", "a", "ab", "abc"]);
  });

  it("has a batch that was under way whole or not at all", () => {
    const left = new Set<string>();
    for (let seed = 1; seed <= 20; seed++) {
      disk = newDisk(seed);
      void disk.open().batch().put("a", ONE).put("b", ONE).write({ sync: true });
      disk.crash("killed");
      const after = disk.open();
      left.add(["a", "b"].filter((key) => after.get(key) !== undefined).join(""));
    }
    assert.deepEqual([...left].sort(), ["", "ab"]);
  });

  it("notices a flipped bit", async () => {
    await write("a", true);
    // There is no segment.
    assert.equal(disk.damage(), "a");
    assert.throws(
      () => disk.open().get("a"),
      (error) => error instanceof StorageError && error.code === "RECORD_DAMAGED",
    );
  });

  it("has any beginning of a block that was under way, and no record of it", async () => {
    const key = KEYS.block(1);
    const block = new Uint8Array(3).fill(0x85);
    const left = new Set<number>();
    for (let seed = 1; seed <= 40; seed++) {
      disk = newDisk(seed);
      const writeBlock = async () => {
        const separated = await disk.openSeparated();
        const written = separated.batch().put(key, block).write({ sync: true });
        await setImmediate();
        return written;
      };
      void writeBlock();
      await setImmediate();
      finish();
      await setImmediate();
      disk.crash("power-failure");
      underWay = [];
      left.add(disk.segments.get(1)?.length ?? 0);
      assert.equal(disk.durableValue(key), undefined);
      const again = writeBlock();
      while (disk.durable(key) === undefined) {
        await setImmediate();
        finish();
      }
      await again;
      assert.deepEqual(disk.durableValue(key), block);
    }
    assert.deepEqual([...left].sort(), [0, 1, 2, 3]);
  });

  it("fails writes when it may, and only then", async () => {
    disk = newDisk(1, 1);
    database = disk.open();
    await assert.rejects(write("a", true), { name: "DiskFailure" });
    disk.mayFail = false;
    await write("a", true);
    assert.deepEqual(database.get("a"), ONE);
  });
});
