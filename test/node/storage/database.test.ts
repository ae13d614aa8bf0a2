import assert from "node:assert/strict";
import { Level } from "level";
import { describe, it } from "mocha";
import { openDatabase } from "../../../node/storage/database.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

describe("a database", () => {
  const newDirectory = temporaryDirectories();
  const value = (...bytes: number[]) => Uint8Array.from(bytes);

  it("keeps what a batch wrote, and nothing of a batch that was not written", async () => {
    const directory = newDirectory();
    const database = await openDatabase(directory);
    await database.batch().put("a", value(1)).put("b", value(2)).write({ sync: true });
    database.batch().put("c", value(3)).del("a");
    await database.close();
    const again = await openDatabase(directory);
    assert.deepEqual(again.get("a"), value(1));
    assert.deepEqual(await again.getMany(["b", "c"]), [value(2), undefined]);
    await again.close();
  });

  it("lists records in order of key, and finds the last", async () => {
    const database = await openDatabase(newDirectory());
    const batch = database.batch();
    for (const key of ["s/b", "s/a", "t/a", "s/c", "r/z"]) batch.put(key, value(key.length));
    await batch.write({ sync: false });
    const keys: string[] = [];
    for await (const [key] of database.entries("s/", "s0")) keys.push(key);
    assert.deepEqual(keys, ["s/a", "s/b", "s/c"]);
    assert.equal(await database.lastKey("s/", "s0"), "s/c");
    assert.equal(await database.lastKey("u/", "u0"), undefined);
    await database.close();
  });

  it("says when another process uses the directory", async () => {
    const directory = newDirectory();
    const database = await openDatabase(directory);
    await assert.rejects(openDatabase(directory), { code: "DIRECTORY_IN_USE" });
    await database.close();
  });

  it("says when a record is damaged, however it is read", async () => {
    const directory = newDirectory();
    const raw = new Level<string, Uint8Array>(directory, { valueEncoding: "view" });
    await raw.put("s/a", value(1, 2, 3, 4, 5, 6, 7, 8, 9));
    await raw.close();
    const database = await openDatabase(directory);
    const damaged = { code: "RECORD_DAMAGED" };
    assert.throws(() => database.get("s/a"), damaged);
    await assert.rejects(database.getMany(["s/a"]), damaged);
    const readAll = async () => {
      for await (const [key] of database.entries("s/", "s0")) assert.fail(key);
    };
    await assert.rejects(readAll(), damaged);
    await database.close();
    assert.throws(() => database.get("s/a"), { code: "DISK_FAILED" });
  });
});
