import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { beforeEach, describe, it } from "mocha";
import { checkTransaction } from "../../contracts/check-transaction.ts";
import { decodeTransaction } from "../../ledger/transaction.ts";
import { Forwarder } from "../../node/forwarder.ts";
import { Mempool } from "../../node/mempool.ts";
import { type Frame, WIRE_TRANSACTIONS_MAX } from "../../node/wire.ts";
import { LedgerWorld } from "../support/ledger-world.ts";

describe("the forwarder", () => {
  const world = new LedgerWorld();
  let leader: number;
  let mempool: Mempool;
  let forwarder: Forwarder;
  let sent: [to: number, frame: Frame][];

  beforeEach(() => {
    leader = 2;
    sent = [];
    mempool = new Mempool();
    const send = (to: number, frame: Frame) => sent.push([to, frame]);
    const parts = { self: 1, mempool, leader: () => leader, send };
    forwarder = new Forwarder({ ...parts, defer: setImmediate });
  });

  function waiting(): Uint8Array {
    const bytes = world.sample("ISSUER_OPEN");
    mempool.add(checkTransaction(decodeTransaction(bytes), world.networkId));
    return bytes;
  }

  it("sends what comes in one turn together", async () => {
    const transactions = [Uint8Array.of(1), Uint8Array.of(2)];
    for (const transaction of transactions) forwarder.admitted(transaction);
    assert.deepEqual(sent, []);
    await turn();
    assert.deepEqual(sent, [[2, { kind: "transactions", transactions }]]);
  });

  it("fills frames up to their limits of number and bytes", async () => {
    for (let i = 0; i <= WIRE_TRANSACTIONS_MAX; i++) forwarder.admitted(Uint8Array.of(1));
    for (let i = 0; i < 17; i++) forwarder.admitted(new Uint8Array(256 * 1024));
    await turn();
    const counts = sent.map(
      ([, frame]) => frame.kind === "transactions" && frame.transactions.length,
    );
    assert.deepEqual(counts, [WIRE_TRANSACTIONS_MAX, 16, 2]);
  });

  it("sends to nobody while it leads, or while nobody does", async () => {
    for (leader of [0, 1]) {
      forwarder.admitted(waiting());
      await turn();
      for (let i = 0; i < 30; i++) forwarder.tick();
    }
    assert.deepEqual(sent, []);
  });

  it("sends all that waits to a new leader at once, and again after a while", () => {
    const transactions = [waiting(), waiting()];
    forwarder.tick();
    assert.deepEqual(sent, [[2, { kind: "transactions", transactions }]]);
    forwarder.tick();
    assert.equal(sent.length, 1);
    leader = 3;
    forwarder.tick();
    assert.deepEqual(sent[1], [3, { kind: "transactions", transactions }]);
    for (let i = 0; i < 10; i++) forwarder.tick();
    assert.equal(sent.length, 3);
  });

  it("sends again what has waited for a while, and not what came meanwhile", () => {
    const ticks = (count: number) => {
      for (let i = 0; i < count; i++) forwarder.tick();
    };
    const first = waiting();
    ticks(1);
    const second = waiting();
    ticks(10);
    ticks(10);
    assert.deepEqual(
      sent.map(([, frame]) => frame.kind === "transactions" && frame.transactions),
      [[first], [first], [first, second]],
    );
  });
});
