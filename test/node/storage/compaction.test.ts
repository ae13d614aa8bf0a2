import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "mocha";
import { type Database, openDatabase } from "../../../node/storage/database.ts";
import { openNodeDatabase } from "../../../node/storage/node-database.ts";
import { ByteSearch } from "../../privacy/byte-search.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

const RECORDS = 64;
const key = (i: number) => `b/${String(i).padStart(16, "0")}`;
const NOTHING = new Uint8Array();

describe("compaction", () => {
  const newDirectory = temporaryDirectories();
  const secrets = Array.from({ length: RECORDS }, (_, i) => {
    return { what: key(i + 1), bytes: new Uint8Array(randomBytes(300)) };
  });

  /** Puts the secrets, and takes some of them away again in each of three ways. */
  async function fill(database: Database): Promise<void> {
    for (const [i, { what, bytes }] of secrets.entries()) {
      await database
        .batch()
        .put(what, bytes)
        .put(`a/${i}`, NOTHING)
        .write({ sync: i % 7 === 0 });
    }
  }

  async function takeAway(database: Database): Promise<void> {
    const batch = database.batch();
    for (const [i, { what }] of secrets.entries()) {
      if (i % 2 === 0) batch.del(what);
      else batch.put(what, NOTHING);
    }
    await batch.write({ sync: false });
  }

  async function find(directory: string): Promise<number> {
    const finds = await new ByteSearch(secrets).inFiles(directory, () => false);
    return new Set(finds.map(({ what }) => what)).size;
  }

  for (const [where, starts, openIt] of [
    ["in memory", 0, openDatabase],
    ["in a table", 1, openDatabase],
    ["in tables of several levels", 4, openDatabase],
    ["in a segment", 0, openNodeDatabase],
    ["in a segment of several starts", 4, openNodeDatabase],
  ] as const) {
    it(`leaves nothing of what was replaced or removed, wherever it was: ${where}`, async () => {
      const directory = newDirectory();
      let database = await openIt(directory);
      await fill(database);
      for (let i = 0; i < starts; i++) {
        await database.close();
        database = await openIt(directory);
        await fill(database);
      }
      await takeAway(database);
      assert.ok((await find(directory)) > RECORDS / 2);
      await database.compact(key(0), "b0");
      assert.equal(await find(directory), 0);
      assert.deepEqual(database.get(key(2)), NOTHING);
      assert.equal(database.get(key(1)), undefined);
      await database.close();
    });
  }

  for (const [where, openIt] of [
    ["tables", openDatabase],
    ["segments", openNodeDatabase],
  ] as const) {
    it(`waits for who reads in ${where} what was there before`, async () => {
      const directory = newDirectory();
      const database = await openIt(directory);
      await fill(database);
      const view = database.view();
      const reading = database.entries("b/", "b0")[Symbol.asyncIterator]();
      await reading.next();
      await takeAway(database);
      let isDone = false;
      const compacted = database.compact(key(0), "b0").then(() => {
        isDone = true;
      });
      const inView: string[] = [];
      for await (const [at] of view.entries("b/", "b0")) inView.push(at);
      assert.equal(inView.length, RECORDS);
      await reading.return?.();
      assert.equal(isDone, false);
      await view.close();
      await compacted;
      assert.equal(await find(directory), 0);
      await database.close();
    });
  }
});
