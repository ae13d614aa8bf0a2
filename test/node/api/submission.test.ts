import assert from "node:assert/strict";
import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, it } from "mocha";
import { decodeTransaction } from "../../../ledger/transaction.ts";
import { withSignaturesOf } from "../../support/cluster.ts";
import { GOVERNORS, LedgerWorld } from "../../support/ledger-world.ts";
import { StillNode } from "../../support/still-node.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

describe("submitting a sequence of transactions", function () {
  this.timeout(30_000);
  const newDirectory = temporaryDirectories();
  const world = new LedgerWorld();
  let node: StillNode;
  let api: FastifyInstance;

  beforeEach(async () => {
    node = await StillNode.open(world, newDirectory());
    api = await node.serve();
    await node.add();
    await node.add(world.setUp());
  });
  afterEach(async () => {
    await api.close();
    await node.close();
    assert.deepEqual(node.failures, []);
  });

  const post = (payload: Uint8Array, waitMs: number) =>
    api.inject({
      method: "POST",
      url: `/v1/transactions?waitMs=${waitMs}`,
      headers: { "content-type": "application/cbor-seq" },
      payload: Buffer.from(payload),
    });
  const idOf = (bytes: Uint8Array) => decodeTransaction(bytes).id;

  it("answers each as it would alone, in order, when the last is decided", async () => {
    const [decided, waiting] = [world.pay(1), world.pay(2)];
    const forged = withSignaturesOf(world.pay(3), world.pay(4));
    await node.add([decided]);
    const answering = post(Buffer.concat([waiting, decided, forged]), 20_000);
    while (!node.mempool.isPending(idOf(waiting))) await new Promise(setImmediate);
    await node.add([waiting]);
    const { statusCode, body } = await answering;
    assert.equal(statusCode, 200);
    const answers = JSON.parse(body);
    const committed = { status: "committed", result: "OK", index: 0 };
    assert.deepEqual(answers.slice(0, 2), [
      { id: idOf(waiting), ...committed, height: 4 },
      { id: idOf(decided), ...committed, height: 3 },
    ]);
    assert.equal(answers[2].code, "SIGNATURE_INVALID");
    assert.equal(answers.length, 3);
  });

  it("says pending of what no block holds when the wait is over", async () => {
    const payment = world.pay(1);
    const { statusCode, headers, body } = await post(payment, 0);
    assert.equal(statusCode, 200);
    assert.deepEqual(JSON.parse(body), [{ id: idOf(payment), status: "pending" }]);
    assert.equal(headers["retry-after"], undefined);
  });

  it("refuses a decision that another governor has still to sign, and nothing is lost", async () => {
    const lacking = world.sample("ORGANISATION_ADMIT", { signers: GOVERNORS.slice(1) });
    const { envelope, id } = decodeTransaction(lacking);
    const [refused] = JSON.parse((await post(lacking, 0)).body);
    assert.deepEqual([refused.code, refused.status], ["GOVERNORS_TOO_FEW", 403]);
    const signed = world.sample("ORGANISATION_ADMIT", { id: envelope.id });
    const answering = post(signed, 20_000);
    while (!node.mempool.isPending(id)) await new Promise(setImmediate);
    await node.add([signed]);
    const answers = JSON.parse((await answering).body);
    assert.deepEqual(answers, [{ id, status: "committed", result: "OK", height: 3, index: 0 }]);
  });

  it("tells when to try again if one may be taken later", async () => {
    const payment = world.pay(1);
    node.admission.close();
    const { headers, body } = await post(payment, 0);
    assert.equal(JSON.parse(body)[0].code, "SHUTTING_DOWN");
    assert.equal(headers["retry-after"], "1");
  });

  it("refuses as a whole what is no sequence, empty, or too long", async () => {
    const cases = [
      { payload: world.pay(1).subarray(0, -1), code: "MALFORMED" },
      { payload: Uint8Array.of(0xff), code: "MALFORMED" },
      { payload: new Uint8Array(0), code: "INVALID_FIELD" },
      { payload: new Uint8Array(257).fill(0x80), code: "INVALID_FIELD" },
    ];
    for (const { payload, code } of cases) {
      const { statusCode, body } = await post(payload, 0);
      assert.equal(statusCode, 400, body);
      assert.equal(JSON.parse(body).code, code, body);
    }
    assert.equal(node.mempool.size, 0);
  });
});
