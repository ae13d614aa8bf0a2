import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { genesisState } from "../../../contracts/genesis-state.ts";
import { toHex } from "../../../ledger/bytes.ts";
import { genesisTip } from "../../../ledger/chain.ts";
import { verifySignature } from "../../../ledger/native/verify-signature.ts";
import { verifyReceipt } from "../../../ledger/receipt.ts";
import { decodeTransaction } from "../../../ledger/transaction.ts";
import { Ledger } from "../../../node/ledger-reader.ts";
import type { OpenedChain } from "../../../node/open-chain.ts";
import { Offering } from "../../../node/snapshot/offering.ts";
import type { SnapshotPolicy } from "../../../node/snapshot/policy.ts";
import { hasBody } from "../../../node/storage/bare-block.ts";
import { KEYS } from "../../../node/storage/buckets.ts";
import { StorageError } from "../../../node/storage/record.ts";
import { scrub } from "../../../node/storage/scrub.ts";
import { expectFault } from "../../support/expect-fault.ts";
import { LedgerWorld } from "../../support/ledger-world.ts";
import { MemoryDatabase } from "../../support/memory-database.ts";
import { LATER_MS, SnapshotExchange } from "../../support/snapshot-exchange.ts";
import { StillNode } from "../../support/still-node.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

const KEEP_ALL: SnapshotPolicy = {
  everyBlocks: 3,
  keepBlocks: null,
  keepDays: null,
  catchUpBlocks: null,
};
const KEEP_LITTLE: SnapshotPolicy = { ...KEEP_ALL, keepBlocks: 1 };

describe("offering snapshots", () => {
  const newDirectory = temporaryDirectories();
  const world = new LedgerWorld();
  let giver: StillNode;
  let exchange: SnapshotExchange;

  before(async () => {
    giver = await StillNode.open(world, newDirectory());
    exchange = await SnapshotExchange.of(world, giver);
  });
  after(() => giver.close());

  function offeringOf(opened: OpenedChain, policy: SnapshotPolicy): Offering {
    const ignore = () => undefined;
    return new Offering({
      ...opened,
      policy,
      isNeeded: () => false,
      onMade: ignore,
      log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
      onFailure: (error) => exchange.failures.push(error),
    });
  }

  /** Follows the giver's chain and offers what is due. */
  async function run(database: MemoryDatabase, policy: SnapshotPolicy): Promise<OpenedChain> {
    const opened = await exchange.open(database);
    const offering = offeringOf(opened, policy);
    await exchange.follow(opened, async () => {
      offering.applied(opened.chain.applied);
      await offering.rest();
      const [failure] = exchange.failures.splice(0);
      if (failure !== undefined) throw failure;
    });
    return opened;
  }

  /** All that a node says of its chain is as the giver's, as far as it has it. */
  async function assertWhole({ database, blocks, chain, store }: OpenedChain): Promise<void> {
    const { height } = chain.applied.tip;
    for (let at = 1; at <= height; at++) {
      assert.deepEqual(blocks.block(at).hash, giver.opened.blocks.block(at).hash);
      if (at >= blocks.firstIndex()) assert.ok(hasBody(blocks.block(at)));
    }
    await scrub({ database, store, height, rest: async () => true });
  }

  it("offers none that its own state has not reached again", async () => {
    const opened = await run(new MemoryDatabase(), KEEP_ALL);
    assert.ok(offeringOf(opened, KEEP_ALL).height > 0);
    const { chain } = await exchange.open(new MemoryDatabase());
    assert.equal(offeringOf({ ...opened, chain }, KEEP_ALL).height, 0);
  });

  it("makes one every so many blocks, and keeps it over a restart", async () => {
    const database = new MemoryDatabase();
    const opened = await run(database, KEEP_ALL);
    const { height } = offeringOf(opened, KEEP_ALL);
    assert.ok(height > exchange.height - 3);
    const again = await exchange.open(database.afterCrash());
    assert.equal(offeringOf(again, KEEP_ALL).height, height);
    const snapshot = again.blocks.snapshot();
    assert.ok(snapshot !== "temporarily-unavailable" && snapshot.index === height);
    const chunks = await database.keys(KEYS.chunksStart, KEYS.chunksEnd);
    assert.ok(chunks.every((key) => key.startsWith(KEYS.chunk(height, 0).slice(0, -16))));
    assert.equal(again.blocks.firstIndex(), 1);
  });

  it("makes what has become due meanwhile when one is made, though no block follows", async () => {
    const opened = await exchange.open(new MemoryDatabase());
    const offering = offeringOf(opened, KEEP_ALL);
    const entries = opened.store.entries.bind(opened.store);
    let goOn: () => void = () => undefined;
    const isHeld = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    opened.store.entries = async function* (...from) {
      await isHeld;
      yield* entries(...from);
    };
    await exchange.follow(opened, async () => offering.applied(opened.chain.applied));
    goOn();
    await offering.rest();
    assert.equal(offering.height, exchange.height);
  });

  it("offers none while a rebuilt state is below it: its blocks are yet to be applied", async () => {
    const database = new MemoryDatabase();
    const policy = { ...KEEP_ALL, catchUpBlocks: 2 };
    const { store } = await run(database, policy);
    await store.clear();
    const founding = genesisState(world.genesis);
    await store.apply(genesisTip(world.genesis), founding.records(), []);
    const again = await exchange.open(database);
    assert.deepEqual(again.chain.applied.tree.root, founding.tree.root);
    assert.equal(offeringOf(again, policy).height, 0);
    assert.notEqual(again.blocks.entries(1, again.blocks.lastIndex() + 1, 1), "compacted");
  });

  it("sends the snapshot, not the blocks, to whoever misses more than it is to catch up", async () => {
    const opened = await run(new MemoryDatabase(), { ...KEEP_ALL, catchUpBlocks: 2 });
    const { height } = offeringOf(opened, { ...KEEP_ALL, catchUpBlocks: 2 });
    const last = opened.blocks.lastIndex();
    assert.equal(opened.blocks.entries(height - 2, last + 1, 1), "compacted");
    assert.notEqual(opened.blocks.entries(height - 1, last + 1, 1), "compacted");
  });

  it("drops bodies that are not kept, but none whose ids could be replayed", async () => {
    const database = new MemoryDatabase();
    const opened = await run(database, KEEP_LITTLE);
    const { blocks } = opened;
    const start = blocks.firstIndex() - 1;
    assert.ok(start > 1);
    assert.equal(blocks.entries(start, start + 1, 1), "compacted");
    const bare = blocks.block(2);
    assert.deepEqual([bare.transactions, bare.results, hasBody(bare)], [[], [], false]);
    for (let at = 1; at <= blocks.lastIndex(); at++) {
      const { header } = blocks.block(at);
      if (header.timestampMs >= LATER_MS) assert.ok(at > start, `block ${at} is young`);
    }
    await assertWhole(opened);
    const again = await exchange.open(database.afterCrash());
    assert.equal(again.blocks.firstIndex(), start + 1);
    assert.deepEqual(again.chain.applied.tip.hash, exchange.manifest.hash);
    await assertWhole(again);
  });

  it("says of a transaction that is not kept that it is not kept, and proves all others", async () => {
    const opened = await run(new MemoryDatabase(), KEEP_LITTLE);
    const ledger = new Ledger(opened);
    const idsAt = (height: number) =>
      giver.opened.blocks.block(height).transactions.map((bytes) => decodeTransaction(bytes).id);
    const [dropped = ""] = idsAt(2);
    const keptFrom = opened.blocks.firstIndex();
    assert.throws(() => ledger.block(2), { code: "BODY_DROPPED", facts: { height: 2, keptFrom } });
    expectFault("BODY_DROPPED", () => ledger.find(dropped));
    expectFault("BODY_DROPPED", () => ledger.receipt(dropped));
    const [kept = ""] = idsAt(exchange.height);
    const proven = verifyReceipt(ledger.receipt(kept), world.genesis, verifySignature);
    assert.equal(proven.transaction.id, kept);
    assert.equal(ledger.find(toHex(new Uint8Array(16).fill(0x7f))), null);
  });

  it("leaves the chain whole, and a snapshot or none, whichever write is the last", async () => {
    const calm = new MemoryDatabase();
    await run(calm, KEEP_LITTLE);
    for (let write = 1; write <= calm.writes; write++) {
      for (const isWritten of [false, true]) {
        const database = new MemoryDatabase(new Map(), undefined, { write, isWritten });
        await assert.rejects(run(database, KEEP_LITTLE), StorageError);
        for (const left of [
          database.afterCrash(),
          new MemoryDatabase(database.records, database.promise()),
        ]) {
          const opened = await exchange.open(left);
          await assertWhole(opened);
          const again = await run(left, KEEP_LITTLE);
          assert.deepEqual(again.chain.applied.tip.hash, exchange.manifest.hash);
          assert.ok(again.blocks.firstIndex() > 1);
        }
      }
    }
  }).timeout(120_000);

  it("a scrub finds a damaged, missing or foreign block, and the next start repairs or gives up the database", async () => {
    const database = new MemoryDatabase();
    await run(database, KEEP_LITTLE);
    const first = (await exchange.open(database)).blocks.firstIndex();
    const good = (key: string) => database.records.get(key) ?? assert.fail(key);
    for (const key of [KEYS.settled(1), KEYS.settled(2), KEYS.block(first), "h/0/1"]) {
      for (const change of [null, good(key).toReversed(), good(KEYS.block(first + 1))]) {
        const damaged = new MemoryDatabase(database.records, database.promise());
        if (change === null) damaged.records.delete(key);
        else damaged.records.set(key, change);
        await assertFoundAndRepaired(damaged, key);
      }
    }
  });

  async function assertFoundAndRepaired(database: MemoryDatabase, key: string): Promise<void> {
    const opened = await exchange.open(database, "recent").catch((error) => {
      // Some old blocks are read at each start: they say where terms began.
      assert.equal(error.code, "DATABASE_DAMAGED");
      return null;
    });
    if (opened === null) return;
    const { height } = opened.chain.applied.tip;
    const search = scrub({ database, store: opened.store, height, rest: async () => true });
    await assert.rejects(search, { code: "RECORD_DAMAGED" }, key);
    // What is not kept whole cannot be executed again: the whole database comes again from others.
    await assert.rejects(exchange.open(database, "recent"), { code: "DATABASE_DAMAGED" }, key);
  }
});
