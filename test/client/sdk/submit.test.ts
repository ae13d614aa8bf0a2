import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { LedgerClient } from "../../../client/sdk/ledger-client.ts";
import { submitTransaction } from "../../../client/sdk/submit.ts";
import { encodeReceipt } from "../../../ledger/receipt.ts";
import { decodeTransaction } from "../../../ledger/transaction.ts";
import { ChainBuilder, GENESIS_TIME_MS, testTransaction } from "../../support/chain-builder.ts";
import { fakeNodes, type Handler, sendJson, sendProblem } from "../../support/fake-node.ts";

describe("submission", () => {
  const startNode = fakeNodes();
  const chain = new ChainBuilder();
  const { genesis, networkId } = chain;
  const ours = testTransaction({ networkId, label: "ours" });
  const refused = testTransaction({ networkId, label: "refused" });
  chain.append({ transactions: [ours, refused], results: ["OK", "BALANCE_INSUFFICIENT"] });
  const receipts = [0, 1].map((index) => encodeReceipt(chain.receipt(1, index)));

  /** A node that calls every transaction committed and proves it with one receipt. */
  const committing =
    (receipt: Uint8Array = receipts[0] ?? new Uint8Array()): Handler =>
    ({ method, url }, response, body) => {
      if (method === "GET" && url?.endsWith("/receipt")) {
        response.end(receipt);
        return;
      }
      const { id } = decodeTransaction(new Uint8Array(body));
      sendJson(response, 200, { id, status: "committed", result: "OK", height: 1, index: 0 });
    };
  const refusing =
    (status: number, code: string): Handler =>
    (_, response) =>
      sendProblem(response, status, code);
  const silent: Handler = (_, response) => response.destroy();
  const pendingForever: Handler = (_, response, body) => {
    const { id } = decodeTransaction(new Uint8Array(body));
    sendJson(response, 202, { id, status: "pending" });
  };
  const flipped = (receipts[0] ?? new Uint8Array()).slice();
  flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1;

  async function submit(handlers: readonly Handler[], bytes: Uint8Array = ours, timeoutMs = 5000) {
    const urls = await Promise.all(handlers.map(startNode));
    const nodes = urls.map((url) => new LedgerClient(url));
    return submitTransaction(bytes, { nodes, genesis, timeoutMs });
  }

  it("says committed with a receipt that proves it", async () => {
    const decision = await submit([committing()]);
    const { id } = decodeTransaction(ours);
    assert.deepEqual(decision, {
      id,
      status: "committed",
      result: "OK",
      height: 1,
      index: 0,
      timestampMs: GENESIS_TIME_MS + 1000,
      stateRoot: chain.blockAt(1).header.stateRoot,
      receipt: receipts[0],
    });
  });

  it("takes the fate from the receipt, not from the node's word", async () => {
    const { status, result } = await submit([committing(receipts[1])], refused);
    assert.deepEqual([status, result], ["refused", "BALANCE_INSUFFICIENT"]);
  });

  const unproven = [
    { id: "for another transaction", receipt: receipts[1] },
    { id: "with one flipped byte", receipt: flipped },
    { id: "that is none", receipt: Uint8Array.of(1, 2, 3) },
  ];
  for (const { id, receipt } of unproven) {
    it(`never says committed with a receipt ${id}`, () =>
      assert.rejects(submit([committing(receipt)], ours, 300), ({ code, cause }) => {
        assert.deepEqual([code, cause.code], ["UNDECIDED", "WRONG_RECEIPT"]);
        return true;
      }));

    it(`asks the next node after a receipt ${id}`, async () => {
      const { status } = await submit([committing(receipt), committing()]);
      assert.equal(status, "committed");
    });
  }

  it("finds the fate at the next node when the answer is lost", async () => {
    const { status } = await submit([silent, committing()]);
    assert.equal(status, "committed");
  });

  it("sends the same bytes again, and no others", async () => {
    const seen: string[] = [];
    const recording: Handler = (request, response, body) => {
      if (request.method === "POST") seen.push(body.toString("hex"));
      const answer = seen.length < 3 ? pendingForever : committing();
      answer(request, response, body);
    };
    await submit([recording]);
    assert.deepEqual(new Set(seen), new Set([Buffer.from(ours).toString("hex")]));
    assert.equal(seen.length, 3);
  });

  it("gives up at once when the bytes are wrong", () =>
    assert.rejects(submit([refusing(400, "SIGNATURE_INVALID"), committing()]), {
      code: "SIGNATURE_INVALID",
    }));

  it("gives up at once when nothing was under way and the node refuses", () =>
    assert.rejects(submit([refusing(409, "EXPIRED"), committing()]), { code: "EXPIRED" }));

  it("does not take a refusal for final while an earlier sending may be under way", async () => {
    const { status } = await submit([silent, refusing(409, "EXPIRED"), committing()]);
    assert.equal(status, "committed");
  });

  it("waits for a network without a leader", async () => {
    const { status } = await submit([refusing(503, "NO_LEADER"), committing()]);
    assert.equal(status, "committed");
  });

  for (const [id, handler] of Object.entries({ silent, pendingForever })) {
    it(`says undecided, which is no verdict, when all nodes are ${id}`, () =>
      assert.rejects(submit([handler], ours, 300), { code: "UNDECIDED" }));
  }
});
