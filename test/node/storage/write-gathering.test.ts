import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { GatheringDatabase } from "../../../node/storage/write-gathering.ts";
import { MemoryDatabase } from "../../support/memory-database.ts";

const ONE = Uint8Array.of(1);
const TWO = Uint8Array.of(2);

describe("a database whose writes gather", () => {
  it("writes what may be lost with what may not, and shows it before", async () => {
    const disk = new MemoryDatabase();
    const database = new GatheringDatabase(disk);
    await database.batch().put("a", ONE).put("b", ONE).write({ sync: false });
    await database.batch().del("b").write({ sync: false });
    assert.equal(disk.writes, 0);
    assert.deepEqual(database.get("a"), ONE);
    assert.deepEqual(await database.getMany(["b", "a"]), [undefined, ONE]);
    await database.batch().put("c", TWO).promise(TWO).write({ sync: true });
    assert.equal(disk.writes, 1);
    const after = disk.afterCrash();
    assert.deepEqual([after.get("a"), after.get("b"), after.get("c")], [ONE, undefined, TWO]);
    assert.deepEqual(after.promise(), TWO);
  });

  it("lets all that comes while a write is under way go into the next one", async () => {
    const disk = new MemoryDatabase();
    const database = new GatheringDatabase(disk);
    const first = database.batch().put("a", ONE).write({ sync: true });
    await Promise.resolve();
    const others = ["b", "c", "d"].map((key) => database.batch().put(key, ONE));
    const later = others.map((batch) => batch.write({ sync: true }));
    assert.deepEqual(database.get("d"), ONE);
    await Promise.all([first, ...later]);
    assert.equal(disk.writes, 2);
  });

  it("does not let more than some megabytes wait", async () => {
    const disk = new MemoryDatabase();
    const database = new GatheringDatabase(disk);
    const large = new Uint8Array(3 * 1024 * 1024);
    await database.batch().put("a", large).write({ sync: false });
    assert.equal(disk.writes, 0);
    await database.batch().put("b", large).write({ sync: false });
    assert.equal(disk.writes, 1);
  });

  it("is written when it is closed", async () => {
    const disk = new MemoryDatabase();
    const database = new GatheringDatabase(disk);
    await database.batch().put("a", ONE).write({ sync: false });
    await database.close();
    assert.deepEqual(disk.get("a"), ONE);
  });

  it("writes nothing any more after a write that failed, and says so each time", async () => {
    const disk = new MemoryDatabase(new Map(), undefined, { write: 1, isWritten: false });
    const database = new GatheringDatabase(disk);
    const failed = { code: "DISK_FAILED" };
    await assert.rejects(database.batch().put("a", ONE).write({ sync: true }), failed);
    await assert.rejects(database.batch().put("b", ONE).write({ sync: true }), failed);
    await assert.rejects(database.close(), failed);
    assert.equal(disk.writes, 1);
  });

  it("reads like the database itself, and loses nothing but the last writes that may be lost", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(write(), { maxLength: 12 }), async (writes) => {
        const disk = new MemoryDatabase();
        const database = new GatheringDatabase(disk);
        const model = new MemoryDatabase();
        const states = [await all(model)];
        let synced = 0;
        for (const { changes, sync } of writes) {
          for (const one of [database, model]) await put(one, changes, sync);
          states.push(await all(model));
          if (sync) synced = states.length - 1;
          assert.deepEqual(await all(database), states.at(-1));
          const view = database.view();
          assert.deepEqual(await all(view), states.at(-1));
          await view.close();
        }
        const left = await all(disk.afterCrash());
        const allowed = states.slice(synced).map((state) => JSON.stringify(state));
        assert.ok(allowed.includes(JSON.stringify(left)));
      }),
    );
  });
});

type Write = { changes: [string, Uint8Array | null][]; sync: boolean };

function write(): fc.Arbitrary<Write> {
  const value = fc.option(fc.uint8Array({ minLength: 1, maxLength: 2 }));
  const key = fc.constantFrom("s/a", "s/b", "s/c", "s/d");
  return fc.record({
    changes: fc.array(fc.tuple(key, value), { minLength: 1, maxLength: 4 }),
    sync: fc.boolean(),
  });
}

async function put(
  database: Pick<MemoryDatabase, "batch">,
  changes: Write["changes"],
  sync: boolean,
): Promise<void> {
  const batch = database.batch();
  for (const [key, value] of changes) {
    if (value === null) batch.del(key);
    else batch.put(key, value);
  }
  await batch.write({ sync });
}

async function all(database: Pick<MemoryDatabase, "entries">): Promise<[string, number[]][]> {
  const records: [string, number[]][] = [];
  for await (const [key, value] of database.entries("s/", "s0")) records.push([key, [...value]]);
  return records;
}
