import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { describe, it } from "mocha";
import { KEYS } from "../../../node/storage/buckets.ts";
import type { WriteBatch } from "../../../node/storage/database.ts";
import { StoredBlocks } from "../../../node/storage/stored-blocks.ts";
import { ChainBuilder } from "../../support/chain-builder.ts";
import { MemoryDatabase } from "../../support/memory-database.ts";

/** A disk whose first write takes longer than all that are asked for after it. */
class SlowFirstWrite extends MemoryDatabase {
  #isFirst = true;

  override batch(): WriteBatch {
    const batch = super.batch();
    const write = batch.write.bind(batch);
    batch.write = async (options) => {
      const isSlow = this.#isFirst;
      this.#isFirst = false;
      if (isSlow) for (let turn = 0; turn < 20; turn++) await setImmediate();
      return write(options);
    };
    return batch;
  }
}

async function storedChain(length: number): Promise<MemoryDatabase> {
  const chain = new ChainBuilder();
  for (let height = 1; height <= length; height++) chain.append({ term: 1 });
  const database = new MemoryDatabase();
  const batch = database.batch();
  for (const block of chain.blocks) batch.put(KEYS.block(block.header.height), block.bytes);
  await batch.write({ sync: true });
  return database;
}

describe("the stored blocks", () => {
  it("begin where the last that asked has it, however long each write takes", async () => {
    const database = new SlowFirstWrite((await storedChain(6)).records);
    const blocks = new StoredBlocks(database);
    await Promise.all([blocks.dropBodies(2), blocks.prune(3, 4)]);
    assert.deepEqual([blocks.start, blocks.bodiesFrom], [4, 3]);
    const again = new StoredBlocks(database);
    assert.deepEqual([again.start, again.bodiesFrom], [4, 3]);
    for (let height = 1; height <= 6; height++)
      assert.equal(again.block(height).header.height, height);
  });

  it("tell whoever asked that a write failed, and go on with the next", async () => {
    const { records } = await storedChain(6);
    const blocks = new StoredBlocks(
      new MemoryDatabase(records, undefined, { write: 1, isWritten: false }),
    );
    await assert.rejects(blocks.dropBodies(2), { code: "DISK_FAILED" });
    await assert.rejects(blocks.prune(3, 4), { code: "DISK_FAILED" });
  });

  it("are bare up to one height, pruned up to another, and whole above", async () => {
    const blocks = new StoredBlocks(await storedChain(40));
    assert.equal(await blocks.prune(1, 30), 17);
    assert.equal(await blocks.prune(17, 30), 31);
    await blocks.dropBodies(5);
    assert.deepEqual([blocks.start, blocks.bodiesFrom], [30, 6]);
  });
});
