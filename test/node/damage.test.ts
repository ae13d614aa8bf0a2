import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
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

describe("a node whose disk is full", function () {
  this.timeout(120_000);

  it("stops at once, says so, and goes on when there is room", async function () {
    const cluster = await Cluster.create(new LedgerWorld());
    const directory = cluster.config(3).dataDirectory;
    mkdirSync(directory, { recursive: true });
    const mount = ["-t", "tmpfs", "-o", "size=8m", "tmpfs", directory];
    if (spawnSync("mount", mount).status !== 0) {
      await cluster.close();
      this.skip();
    }
    try {
      await cluster.start(1, 2, 3);
      await cluster.setUpThrough(1);
      const filler = join(directory, "filler");
      fill(filler);
      while (cluster.failures.length === 0) await cluster.submit(1, cluster.pay(1));
      const [failure] = cluster.failures.splice(0);
      assert.match(String(failure), /^StorageError: DISK_FULL: .*make room/);
      await cluster.stop(3).catch((error) => assert.match(String(error), /DISK_FULL/));
      rmSync(filler);
      await cluster.start(3);
      await cluster.settled();
      assert.equal(await cluster.balancePt(3), await cluster.balancePt(1));
    } finally {
      await cluster.stop(...cluster.running);
      spawnSync("umount", [directory]);
      await cluster.close();
    }
  });

  function fill(file: string): void {
    const handle = openSync(file, "w");
    try {
      while (true) writeSync(handle, Buffer.alloc(4096));
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, "ENOSPC");
    } finally {
      closeSync(handle);
    }
  }
});
