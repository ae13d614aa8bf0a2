import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { OpenedChain } from "../../node/open-chain.ts";
import { entryOf } from "../../node/storage/block-log.ts";
import { KEYS } from "../../node/storage/buckets.ts";
import { type Database, openDatabase } from "../../node/storage/database.ts";
import { coreOn, EmptyChain } from "../support/stored-chain.ts";
import { temporaryDirectories } from "../support/temporary-directory.ts";

/** What is gone when the third block of term 1 was the last one. */
const lost = { from: { term: 0, height: 0 }, to: { term: 1, height: 3 } };

describe("a node's directory", () => {
  const newDirectory = temporaryDirectories();
  let directory: string;
  let database: Database;
  let chain: EmptyChain;

  beforeEach(async () => {
    directory = newDirectory();
    database = await openDatabase(directory);
    chain = new EmptyChain();
  });
  afterEach(() => database.close());

  async function crash(): Promise<void> {
    await database.close();
    database = await openDatabase(directory);
  }

  /** A directory with the chain in its log, and so many blocks applied, after a restart. */
  async function stored(applied: number, commit: number, term?: number): Promise<OpenedChain> {
    await chain.store(await chain.open(database), commit, term);
    await crash();
    const opened = await chain.open(database);
    const first = opened.chain.applied.tip.height + 1;
    for (let height = first; height <= applied; height++) {
      const link = opened.tail.at(height);
      assert.ok(link);
      await opened.chain.apply(link);
      opened.tail.applied(height);
    }
    await crash();
    return chain.open(database);
  }

  it("begins with the genesis", async () => {
    const { chain: opened, tail, blocks, certifier } = await chain.open(database);
    assert.deepEqual(opened.applied.tip.hash, chain.networkId);
    assert.deepEqual(opened.applied.tree.root, chain.stateRoot);
    assert.equal(tail.last, opened.applied);
    assert.equal(blocks.lastIndex(), 0);
    assert.equal(certifier.certifiedHeight, 0);
  });

  it("opens with every block of the log at hand, applied or not", async () => {
    chain.grow(1, 1, 2);
    for (const applied of [0, 1, 3]) {
      const opened = await stored(applied, 3);
      assert.equal(opened.chain.applied.tip.height, applied);
      for (const { header, hash } of chain.blocks) {
        assert.deepEqual(opened.tail.blockAt(header.height)?.hash, hash);
      }
      assert.equal(opened.tail.last.tip.height, 3);
      const { committedEntries } = coreOn(opened).ready();
      assert.equal(committedEntries.length, 3 - applied);
    }
  });

  it("opens after a crash between applying a block and writing that it is committed", async () => {
    chain.grow(1, 1, 1);
    const opened = await stored(2, 0);
    const core = coreOn(opened);
    assert.equal(core.basicStatus().commit, 2);
  });

  it("votes again for the blocks of its term above the certified, and for no others", async () => {
    chain.grow(1, 2, 2);
    const { certifier } = await stored(0, 0);
    assert.deepEqual(
      certifier.ownVotes(2, 3).map(({ height }) => height),
      [3],
      "block 3 shows the certificate of block 2",
    );
    const later = await stored(0, 0, 3);
    assert.deepEqual(later.certifier.ownVotes(3, 3), []);
    assert.deepEqual(later.certifier.ownVotes(2, 3), []);
  });

  it("keeps the highest certificate, if it is for this chain", async () => {
    chain.grow(1, 1);
    const { blocks } = await stored(0, 0);
    const { encodeCertificate } = await import("../../ledger/block.ts");
    const other = new EmptyChain();
    other.append({
      term: 1,
      header: { stateRoot: chain.stateRoot, timestampMs: chain.tip.timestampMs },
    });
    for (const [from, height] of [
      [chain, 2],
      [other, 1],
    ] as const) {
      const certificate = encodeCertificate(from.certificate(height));
      await blocks.append({ entries: [], hardState: null, certificate });
      const { certified } = (await chain.open(database)).certifier;
      // Block 2 shows the certificate of block 1.
      assert.deepEqual(certified?.blockHash, chain.blockAt(height).hash);
    }
  });

  it("belongs to one node of one network", async () => {
    await chain.open(database);
    await assert.rejects(chain.open(database, 2), { code: "WRONG_DIRECTORY" });
  });

  it("is not opened when no record of promises can be read", async () => {
    chain.grow(1);
    await stored(0, 0);
    const forgetful = { ...database, promise: () => undefined };
    await assert.rejects(chain.open(forgetful), { code: "PROMISES_LOST" });
    await database.batch().del(KEYS.identity).write({ sync: true });
    await assert.rejects(chain.open(forgetful), { code: "PROMISES_LOST" });
  });

  it("rebuilds a state that is not the last block's", async () => {
    chain.grow(1, 1);
    await stored(2, 2);
    await database.batch().put(KEYS.state("ZZ/stray"), Uint8Array.of(1)).write({ sync: true });
    const opened = await chain.open(database);
    assert.equal(opened.chain.applied.tip.height, 2);
    assert.deepEqual(opened.chain.applied.tree.root, chain.stateRoot);
    assert.equal(opened.store.get("ZZ/stray"), undefined);
  });

  it("cuts the log below a block that does not follow, and leaves the term", async () => {
    chain.grow(1, 1, 1);
    await stored(3, 3);
    const other = new EmptyChain().grow(1, 1, 1);
    const stray = other.nextBlock({ header: { previousHash: other.networkId, height: 2 } });
    await database.batch().put(KEYS.block(2), stray.bytes).write({ sync: true });
    for (const restart of [false, true]) {
      if (restart) await crash();
      const { blocks, chain: executed } = await chain.open(database);
      assert.equal(blocks.lastIndex(), 1);
      assert.equal(executed.applied.tip.height, 1);
      assert.deepEqual(blocks.hardState, { term: 2, vote: 0, commit: 1 });
      assert.deepEqual(blocks.gone.stretches, [lost]);
      assert.equal(blocks.cutFrom, restart ? null : 2);
    }
  });

  it("has regained what it lost when its log is as far as it was, and not before", async () => {
    chain.grow(1, 1, 1);
    await stored(0, 0);
    await database.batch().del(KEYS.block(2)).write({ sync: true });
    const { blocks } = await chain.open(database);
    for (const [height, isRegained] of [
      [2, false],
      [3, true],
    ] as const) {
      const entries = [entryOf(chain.blockAt(height))];
      await blocks.append({ entries, hardState: null, certificate: null });
      assert.equal(blocks.gone.mayElect(9, blocks.end), isRegained);
      assert.equal(blocks.gone.mayElect(9, { term: 1, height: 2 }), false, "nor a shorter one");
    }
    await crash();
    assert.equal((await chain.open(database)).blocks.cutFrom, null);
  });
});
