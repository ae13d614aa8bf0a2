/** Real nodes: who missed much, or lost its database, comes back by snapshot while payments go on. */
import assert from "node:assert/strict";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { PROMISE_FILE } from "../../../node/storage/promise-file.ts";
import { Cluster } from "../../support/cluster.ts";
import { LedgerWorld } from "../../support/ledger-world.ts";

describe("a network that makes snapshots", function () {
  this.timeout(120_000);
  let cluster: Cluster;

  beforeEach(async () => {
    cluster = await Cluster.create(new LedgerWorld());
    cluster.snapshots = { everyBlocks: 4, keepBlocks: null, keepDays: null, catchUpBlocks: 0 };
    await cluster.start(1, 2, 3);
    await cluster.setUpThrough(1);
    await cluster.settled();
    await cluster.stop(3);
  });
  afterEach(() => cluster.close());

  async function pay(node: number, count: number): Promise<string> {
    let id = "";
    for (let i = 0; i < count; i++) {
      const { json } = await cluster.submit(node, cluster.pay(1));
      assert.equal(json.result, "OK", JSON.stringify(json));
      id = String(json.id);
    }
    return id;
  }

  /** Node 3 goes on from a snapshot while the others commit payments, and is one of them again. */
  async function comesBackBySnapshot(): Promise<void> {
    await cluster.start(3);
    let isBack = false;
    const load = (async () => {
      while (!isBack) await pay(1, 1);
    })();
    await cluster.until("the snapshot", async () => {
      const { snapshots } = (await cluster.get(3, "/v1/status")).json;
      return (snapshots?.wholeFrom ?? 0) > 1 ? true : null;
    });
    // While payments go on it may be sent one snapshot after the other: these nodes catch nobody up by blocks.
    isBack = true;
    await load;
    await cluster.settled();
    await cluster.stop(2);
    await pay(3, 3);
    assert.equal(await cluster.balancePt(3), await cluster.balancePt(1));
  }

  it("brings a node back that missed more than the others would send it", async () => {
    const id = await pay(1, 20);
    // What waits in the others' queues for node 3 goes with them.
    await cluster.stop(1, 2);
    await cluster.start(1, 2);
    await comesBackBySnapshot();
    // What it did not execute it knows all the same.
    assert.equal((await cluster.get(3, `/v1/transactions/${id}`)).json.result, "OK");
    await cluster.stop(3);
    await cluster.start(2, 3);
    await pay(3, 2);
    assert.equal((await cluster.get(3, `/v1/transactions/${id}`)).json.result, "OK");
    await cluster.settled();
  });

  it("brings a node back whose database is gone", async () => {
    const directory = cluster.config(3).dataDirectory;
    for (const name of readdirSync(directory)) {
      if (name !== PROMISE_FILE) rmSync(join(directory, name), { recursive: true });
    }
    await pay(1, 8);
    await comesBackBySnapshot();
  });
});
