import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { PROMISE_FILE } from "../../node/storage/promise-file.ts";
import { Cluster } from "../support/cluster.ts";
import { REPAIRABLE } from "../support/damage.ts";
import { LedgerWorld } from "../support/ledger-world.ts";

describe("a node whose directory was damaged while it was away", function () {
  this.timeout(120_000);
  let cluster: Cluster;
  let spentPt = 0;

  before(async () => {
    cluster = await Cluster.create(new LedgerWorld());
    await cluster.start(1, 2, 3);
    await cluster.setUpThrough(1);
  });
  after(() => cluster.close());

  async function pay(number: number): Promise<void> {
    const { json } = await cluster.submit(number, cluster.pay(1));
    assert.equal(json.result, "OK");
    spentPt += 1;
  }

  for (const { id, inflict } of REPAIRABLE) {
    it(`comes back and agrees when ${id}`, async () => {
      const hurt = await cluster.leader();
      const other = cluster.running.find((number) => number !== hurt) ?? 0;
      await pay(hurt);
      await cluster.stop(hurt);
      await inflict(cluster.config(hurt).dataDirectory);
      await cluster.start(hurt);
      await pay(other);
      await cluster.settled();
      for (const number of cluster.running) {
        assert.equal(await cluster.balancePt(number), 1000 - spentPt);
      }
      await pay(hurt);
    });
  }

  it("does not start without its promises, and says so in one sentence", async () => {
    await cluster.stop(3);
    rmSync(join(cluster.config(3).dataDirectory, PROMISE_FILE));
    await assert.rejects(
      cluster.start(3),
      /^StorageError: PROMISES_LOST: .*join again under a new key$/,
    );
    await pay(1);
  });
});
