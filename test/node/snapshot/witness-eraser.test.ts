import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { decodeBlock } from "../../../ledger/block.ts";
import { verifySignature } from "../../../ledger/native/verify-signature.ts";
import { hasWitness, isPruned, prunedBlock } from "../../../ledger/pruning.ts";
import { decodeReceipt, encodeReceipt, verifyReceipt } from "../../../ledger/receipt.ts";
import { decodeTransaction } from "../../../ledger/transaction.ts";
import { Ledger } from "../../../node/ledger-reader.ts";
import type { OpenedChain } from "../../../node/open-chain.ts";
import { Offering } from "../../../node/snapshot/offering.ts";
import { WitnessEraser } from "../../../node/snapshot/witness-eraser.ts";
import { KEYS } from "../../../node/storage/buckets.ts";
import type { Database } from "../../../node/storage/database.ts";
import { openNodeDatabase } from "../../../node/storage/node-database.ts";
import { StorageError } from "../../../node/storage/record.ts";
import { scrub } from "../../../node/storage/scrub.ts";
import { removeSetAside } from "../../../node/storage/set-aside.ts";
import { ByteSearch, type Secret } from "../../privacy/byte-search.ts";
import { expectFault } from "../../support/expect-fault.ts";
import { AT_MS, LedgerWorld } from "../../support/ledger-world.ts";
import { MemoryDatabase } from "../../support/memory-database.ts";
import { SnapshotExchange } from "../../support/snapshot-exchange.ts";
import { StillNode } from "../../support/still-node.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

const DAY_MS = 86_400_000;
const PRUNED_MS = AT_MS + 46 * DAY_MS;

/** What is in the witness of this transaction alone: card and salt of the sample world are always the same. */
function witnessOf(transactionBytes: Uint8Array): Secret[] {
  if (!hasWitness(transactionBytes)) return [];
  const { id, auth } = decodeTransaction(transactionBytes);
  return auth.map(({ kind, signature }) => ({
    what: `${kind}'s signature ${id}`,
    bytes: signature,
  }));
}

describe("the witness of old blocks", () => {
  const newDirectory = temporaryDirectories();
  const world = new LedgerWorld();
  let giver: StillNode;
  let exchange: SnapshotExchange;
  /** Height of the last block whose witness is to be destroyed. */
  let prunedHeight: number;

  before(async () => {
    giver = await StillNode.open(world, newDirectory());
    exchange = await SnapshotExchange.of(world, giver, async (node) => {
      prunedHeight = node.ledger.height;
      const prune = world.transaction(
        "WITNESS_PRUNE",
        { public: { organisation: "131164", keptFrom: "2026-11-02" }, private: null },
        { createdAtMs: PRUNED_MS },
      );
      assert.deepEqual(await node.add([prune], true, PRUNED_MS), ["OK"]);
      const payment = world.pay(3, { createdAtMs: PRUNED_MS });
      // The verifier's word of the first day is old by now: a refused payment has a witness all the same.
      assert.deepEqual(await node.add([payment], true, PRUNED_MS), ["CERT_STATUS_STALE"]);
      await node.add([], true, PRUNED_MS);
    });
  });
  after(() => giver.close());

  /** Eraser and snapshots of a node, tied together as in a real one; no policy asks for snapshots. */
  function eraserOf(opened: OpenedChain, remove: () => Promise<void> = async () => undefined) {
    const ignore = () => undefined;
    const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
    const onFailure = (error: unknown) => exchange.failures.push(error);
    const offering: Offering = new Offering({
      ...opened,
      policy: null,
      log,
      onFailure,
      isNeeded: () => eraser.needsSnapshot,
      onMade: () => eraser.look(),
    });
    const offered = () => offering.offered;
    const eraser: WitnessEraser = new WitnessEraser({
      ...opened,
      log,
      onFailure,
      offered,
      removeSetAside: remove,
    });
    const rest = async () => {
      await offering.rest();
      await eraser.rest();
      const [failure] = exchange.failures.splice(0);
      if (failure !== undefined) throw failure;
    };
    return { offering, eraser, rest };
  }

  /** Follows the giver's chain and erases what is due. */
  async function run(database: Database, remove?: () => Promise<void>) {
    const opened = await exchange.open(database);
    const { offering, eraser, rest } = eraserOf(opened, remove);
    await rest();
    await exchange.follow(opened, async () => {
      eraser.look();
      offering.applied(opened.chain.applied);
      await rest();
    });
    return { ...opened, eraser };
  }

  /** Every block is the giver's, without a witness up to the height; all can be read, and proved. */
  async function assertPruned({ blocks, chain, database, store }: OpenedChain): Promise<void> {
    const { height } = chain.applied.tip;
    for (let at = 1; at <= height; at++) {
      const block = blocks.block(at);
      assert.deepEqual(block.hash, giver.opened.blocks.block(at).hash);
      const isWhole = !block.transactions.some(isPruned);
      if (at > prunedHeight) assert.ok(isWhole, `block ${at} is young`);
      else assert.ok(!block.transactions.some(hasWitness), `block ${at} is old`);
    }
    assert.equal(blocks.firstIndex(), prunedHeight + 1);
    assert.equal(blocks.stored.bodiesFrom, 1);
    await scrub({ database, store, height, rest: async () => true });
  }

  it("is destroyed when the ledger says so; the chain, results and proofs stay", async () => {
    const opened = await run(new MemoryDatabase());
    assert.equal(opened.eraser.prunedHeight, prunedHeight);
    await assertPruned(opened);
    const ledger = new Ledger(opened);
    const blockOf = (height: number) => giver.opened.blocks.block(height);
    const payment = decodeTransaction(blockOf(prunedHeight).transactions[0] ?? new Uint8Array());
    assert.deepEqual(ledger.find(payment.id)?.decision, giver.ledger.find(payment.id)?.decision);
    assert.deepEqual(ledger.find(payment.id)?.leaf, payment.leaf);
    expectFault("WITNESS_DESTROYED", () => ledger.receipt(payment.id));
    const opening = decodeTransaction(blockOf(1).transactions[0] ?? new Uint8Array());
    const receipt = ledger.receipt(opening.id);
    assert.equal(verifyReceipt(receipt, world.genesis, verifySignature).result, "OK");
  });

  it("is kept by whoever kept his receipt, and his receipt still opens the leaf", async () => {
    const [payment = new Uint8Array()] = giver.opened.blocks.block(prunedHeight).transactions;
    const kept = encodeReceipt(giver.ledger.receipt(decodeTransaction(payment).id));
    const opened = await run(new MemoryDatabase());
    const receipt = decodeReceipt(kept);
    const { transaction, header } = verifyReceipt(receipt, world.genesis, verifySignature);
    const left = new Ledger(opened).find(transaction.id);
    assert.deepEqual(left?.leaf, transaction.leaf);
    assert.deepEqual(left?.block.header, header);
    assert.deepEqual(transaction.auth.length, 2);
  });

  it("is destroyed 92 days later, though nobody said so", async () => {
    const silent = await StillNode.open(world, newDirectory());
    const late = AT_MS + 92 * DAY_MS;
    const { failures } = exchange;
    try {
      for (const one of world.setUp()) await silent.add([one]);
      const last = silent.ledger.height;
      const { offering, eraser, rest } = eraserOf(silent.opened);
      for (const [atMs, expected] of [
        [late, 0],
        [late + DAY_MS, last],
      ] as const) {
        await silent.add([], true, atMs);
        eraser.look();
        offering.applied(silent.opened.chain.applied);
        await rest();
        assert.equal(eraser.prunedHeight, expected);
      }
      assert.deepEqual(failures, []);
    } finally {
      await silent.close();
    }
  });

  it("is demanded by whoever executes a block: a pruned one is refused", async () => {
    const { chain } = await exchange.open(new MemoryDatabase());
    const pruned = decodeBlock(prunedBlock(giver.opened.blocks.block(prunedHeight)));
    await assert.rejects(chain.validate(chain.applied, pruned), { code: "INVALID_FIELD" });
  });

  it("is not destroyed before others can do without it", async () => {
    const opened = await exchange.open(new MemoryDatabase());
    const { eraser, rest } = eraserOf(opened);
    await exchange.follow(opened, async () => {
      eraser.look();
      await rest();
    });
    assert.deepEqual([eraser.needsSnapshot, eraser.prunedHeight], [true, 0]);
    assert.ok(opened.blocks.block(prunedHeight).transactions.some(hasWitness));
  });

  it("is gone in the end, whichever write is the last; and every start finds a whole chain", async () => {
    const calm = new MemoryDatabase();
    await run(calm);
    for (let write = 1; write <= calm.writes; write++) {
      for (const isWritten of [false, true]) {
        const database = new MemoryDatabase(new Map(), undefined, { write, isWritten });
        await assert.rejects(run(database), StorageError);
        for (const left of [
          database.afterCrash(),
          new MemoryDatabase(database.records, database.promise()),
        ]) {
          const again = await run(left);
          assert.equal(again.eraser.prunedHeight, prunedHeight);
          await assertPruned(again);
        }
      }
    }
  }).timeout(120_000);

  it("is not missed by whoever takes the snapshot: pruned blocks come with it", async () => {
    const opened = await run(new MemoryDatabase());
    const from = await SnapshotExchange.over(exchange, opened);
    const taken = await exchange.open(new MemoryDatabase());
    await from.take(taken);
    assert.equal(taken.chain.applied.tip.height, exchange.height);
    assert.equal(taken.blocks.stored.bodiesFrom, 1);
    for (let at = 1; at <= prunedHeight; at++) {
      assert.deepEqual(taken.blocks.block(at).bytes, opened.blocks.block(at).bytes);
    }
  });

  it("is in no file of the disk any more", async () => {
    const directory = newDirectory();
    mkdirSync(join(directory, "damaged-1"));
    const old = giver.opened.blocks.block(prunedHeight).bytes;
    writeFileSync(join(directory, "damaged-1", "000005.ldb"), old);
    const secrets = Array.from({ length: prunedHeight }, (_, i) => i + 1)
      .flatMap((at) => giver.opened.blocks.block(at).transactions)
      .flatMap(witnessOf);
    assert.ok(secrets.length > 8);
    const search = new ByteSearch(secrets);
    const anywhere = () => search.inFiles(directory, () => false);

    const database = await openNodeDatabase(directory);
    try {
      const opened = await exchange.open(database);
      await exchange.follow(opened, async () => undefined);
      // As after a while: in tables, not in LevelDB's log only.
      await database.compact("", "~");
      const whats = new Set(secrets.map(({ what }) => what));
      const found = new Set((await anywhere()).map(({ what }) => what));
      assert.equal(found.size, whats.size);
      const { eraser, offering, rest } = eraserOf(opened, () => removeSetAside(directory));
      eraser.look();
      offering.applied(opened.chain.applied);
      await rest();
      assert.equal(eraser.prunedHeight, prunedHeight);
      // While the node runs: its log, its tables, and what lay beside them.
      assert.deepEqual(await anywhere(), []);
      assert.equal(existsSync(join(directory, "damaged-1")), false);
      assert.equal(database.get(KEYS.block(prunedHeight)), undefined);
      const left = decodeBlock(database.get(KEYS.settled(prunedHeight)) ?? new Uint8Array());
      assert.ok(left.bytes.length < old.length / 2);
    } finally {
      await database.close();
    }
    assert.deepEqual(await anywhere(), []);
  });
});
