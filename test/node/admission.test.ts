import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { decodeTransaction } from "../../ledger/transaction.ts";
import { EXPIRED } from "../../node/mempool.ts";
import { withSignaturesOf } from "../support/cluster.ts";
import { AT_MS, LedgerWorld, VALID_MS } from "../support/ledger-world.ts";
import { StillNode } from "../support/still-node.ts";
import { temporaryDirectories } from "../support/temporary-directory.ts";

const LONG_MS = 60_000;

describe("admission", () => {
  const newDirectory = temporaryDirectories();
  const world = new LedgerWorld();
  let node: StillNode;

  beforeEach(async () => {
    node = await StillNode.open(world, newDirectory());
    await node.add();
    await node.add(world.setUp());
  });
  afterEach(() => node.close());

  it("tells a decision that came before anybody could wait for it", async () => {
    const payment = world.pay(1);
    const admitted = await node.admission.admit(payment);
    assert.equal(admitted.decision, null);
    await node.add([payment]);
    const decision = await node.admission.wait(admitted, LONG_MS);
    assert.deepEqual(decision, {
      status: "committed",
      result: "OK",
      place: { height: 3, index: 0 },
    });
  });

  it("tells that a transaction ended before anybody could wait for it", async () => {
    const admitted = await node.admission.admit(world.pay(1));
    node.mempool.expire(AT_MS + VALID_MS + 1);
    assert.equal(await node.admission.wait(admitted, LONG_MS), EXPIRED);
  });

  it("lets go whoever waits, and whoever would, when it closes", async () => {
    const admitted = await node.admission.admit(world.pay(1));
    const waiting = node.admission.wait(admitted, LONG_MS);
    node.admission.close();
    assert.equal(await waiting, null);
    assert.equal(await node.admission.wait(admitted, LONG_MS), null);
    await assert.rejects(node.admission.admit(world.pay(1)), { code: "SHUTTING_DOWN" });
  });

  it("lets nothing in that came while it closed", async () => {
    const admitting = node.admission.admit(world.pay(1));
    node.admission.close();
    await assert.rejects(admitting, { code: "SHUTTING_DOWN" });
    assert.equal(node.mempool.size, 0);
  });

  it("lets the same bytes in once, however often they come at a time", async () => {
    const payment = world.pay(1);
    await Promise.all(Array.from({ length: 5 }, () => node.admission.admit(payment)));
    assert.equal(node.mempool.size, 1);
    await node.add([payment]);
    const { decision } = await node.admission.admit(payment);
    assert.equal(decision?.result, "OK");
    assert.equal(node.mempool.size, 0);
  });

  it("takes a ping only where an access test wants it, and nothing else is any the wiser", async () => {
    await assert.rejects(node.admission.admit(world.sample("LOADTEST_PING")), {
      code: "LOADTEST_CLOSED",
    });
    await node.add([world.sample("LOADTEST_OPEN")]);
    const ping = world.sample("LOADTEST_PING");
    assert.equal((await node.admission.admit(ping)).decision, null);
    await node.add([ping]);
    await assert.rejects(node.admission.admit(world.sample("LOADTEST_PING")), {
      code: "LOADTEST_REPEATED",
    });
    assert.equal((await node.admission.admit(ping)).decision?.result, "OK");
    assert.equal(node.mempool.size, 0);
  });

  it("verifies only so many at a time, and says BUSY to the rest", async () => {
    const payment = world.pay(1);
    const forged = withSignaturesOf(payment, world.pay(2));
    const many = Array.from({ length: 4100 }, () => node.admission.admit(forged));
    const outcomes = await Promise.allSettled(many);
    const codes = outcomes.map((one) => one.status === "rejected" && one.reason.code);
    assert.equal(codes.filter((code) => code === "SIGNATURE_INVALID").length, 4096);
    assert.equal(codes.filter((code) => code === "BUSY").length, 4);
    await node.admission.admit(payment);
    assert.ok(node.mempool.isPending(decodeTransaction(payment).id));
  });
});
