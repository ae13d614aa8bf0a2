import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "mocha";
import { checkTransaction } from "../../../contracts/check-transaction.ts";
import { blockHash, decodeBlock, encodeHeader } from "../../../ledger/block.ts";
import { sha256 } from "../../../ledger/hash.ts";
import { hasWitness, isPruned } from "../../../ledger/pruning.ts";
import { encodeChunk } from "../../../ledger/state-chunk.ts";
import { decodeTransaction } from "../../../ledger/transaction.ts";
import type { OpenedChain } from "../../../node/open-chain.ts";
import { encodeManifest } from "../../../node/snapshot/manifest.ts";
import { hasBody } from "../../../node/storage/bare-block.ts";
import { StorageError } from "../../../node/storage/record.ts";
import type { SnapshotAnswer } from "../../../node/wire.ts";
import { LedgerWorld } from "../../support/ledger-world.ts";
import { MemoryDatabase } from "../../support/memory-database.ts";
import { LATER_MS, SnapshotExchange, type Twist } from "../../support/snapshot-exchange.ts";
import { StillNode } from "../../support/still-node.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

/** A chunk with a record that the state does not have. */
const ODD_CHUNK = encodeChunk([["A/odd", Uint8Array.of(1)]]);

describe("a snapshot", () => {
  const newDirectory = temporaryDirectories();
  const world = new LedgerWorld();
  let giver: StillNode;
  let exchange: SnapshotExchange;

  before(async () => {
    giver = await StillNode.open(world, newDirectory());
    exchange = await SnapshotExchange.of(world, giver);
  });
  after(() => giver.close());
  beforeEach(() => {
    exchange.twists.clear();
    exchange.questions.length = 0;
    exchange.warnings.length = 0;
  });

  const hasPayment = (at: number) =>
    giver.opened.blocks.block(at).transactions.some((transaction) => hasWitness(transaction));
  const height = () => exchange.height;
  const count = (about: string) =>
    exchange.questions.filter((question) => question.about === about).length;

  /** What is there is the giver's state after the snapshot's block, and the giver's chain. */
  async function assertTaken({ chain, store, blocks, certifier }: OpenedChain): Promise<void> {
    const { tip, tree } = chain.applied;
    assert.equal(tip.height, height());
    assert.deepEqual(tip.hash, exchange.manifest.hash);
    assert.deepEqual(tree.root, exchange.manifest.header.stateRoot);
    for await (const [key, value] of giver.opened.store.entries()) {
      assert.deepEqual(store.get(key), value, key);
    }
    assert.equal(certifier.certifiedHeight, height());
    assert.equal(await store.isIndexWhole(height()), true);
    assert.deepEqual(
      [blocks.firstIndex(), blocks.lastIndex(), blocks.hardState.commit],
      [height() + 1, height(), height()],
    );
    for (let at = 1; at <= height(); at++) {
      const block = blocks.block(at);
      assert.deepEqual(block.hash, giver.opened.blocks.block(at).hash);
      assert.ok(hasBody(block));
      const isYoung = block.header.timestampMs === LATER_MS;
      assert.equal(block.transactions.some(isPruned), !isYoung && hasPayment(at));
    }
    assert.equal(blocks.stored.bodiesFrom, 1);
  }

  it("takes the place of log and state, also after a restart, and the chain goes on from it", async () => {
    const database = new MemoryDatabase();
    const opened = await exchange.open(database);
    await exchange.take(opened);
    await assertTaken(opened);
    assert.ok(exchange.manifest.chunks.length > 10);
    assert.deepEqual(exchange.warnings, []);
    const again = await exchange.open(database.afterCrash());
    await assertTaken(again);
    const next = decodeBlock(await nextBlock());
    for (const { chain, tail } of [opened, again]) {
      const link = await chain.validate(tail.last, next);
      await chain.apply(link);
      assert.deepEqual(chain.applied.tree.root, next.header.stateRoot);
    }
  });

  /** A block with a payment on top of the giver's chain, which stays as it is. */
  async function nextBlock(): Promise<Uint8Array> {
    const { chain, tail, certifier } = giver.opened;
    const payment = world.pay(4, { createdAtMs: LATER_MS });
    const checked = [checkTransaction(decodeTransaction(payment), world.networkId)];
    const lastCertificate = certifier.certified;
    const control = { lastCertificate, leaderCertificate: null, membershipChange: null };
    const draft = { term: 1, timestampMs: LATER_MS, control, transactions: checked };
    return (
      chain.build(draft, await chain.prefetch(tail.last, checked)).block?.bytes ?? new Uint8Array()
    );
  }

  it("brings the ids that could still be replayed, and where their transactions are", async () => {
    const opened = await exchange.open(new MemoryDatabase());
    await exchange.take(opened);
    const [bytes] = giver.opened.blocks.block(height()).transactions;
    assert.ok(bytes);
    const checked = [checkTransaction(decodeTransaction(bytes), world.networkId)];
    const { chain, tail, store } = opened;
    const prefetched = await chain.prefetch(tail.last, checked);
    assert.deepEqual(chain.withoutRepeated(prefetched, LATER_MS, checked), []);
    assert.deepEqual(store.place(decodeTransaction(bytes).id), { height: height(), index: 0 });
  });

  it("stays until it is on the disk, though the leader offers another meanwhile", async () => {
    const opened = await exchange.open(new MemoryDatabase());
    const intake = exchange.intake(opened);
    assert.ok(await exchange.fetch(intake, opened));
    intake.use(height());
    exchange.questions.length = 0;
    assert.equal(intake.offered(2), null);
    await intake.rest();
    // Where another would be put is what a crash would still go on from.
    assert.deepEqual(exchange.questions, []);
    await intake.settle(null);
    await intake.stop();
    await assertTaken(opened);
  });

  describe("whose taker stops at any write", () => {
    /** Runs until the machine stops, or to the end. */
    async function runUntilCrash(database: MemoryDatabase): Promise<void> {
      try {
        await exchange.take(await exchange.open(database));
      } catch (error) {
        exchange.failures.length = 0;
        assert.ok(error instanceof StorageError, String(error));
      }
    }

    async function assertGoesOn(database: MemoryDatabase): Promise<void> {
      const opened = await exchange.open(database);
      const { tip } = opened.chain.applied;
      if (tip.height > 0) await assertTaken(opened);
      else assert.deepEqual(tip.hash, world.networkId);
      await exchange.take(opened);
      await assertTaken(opened);
    }

    const leftovers = {
      "power failed": (database: MemoryDatabase) => database.afterCrash(),
      "the process was killed": (database: MemoryDatabase) =>
        new MemoryDatabase(database.records, database.promise()),
    };
    for (const [how, leftover] of Object.entries(leftovers)) {
      it(`leaves the old state or the new one, and goes on, when ${how}`, async () => {
        const calm = new MemoryDatabase();
        await runUntilCrash(calm);
        for (let write = 1; write <= calm.writes; write++) {
          for (const isWritten of [false, true]) {
            const database = new MemoryDatabase(new Map(), undefined, { write, isWritten });
            await runUntilCrash(database);
            await assertGoesOn(leftover(database));
          }
        }
      }).timeout(120_000);
    }

    it("is not fetched again from the start", async () => {
      const database = new MemoryDatabase();
      const opened = await exchange.open(database);
      const half = Math.floor(exchange.manifest.chunks.length / 2);
      const until: Twist = (answer, { about, position }) =>
        about === "chunk" && position >= half ? null : answer;
      exchange.twists.set(1, until).set(2, until);
      const intake = exchange.intake(opened);
      assert.equal(await exchange.fetch(intake, opened), null);
      assert.equal(intake.progress?.chunks, half);
      exchange.twists.clear();
      exchange.questions.length = 0;
      const again = await exchange.open(new MemoryDatabase(database.records, database.promise()));
      await exchange.take(again);
      await assertTaken(again);
      assert.equal(count("chunk"), exchange.manifest.chunks.length - half);
      assert.equal(count("blocks"), 0);
    });
  });

  describe("of a member that lies", () => {
    const parts = (answer: SnapshotAnswer, change: (bytes: Uint8Array) => Uint8Array) => ({
      ...answer,
      parts: answer.parts.map(change),
    });
    const flip = (bytes: Uint8Array) => bytes.with(bytes.length - 1, (bytes.at(-1) ?? 0) ^ 1);
    const ofOther = () =>
      encodeManifest({
        ...exchange.manifest,
        certificate: {
          ...exchange.manifest.certificate,
          votes: exchange.manifest.certificate.votes.slice(0, 1),
        },
      });
    const ofOtherState = () => {
      const { chunks } = exchange.manifest;
      const odd = { sizeBytes: ODD_CHUNK.length, hash: sha256(ODD_CHUNK) };
      return encodeManifest({ ...exchange.manifest, chunks: [odd, ...chunks.slice(1)] });
    };
    const ofOtherBlock = () => {
      const header = { ...exchange.manifest.header, previousHash: new Uint8Array(32) };
      const headerBytes = encodeHeader(header);
      const certificate = {
        ...exchange.manifest.certificate,
        blockHash: blockHash(headerBytes),
      };
      return encodeManifest({ ...exchange.manifest, headerBytes, certificate });
    };
    const lies: Record<string, Twist> = {
      "a chunk": (answer, { about }) => (about === "chunk" ? parts(answer, flip) : answer),
      "a block": (answer, { about }) => (about === "blocks" ? parts(answer, flip) : answer),
      "a block without its body": (answer, { about }) =>
        about === "blocks" ? { ...answer, parts: answer.parts.slice(1) } : answer,
      "a manifest": (answer, { about }) => (about === "manifest" ? parts(answer, flip) : answer),
      "a block of another chain": (answer, { about }) =>
        about === "manifest" ? { ...answer, parts: [ofOtherBlock()] } : answer,
      "a state": (answer, { about, position }) => {
        if (about === "manifest") return { ...answer, parts: [ofOtherState()] };
        return about === "chunk" && position === 0 ? { ...answer, parts: [ODD_CHUNK] } : answer;
      },
      "the certificate": (answer, { about }) =>
        about === "manifest" ? { ...answer, parts: [ofOther()] } : answer,
    };
    for (const [what, lie] of Object.entries(lies)) {
      it(`is not taken: ${what}`, async () => {
        exchange.twists.set(1, lie);
        const opened = await exchange.open(new MemoryDatabase());
        // The first transfer may end with the lie found; the next one asks the honest member alone.
        const intake = exchange.intake(opened);
        const arrived =
          (await exchange.fetch(intake, opened)) ?? (await exchange.fetch(intake, opened));
        assert.ok(arrived, "the honest member was not asked");
        assert.ok(exchange.warnings.includes("SNAPSHOT_REFUSED"));
        intake.use(arrived.tip.height);
        await intake.settle(null);
        await intake.stop();
        await assertTaken(opened);
      });
    }

    it("is not looked at further when nobody has certified it", async () => {
      const lie = lies["the certificate"] ?? assert.fail();
      exchange.twists.set(1, lie).set(2, lie);
      const opened = await exchange.open(new MemoryDatabase());
      assert.equal(await exchange.fetch(exchange.intake(opened), opened), null);
      assert.deepEqual([count("manifest"), count("blocks")], [2, 0]);
    });

    it("is not taken when no member tells the truth", async () => {
      exchange.twists
        .set(1, lies["a chunk"] ?? assert.fail())
        .set(2, lies["a state"] ?? assert.fail());
      const opened = await exchange.open(new MemoryDatabase());
      const intake = exchange.intake(opened);
      for (let i = 0; i < 3; i++) assert.equal(await exchange.fetch(intake, opened), null);
      assert.equal(opened.chain.applied.tip.height, 0);
    });
  });
});
