import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { blockHash } from "../../../ledger/block.ts";
import { verifySignature } from "../../../ledger/native/verify-signature.ts";
import { verifyReceipt } from "../../../ledger/receipt.ts";
import { openDatabase } from "../../../node/storage/database.ts";
import { StateStore } from "../../../node/storage/state-store.ts";
import { ChainBuilder, testTransaction } from "../../support/chain-builder.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

describe("the state store", () => {
  const newDirectory = temporaryDirectories();
  const value = (...bytes: number[]) => Uint8Array.from(bytes);

  it("moves state, position and index in one step, and finds them after a restart", async () => {
    const directory = newDirectory();
    let database = await openDatabase(directory);
    let store = new StateStore(database);
    assert.equal(store.applied(), undefined);
    const chain = new ChainBuilder();
    await store.apply(chain.tip, [["a", value(1)]], []);
    chain.append();
    await store.apply(
      chain.tip,
      [
        ["a", null],
        ["b", value(2)],
      ],
      ["aa", "bb"],
    );
    await database.close();
    database = await openDatabase(directory);
    store = new StateStore(database);
    const applied = store.applied();
    assert.equal(applied?.height, 1);
    assert.deepEqual(applied?.hash, chain.tip.hash);
    assert.deepEqual(applied?.history.root(), chain.tip.history.root());
    assert.deepEqual(await store.getMany(["a", "b"]), [undefined, value(2)]);
    assert.deepEqual(store.place("bb"), { height: 1, index: 1 });
    assert.equal(store.place("cc"), undefined);
    const entries: (readonly [string, Uint8Array])[] = [];
    for await (const entry of store.entries()) entries.push(entry);
    assert.deepEqual(entries, [["b", value(2)]]);
    await database.close();
  });

  it("reads a record once, and never keeps one that a block changed while it was read", async () => {
    const database = await openDatabase(newDirectory());
    let tellRead = () => {};
    let letGoOn = () => {};
    const wasRead = new Promise<void>((resolve) => {
      tellRead = resolve;
    });
    const mayGoOn = new Promise<void>((resolve) => {
      letGoOn = resolve;
    });
    let reads = 0;
    const slow: typeof database = {
      ...database,
      getMany: async (keys) => {
        reads += 1;
        const records = await database.getMany(keys);
        tellRead();
        await mayGoOn;
        return records;
      },
    };
    const store = new StateStore(slow);
    const chain = new ChainBuilder();
    await new StateStore(database).apply(chain.tip, [["a", value(1)]], []);
    const under = store.getMany(["a", "b"]);
    chain.append();
    await wasRead;
    await store.apply(chain.tip, [["b", value(2)]], []);
    letGoOn();
    assert.deepEqual(await under, [value(1), undefined]);
    assert.deepEqual(await store.getMany(["a", "b"]), [value(1), value(2)]);
    assert.deepEqual(await store.getMany(["a", "b"]), [value(1), value(2)]);
    assert.equal(reads, 2, "b was written, and a is read once more");
    await store.clear();
    assert.deepEqual(await store.getMany(["a"]), [undefined]);
    await database.close();
  });

  it("gives history paths with which receipts verify, whatever block is certified", async () => {
    const applied = 9;
    const database = await openDatabase(newDirectory());
    const store = new StateStore(database);
    const chain = new ChainBuilder();
    const hashes = [chain.tip.hash];
    await store.apply(chain.tip, [], []);
    for (let i = 0; i < 12; i++) {
      const transactions = [testTransaction({ networkId: chain.networkId, label: `${i}` })];
      const { headerBytes } = chain.append({ transactions });
      assert.deepEqual(chain.tip.hash, blockHash(headerBytes));
      hashes.push(chain.tip.hash);
      // What is certified may be ahead of what is applied.
      if (chain.tip.height <= applied) await store.apply(chain.tip, [], [`${i}`]);
    }
    const hashOf = (height: number) => hashes[height] ?? assert.fail(`no block ${height}`);
    for (let height = 1; height <= applied; height++) {
      for (let certified = height + 1; certified <= 12; certified++) {
        const receipt = chain.receipt(height, 0, certified);
        const historyPath = store.historyPath(height, certified, hashOf);
        verifyReceipt({ ...receipt, historyPath }, chain.genesis, verifySignature);
      }
    }
    await database.close();
  });
});
