import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { makeMessage } from "../../../consensus/messages.ts";
import { LOCAL_APPEND_THREAD } from "../../../consensus/types.ts";
import { membershipHash } from "../../../ledger/membership.ts";
import { Elections } from "../../../node/chain/elections.ts";
import { DiskWatch } from "../../../node/driver/disk-watch.ts";
import { type DurableResponse, LogWriter } from "../../../node/driver/log-writer.ts";
import type { OpenedChain } from "../../../node/open-chain.ts";
import { entryOf } from "../../../node/storage/block-log.ts";
import { KEYS } from "../../../node/storage/buckets.ts";
import { isBehind } from "../../../node/storage/damage.ts";
import { StorageError } from "../../../node/storage/record.ts";
import { flipped } from "../../support/damage.ts";
import { MemoryDatabase } from "../../support/memory-database.ts";
import { EmptyChain } from "../../support/stored-chain.ts";

const SELF = 1;

/** Writes and applies the chain block by block as a follower does. @param sent takes every answer that left. */
async function follow(chain: EmptyChain, opened: OpenedChain, sent: DurableResponse[]) {
  const { blocks, certifier, tail, chain: executed } = opened;
  const justify = () => new Uint8Array();
  const identity = chain.identity(SELF);
  const elections = new Elections(chain.context, identity, opened.memberships, justify);
  const deliver = (response: DurableResponse) => sent.push(response);
  const writer = new LogWriter({
    ...{ self: SELF, blocks, certifier, elections, deliver, disk: new DiskWatch(1) },
    settleSnapshot: () => assert.fail("no snapshot was taken"),
  });
  for (let height = blocks.lastIndex() + 1; height <= chain.blocks.length; height++) {
    const block = chain.blockAt(height);
    const { term } = block.header;
    tail.put(await executed.replay(tail.last, block));
    const position = { ...chain.tipAt(height - 1) };
    const claim = { position, membershipHash: membershipHash(chain.membership) };
    elections.requested({ term, candidate: 2, ...claim });
    elections.granted(term, 2, position);
    const answer = { from: SELF, to: 2, term };
    const order = makeMessage({
      type: "MsgStorageAppend",
      from: SELF,
      to: LOCAL_APPEND_THREAD,
      entries: [entryOf(block)],
      ...{ term, vote: 2, commit: height - 1 },
      responses: [
        makeMessage({ type: "MsgVoteResp", ...answer }),
        makeMessage({ type: "MsgAppResp", ...answer, index: height }),
      ],
    });
    writer.write(order, [chain.tipAt(height)]);
    await writer.run();
    for (let next = executed.applied.tip.height + 1; next < height; next++) {
      const committed = tail.at(next);
      assert.ok(committed);
      await executed.apply(committed);
      tail.applied(next);
    }
  }
}

/** Runs until the machine stops. @returns the answers that left before. */
async function runUntilCrash(chain: EmptyChain, database: MemoryDatabase) {
  const sent: DurableResponse[] = [];
  try {
    await follow(chain, await chain.open(database, SELF), sent);
  } catch (error) {
    assert.ok(error instanceof StorageError, String(error));
  }
  return sent;
}

describe("a crash at any write", () => {
  const chain = new EmptyChain().grow(1, 1, 2, 2, 4, 4);

  /** Every answer rests on something that is there after the crash. */
  function assertKept(sent: readonly DurableResponse[], { blocks }: OpenedChain): void {
    assert.equal(blocks.cutFrom, null);
    for (const { message, votes, grant } of sent) {
      assert.ok(blocks.hardState.term >= message.term);
      if (blocks.hardState.term === message.term) assert.equal(blocks.hardState.vote, 2);
      if (grant !== null) assert.equal(grant.voter, SELF);
      if (message.type === "MsgAppResp") assert.ok(blocks.lastIndex() >= message.index);
      for (const { height, blockHash } of votes) {
        assert.deepEqual(blocks.block(height).hash, blockHash);
      }
    }
  }

  it("leaves all that was promised, and the node goes on from there", async () => {
    const calm = new MemoryDatabase();
    await runUntilCrash(chain, calm);
    assert.ok(calm.writes > chain.blocks.length);
    for (let write = 1; write <= calm.writes; write++) {
      for (const isWritten of [false, true]) {
        const database = new MemoryDatabase(new Map(), undefined, { write, isWritten });
        const sent = await runUntilCrash(chain, database);
        const after = database.afterCrash();
        const opened = await chain.open(after, SELF);
        assertKept(sent, opened);
        await follow(chain, opened, []);
        assert.equal(opened.blocks.lastIndex(), chain.blocks.length);
        assert.deepEqual(opened.chain.applied.tree.root, chain.stateRoot);
      }
    }
  });
});

describe("damage of any record", () => {
  const chain = new EmptyChain().grow(1, 1, 2);
  const whole = new MemoryDatabase();

  /** What opens holds blocks of the chain alone, their state, and knows what it lost; else it is one sentence. */
  async function assertNoticed(key: string, database: MemoryDatabase): Promise<void> {
    let opened: OpenedChain;
    try {
      opened = await chain.open(database, SELF);
    } catch (error) {
      assert.ok(error instanceof StorageError, `${key}: ${error}`);
      assert.equal(key, KEYS.identity);
      return;
    }
    const { blocks, chain: executed, certifier } = opened;
    const isShort = blocks.lastIndex() < chain.blocks.length;
    assert.equal(isShort, key.startsWith("b/"), key);
    for (let height = 1; height <= blocks.lastIndex(); height++) {
      assert.deepEqual(blocks.block(height).hash, chain.blockAt(height).hash);
    }
    assert.deepEqual(executed.applied.tree.root, chain.stateRoot);
    assert.equal(await opened.store.isIndexWhole(executed.applied.tip.height), true);
    assert.equal(blocks.gone.mayElect(9, blocks.end), !isShort);
    assert.equal(isBehind(blocks.end, { term: 2, height: 3 }), isShort);
    assert.equal(blocks.hardState.term, isShort ? 3 : 2);
    if (isShort) assert.deepEqual(certifier.ownVotes(2, 3), []);
  }

  async function damaged(
    key: string,
    change: (record: Uint8Array) => Uint8Array | null,
  ): Promise<void> {
    const copy = whole.afterCrash();
    const changed = change(copy.records.get(key) ?? new Uint8Array());
    if (changed === null) copy.records.delete(key);
    else copy.records.set(key, changed);
    await assertNoticed(key, copy);
  }

  before(async () => {
    await runUntilCrash(chain, whole);
    await whole.batch().write({ sync: true });
  });

  it("is noticed, whatever byte it is in", async () => {
    for (const [key, record] of whole.records) {
      for (let byte = 0; byte < record.length; byte += byte < 24 ? 1 : 5) {
        await damaged(key, (good) => flipped(good, byte * 8 + (byte % 8)));
      }
    }
  }).timeout(120_000);

  it("is noticed when it lost its end, is empty, or is gone", async () => {
    for (const key of whole.records.keys()) {
      await damaged(key, (good) => good.subarray(0, -1));
      await damaged(key, () => new Uint8Array());
      if (key !== KEYS.certificate && key !== KEYS.identity) await damaged(key, () => null);
    }
  });

  it("is noticed when it is another record, in the wrong place", async () => {
    for (const key of whole.records.keys()) {
      for (const [other, record] of whole.records) {
        if (other !== key) await damaged(key, () => record);
      }
    }
  }).timeout(60_000);
});
