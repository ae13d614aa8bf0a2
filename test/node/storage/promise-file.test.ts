import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { openDatabase } from "../../../node/storage/database.ts";
import { PROMISE_FILE, PromiseFile } from "../../../node/storage/promise-file.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

describe("the file of promises", () => {
  const newDirectory = temporaryDirectories();

  it("keeps the promise before the last one when a write is torn", async () => {
    const directory = newDirectory();
    const path = join(directory, PROMISE_FILE);
    for (let sequence = 1; sequence < 6; sequence++) {
      const before = sequence === 1 ? null : readFileSync(path);
      const file = await PromiseFile.open(directory);
      await file.write({ sequence, payload: Uint8Array.of(sequence) });
      await file.close();
      if (before === null) continue;
      const whole = readFileSync(path);
      const torn = whole.map((byte, at) => (byte === before[at] ? byte : 0xff));
      writeFileSync(path, torn);
      const opened = await PromiseFile.open(directory);
      assert.equal(opened.newest?.sequence, sequence - 1);
      await opened.close();
      writeFileSync(path, whole);
    }
  });

  it("has at a start what a crash kept from it: damage to either copy alone takes back nothing", async () => {
    const directory = newDirectory();
    const path = join(directory, PROMISE_FILE);
    const database = await openDatabase(directory);
    await database.batch().promise(Uint8Array.of(1)).write({ sync: true });
    const before = readFileSync(path);
    await database.batch().promise(Uint8Array.of(2)).write({ sync: true });
    await database.close();
    writeFileSync(path, before);
    const again = await openDatabase(directory);
    assert.deepEqual(again.promise(), Uint8Array.of(2));
    await again.close();
    const file = await PromiseFile.open(directory);
    assert.deepEqual(file.newest?.payload, Uint8Array.of(2));
    await file.close();
  });

  it("is missed when it is gone: the database may have lost as much", async () => {
    const directory = newDirectory();
    const database = await openDatabase(directory);
    for (const value of [1, 2]) {
      await database.batch().promise(Uint8Array.of(value)).write({ sync: true });
    }
    await database.close();
    rmSync(join(directory, PROMISE_FILE));
    await assert.rejects(openDatabase(directory), { code: "PROMISES_LOST" });
  });
});
