import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { type CheckedTransaction, checkTransaction } from "../../contracts/check-transaction.ts";
import { decodeTransaction } from "../../ledger/transaction.ts";
import { makeTransactionId } from "../../ledger/transaction-id.ts";
import {
  type Decision,
  DISPLACED,
  decisionOf,
  EXPIRED,
  Mempool,
  type Waiter,
} from "../../node/mempool.ts";
import { expectFault } from "../support/expect-fault.ts";
import { AT_MS, LedgerWorld, type Overrides, seedOf, VALID_MS } from "../support/ledger-world.ts";

describe("the mempool", () => {
  const world = new LedgerWorld();
  let mempool: Mempool;
  let told: (Decision | null)[];
  const tell: Waiter = (decision) => told.push(decision);

  beforeEach(() => {
    mempool = new Mempool();
    told = [];
  });

  function opening(overrides: Overrides = {}): CheckedTransaction {
    const bytes = world.sample("ISSUER_OPEN", overrides);
    return checkTransaction(decodeTransaction(bytes), world.networkId);
  }

  function added(overrides: Overrides = {}): CheckedTransaction {
    const checked = opening(overrides);
    mempool.add(checked);
    return checked;
  }

  it("keeps a transaction once, and tells all who wait when a block decides it", () => {
    const { source } = added();
    mempool.add(opening({ id: source.envelope.id }));
    assert.equal(mempool.size, 1);
    for (let i = 0; i < 2; i++) mempool.onDecision(source.id, (outcome) => tell(outcome));
    const decision = decisionOf("OK", 7, 2);
    mempool.decided(source.id, source.leaf, decision);
    assert.deepEqual(told, [decision, decision]);
    assert.deepEqual(decision, {
      status: "committed",
      result: "OK",
      place: { height: 7, index: 2 },
    });
    assert.equal(mempool.size, 0);
    assert.equal(mempool.onDecision(source.id, tell), null);
  });

  it("tells nobody who no longer waits", () => {
    const { source } = added();
    mempool.onDecision(source.id, tell)?.();
    mempool.decided(source.id, source.leaf, decisionOf("OK", 1, 0));
    assert.deepEqual(told, []);
  });

  it("says BUSY, not a verdict, while another transaction of the id waits", () => {
    const id = makeTransactionId("organisation", AT_MS, seedOf("one id").slice(0, 16));
    const { source } = added({ id });
    const other = opening({ id, notAfterMs: AT_MS + VALID_MS + 1 });
    expectFault("BUSY", () => mempool.add(other));
    expectFault("BUSY", () => mempool.has(other.source.id, other.source.leaf));
    assert.ok(mempool.has(source.id, source.leaf));
  });

  it("tells that another transaction of its id is in a block", () => {
    const id = makeTransactionId("organisation", AT_MS, seedOf("one id").slice(0, 16));
    const { source } = added({ id });
    mempool.onDecision(source.id, tell);
    const other = opening({ id, notAfterMs: AT_MS + VALID_MS + 1 });
    mempool.decided(source.id, other.source.leaf, decisionOf("OK", 1, 0));
    assert.deepEqual(told, [DISPLACED]);
  });

  it("tells that block time has passed a transaction's end, not before", () => {
    const { source } = added();
    mempool.onDecision(source.id, tell);
    mempool.expire(AT_MS + VALID_MS);
    assert.deepEqual(told, []);
    mempool.expire(AT_MS + VALID_MS + 1);
    assert.deepEqual(told, [EXPIRED]);
    assert.ok(!mempool.isPending(source.id));
  });

  it("asks for a block exactly when one would end a transaction", () => {
    added();
    const endMs = AT_MS + VALID_MS;
    assert.ok(!mempool.hasEnding(AT_MS, endMs));
    assert.ok(mempool.hasEnding(AT_MS, endMs + 1));
    assert.ok(!mempool.hasEnding(endMs + 1, endMs + 9), "a block under way ends it already");
  });

  it("gives the oldest that fit, within count and bytes", () => {
    const all = [added(), added(), added()];
    const sizeBytes = all[0]?.source.bytes.length ?? 0;
    assert.deepEqual(mempool.take(2, 1_000_000), all.slice(0, 2));
    assert.deepEqual(mempool.take(9, 2 * sizeBytes), all.slice(0, 2));
    assert.deepEqual(
      mempool.take(9, 1_000_000, (one) => one !== all[0]),
      all.slice(1),
    );
    assert.equal(mempool.size, 3);
  });

  it("has a limit of bytes, and room again when a transaction leaves", () => {
    const { source } = added();
    expectFault("BUSY", () => mempool.demandRoom(64 * 1024 * 1024));
    mempool.decided(source.id, source.leaf, decisionOf("OK", 1, 0));
    assert.doesNotThrow(() => mempool.demandRoom(64 * 1024 * 1024));
  });

  it("lets wait what blocks have taken lately in two seconds, and some thousands anyhow", () => {
    let heights = 0;
    const many = Array.from({ length: 4097 }, () => opening());
    const fill = () => {
      const all: CheckedTransaction[] = [];
      expectFault("BUSY", () => {
        for (const one of many) {
          mempool.add(one);
          all.push(one);
        }
      });
      assert.ok(!mempool.hasRoom);
      return all;
    };
    const decide = (all: readonly CheckedTransaction[], timestampMs: number) => {
      heights += 1;
      for (const { source } of all) {
        mempool.decided(source.id, source.leaf, decisionOf("OK", heights, 0));
      }
      mempool.expire(timestampMs);
      assert.ok(mempool.hasRoom);
    };
    const first = fill();
    assert.equal(first.length, 2048);
    decide(first, AT_MS);
    const second = fill();
    assert.equal(second.length, 2048);
    decide(second, AT_MS + 1000);
    const third = fill();
    assert.equal(third.length, 4096, "as many as in the two blocks");
    decide(third, AT_MS + 3000);
    assert.equal(fill().length, 4096, "the first two are no longer late");
  }).timeout(60_000);

  it("lets fewer wait when blocks leave many waiting for longer than five seconds", () => {
    const waiting = Array.from({ length: 300 }, () => added());
    const take = (count: number, timestampMs: number) => {
      for (const { source } of waiting.splice(0, count)) {
        mempool.decided(source.id, source.leaf, decisionOf("OK", 1, 0));
      }
      mempool.expire(timestampMs);
    };
    for (let seconds = 0; seconds < 5; seconds += 1) {
      take(4, AT_MS + seconds * 1000);
      assert.ok(mempool.hasRoom, "nobody has waited for long yet");
    }
    take(4, AT_MS + 5000);
    assert.ok(!mempool.hasRoom, "4 in a second, and those that wait came five seconds ago");
    take(20, AT_MS + 6000);
    assert.equal(waiting.length, 256);
    assert.ok(mempool.hasRoom, "some may always wait");
  });

  it("finds what waits by its bytes, and nothing else", () => {
    const { source } = added();
    assert.equal(mempool.find(source.bytes)?.source, source);
    assert.equal(mempool.find(source.bytes.with(-1, (source.bytes.at(-1) ?? 0) ^ 1)), undefined);
    assert.equal(mempool.find(opening().source.bytes), undefined);
    assert.equal(mempool.find(new Uint8Array(0)), undefined);
  });

  it("gives up what a snapshot passed over, without a word on what became of it", () => {
    const { source } = added();
    mempool.onDecision(source.id, tell);
    mempool.clear();
    assert.deepEqual([told, mempool.size], [[null], 0]);
    assert.equal(mempool.hasEnded(source), false);
    mempool.expire(AT_MS + VALID_MS + 1);
    assert.equal(mempool.hasEnded(source), true);
    added();
    assert.equal(mempool.size, 1);
  });

  it("lets everybody go when the node stops, and keeps what waits", () => {
    const { source } = added();
    mempool.onDecision(source.id, tell);
    mempool.releaseWaiters();
    assert.deepEqual(told, [null]);
    mempool.decided(source.id, source.leaf, decisionOf("OK", 1, 0));
    assert.deepEqual(told, [null]);
  });
});
