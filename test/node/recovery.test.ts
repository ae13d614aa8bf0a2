import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type AnswerJson, Cluster } from "../support/cluster.ts";
import { LedgerWorld } from "../support/ledger-world.ts";

describe("three nodes, one of them away", function () {
  this.timeout(60_000);
  const world = new LedgerWorld();
  let cluster: Cluster;

  beforeEach(async () => {
    cluster = await Cluster.create(world);
    await cluster.start(1, 2, 3);
  });
  afterEach(() => cluster.close());

  /** Sends a payment to whoever runs until it is decided, as a terminal does. */
  async function payFor(transaction: Uint8Array): Promise<AnswerJson> {
    return cluster.until("a payment", async () => {
      for (const number of cluster.running) {
        const answer = await cluster.submit(number, transaction, 500).catch(() => null);
        if (answer?.json.status === "committed") return answer.json;
      }
      return null;
    });
  }

  it("keep every payment that was answered when the leader goes in the midst of a stream", async () => {
    await cluster.setUpThrough(1);
    const leader = await cluster.leader();
    const payments = Array.from({ length: 60 }, () => cluster.pay(2));
    const answered = payments.map((payment) => payFor(payment));
    await Promise.race(answered);
    await cluster.stop(leader);
    const committed = await Promise.all(answered);
    await cluster.start(leader);
    await cluster.settled(Math.max(...committed.map(({ height }) => Number(height))));
    for (const number of cluster.running) {
      assert.equal(await cluster.balancePt(number), 1000 - 2 * payments.length);
      for (const { id, height, index } of committed) {
        const { json } = await cluster.get(number, `/v1/transactions/${id}`);
        assert.deepEqual([json.height, json.index, json.result], [height, index, "OK"]);
      }
    }
  });

  it("go on without a follower, which catches up over many blocks", async () => {
    const away = (await cluster.leader()) === 3 ? 2 : 3;
    const [stays = 1] = cluster.running.filter((number) => number !== away);
    await cluster.stop(away);
    await cluster.setUpThrough(stays);
    for (let i = 0; i < 40; i++) await cluster.submit(stays, cluster.pay(1));
    const { height } = (await cluster.submit(stays, cluster.pay(1))).json;
    assert.ok(Number(height) > 40);
    await cluster.start(away);
    await cluster.settled(Number(height));
    assert.equal(await cluster.balancePt(away), 959);
  });

  it("come back from their directories, all at once, and go on", async () => {
    await cluster.setUpThrough(2);
    const before = await cluster.settled();
    await cluster.stop(1, 2, 3);
    await cluster.start(1, 2, 3);
    const after = await cluster.settled(Number(before.appliedHeight));
    assert.equal(after.stateRoot, before.stateRoot);
    const { json } = await cluster.submit(3, cluster.pay(100));
    assert.equal(json.result, "OK");
    await cluster.settled(Number(json.height));
    assert.equal(await cluster.balancePt(1), 900);
  });

  it("decide nothing without a quorum, and tell who is missing", async () => {
    await cluster.setUpThrough(1);
    await cluster.settled();
    await cluster.stop(2, 3);
    const { status, json } = await cluster.submit(1, cluster.pay(1), 200);
    assert.deepEqual([status, json.status], [202, "pending"]);
    const { quorum } = (await cluster.get(1, "/v1/status")).json;
    assert.deepEqual(quorum?.missing, [2, 3]);
    await cluster.start(2, 3);
    await cluster.until("the payment", async () => {
      const { json: now } = await cluster.get(1, `/v1/transactions/${json.id}`);
      return now.status === "committed" ? now : null;
    });
  });

  it("answer whoever waits when they stop, and whoever listens", async () => {
    await cluster.leader();
    await cluster.stop(2, 3);
    const waiting = cluster.setUp().map((transaction) => cluster.submit(1, transaction));
    const events = await fetch(cluster.url(1, "/v1/events"));
    await cluster.until("all of them", async () => {
      const { pendingTransactions } = (await cluster.get(1, "/v1/status")).json;
      return pendingTransactions === waiting.length ? true : null;
    });
    await cluster.stop(1);
    for (const { status, json } of await Promise.all(waiting)) {
      assert.deepEqual([status, json.status], [202, "pending"]);
    }
    await assert.doesNotReject(events.text());
  });
});
