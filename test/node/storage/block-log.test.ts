import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { ConfState } from "../../../consensus/membership.ts";
import { encodeCertificate } from "../../../ledger/block.ts";
import { BlockLog, entryOf } from "../../../node/storage/block-log.ts";
import { KEYS } from "../../../node/storage/buckets.ts";
import { type Database, openDatabase } from "../../../node/storage/database.ts";
import { sealRecord } from "../../../node/storage/record.ts";
import { ChainBuilder } from "../../support/chain-builder.ts";
import { changeRecords } from "../../support/damage.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

const FOUNDING: ConfState = {
  voters: [1, 2, 3],
  votersOutgoing: [],
  learners: [],
  learnersNext: [],
  autoLeave: false,
};

describe("the block log", () => {
  const newDirectory = temporaryDirectories();
  let directory: string;
  let database: Database;
  let log: BlockLog;

  beforeEach(async () => {
    directory = newDirectory();
    await open();
  });
  afterEach(() => database.close());

  async function open(): Promise<void> {
    database = await openDatabase(directory);
    log = await BlockLog.open(database, false);
  }

  async function reopen(): Promise<void> {
    await database.close();
    await open();
  }

  function chainOf(...terms: readonly number[]): ChainBuilder {
    const chain = new ChainBuilder();
    for (const term of terms) chain.append({ term });
    return chain;
  }

  async function append(chain: ChainBuilder, first: number): Promise<void> {
    const entries = chain.blocks.slice(first - 1).map(entryOf);
    await log.append({ entries, hardState: null, certificate: null });
  }

  it("begins empty", () => {
    assert.deepEqual([log.firstIndex(), log.lastIndex()], [1, 0]);
    assert.equal(log.term(0), 0);
    assert.equal(log.term(1), "unavailable");
    assert.throws(() => log.block(1), { code: "RECORD_MISSING" });
  });

  it("keeps blocks, terms and promises over a restart", async () => {
    const chain = chainOf(1, 1, 2, 4, 4, 4);
    await append(chain, 1);
    const certificate = encodeCertificate(chain.certificate(4));
    const hardState = { term: 4, vote: 2, commit: 3 };
    await log.append({ entries: [], hardState, certificate });
    for (const restart of [false, true]) {
      if (restart) await reopen();
      assert.equal(log.lastIndex(), 6);
      assert.deepEqual(
        chain.blocks.map((_, i) => log.term(i + 1)),
        [1, 1, 2, 4, 4, 4],
      );
      assert.deepEqual(log.block(5).bytes, chain.blockAt(5).bytes);
      assert.deepEqual(log.hardState, hardState);
      assert.deepEqual(log.storedCertificate(), certificate);
    }
  });

  it("removes a replaced tail, also from the disk", async () => {
    const chain = chainOf(1, 1, 1, 1, 1);
    await append(chain, 1);
    const other = new ChainBuilder();
    other.append({ term: 1 });
    other.append({ term: 1 });
    other.append({ term: 3 });
    await append(other, 3);
    for (const restart of [false, true]) {
      if (restart) await reopen();
      assert.equal(log.lastIndex(), 3);
      assert.equal(log.term(3), 3);
      assert.equal(log.term(4), "unavailable");
      assert.throws(() => log.block(4), { code: "RECORD_MISSING" });
      assert.deepEqual(log.block(3).bytes, other.blockAt(3).bytes);
    }
  });

  it("gives entries by range, at least one and at most so many bytes", async () => {
    const chain = chainOf(1, 1, 1, 1);
    await append(chain, 1);
    const sizeBytes = chain.blockAt(1).bytes.length + chain.blockAt(2).bytes.length;
    const heights = (lo: number, hi: number, maxBytes: number) => {
      const entries = log.entries(lo, hi, maxBytes);
      return typeof entries === "string" ? entries : entries.map(({ index }) => index);
    };
    assert.deepEqual(heights(1, 5, Number.POSITIVE_INFINITY), [1, 2, 3, 4]);
    assert.deepEqual(heights(1, 5, sizeBytes), [1, 2]);
    assert.deepEqual(heights(2, 5, 0), [2]);
    assert.equal(heights(2, 6, 0), "unavailable");
  });

  it("commits at least what was applied", async () => {
    await append(chainOf(1, 1, 1), 1);
    await log.append({
      entries: [],
      hardState: { term: 1, vote: 1, commit: 2 },
      certificate: null,
    });
    log.beginFrom(1, FOUNDING);
    assert.equal(log.initialState().hardState.commit, 2);
    log.beginFrom(3, FOUNDING);
    assert.deepEqual(log.initialState().hardState, { term: 1, vote: 1, commit: 3 });
  });

  it("keeps what is gone and why over a restart, until more than that is committed", async () => {
    await append(chainOf(1, 1, 2), 1);
    const chain = chainOf(1, 1, 1, 1, 3);
    const election = chain.leaderCertificate(3, 1, [1, 2], { candidate: { term: 1, height: 4 } });
    const place = { term: 2, height: 3 };
    const replace = async (from: number, to: number, commit: number) => {
      const entries = chain.blocks.slice(from - 1, to).map(entryOf);
      await log.append({ entries, hardState: { term: 3, vote: 0, commit }, certificate: null });
      await reopen();
      return [log.gone.stretches, log.gone.elections];
    };
    log.gone.replaced([place], [election]);
    const gone = [[{ from: place, to: place }], [election]];
    assert.deepEqual(await replace(3, 4, 2), gone);
    assert.deepEqual(await replace(5, 5, 4), gone, "the log is further, what is committed is not");
    await log.append({
      entries: [],
      hardState: { term: 4, vote: 0, commit: 5 },
      certificate: null,
    });
    assert.deepEqual([log.gone.stretches, log.gone.elections], [[], []]);
    await log.append({
      entries: [],
      hardState: { term: 5, vote: 0, commit: 5 },
      certificate: null,
    });
    await reopen();
    assert.deepEqual([log.gone.stretches, log.gone.elections], [[], []]);
  });

  it("justifies nothing when the record of why is damaged", async () => {
    const chain = chainOf(1, 1, 2);
    await append(chain, 1);
    const election = chain.leaderCertificate(3, 1, [1, 2], { candidate: { term: 1, height: 2 } });
    log.gone.replaced([{ term: 2, height: 3 }], [election]);
    const hardState = { term: 3, vote: 0, commit: 0 };
    await log.append({ entries: [], hardState, certificate: null });
    const end = { term: 1, height: 2 };
    assert.equal(log.gone.mayElect(4, end), true);
    await database.close();
    await changeRecords(directory, (key, record) =>
      key === KEYS.elections ? record.subarray(1) : record,
    );
    await open();
    assert.equal(log.gone.mayElect(4, end), false);
  });

  it("is cut at a whole record in the wrong place", async () => {
    await append(chainOf(1, 1), 1);
    await database.close();
    await changeRecords(directory, (key, record) =>
      key === KEYS.block(2) ? sealRecord(KEYS.block(1), log.block(1).bytes) : record,
    );
    await open();
    assert.deepEqual([log.lastIndex(), log.cutFrom], [1, 2]);
    const lost = { from: { term: 0, height: 0 }, to: { term: 1, height: 2 } };
    assert.deepEqual(log.gone.stretches, [lost]);
  });

  it("of the only voter is not cut: nobody else has the blocks", async () => {
    await append(chainOf(1, 1), 1);
    await database.batch().del(KEYS.block(2)).write({ sync: true });
    await assert.rejects(BlockLog.open(database, true), { code: "LOG_DAMAGED" });
  });
});
