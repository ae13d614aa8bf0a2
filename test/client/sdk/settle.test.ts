import assert from "node:assert/strict";
import { before, beforeEach, describe, it } from "mocha";
import { LedgerClient } from "../../../client/sdk/ledger-client.ts";
import { settle } from "../../../client/sdk/settle.ts";
import { decodeTransaction } from "../../../ledger/transaction.ts";
import { fakeNodes, type Handler, sendJson, sendProblem } from "../../support/fake-node.ts";
import { LedgerServer } from "../../support/ledger-server.ts";
import { LedgerWorld } from "../../support/ledger-world.ts";

const MINUTES_MS = 120_000;

describe("settling a payment", function () {
  this.timeout(60_000);
  const startNode = fakeNodes();
  let world: LedgerWorld;
  let ledger: LedgerServer;
  let payment: Uint8Array;

  before(() => {
    world = new LedgerWorld();
  });

  beforeEach(() => {
    ledger = new LedgerServer(world);
    payment = world.pay(250, { createdAtMs: ledger.timeMs });
  });

  async function settled(handlers: readonly Handler[], signal = new AbortController().signal) {
    const urls = await Promise.all(handlers.map(startNode));
    const nodes = urls.map((url) => new LedgerClient(url, { requestTimeoutMs: 1000 }));
    return settle(payment, { nodes, genesis: world.genesis, signal });
  }

  /** Nothing is decided for as long as a few rounds take. */
  async function staysOpen(handlers: readonly Handler[]) {
    await assert.rejects(settled(handlers, AbortSignal.timeout(2000)), { name: "TimeoutError" });
  }

  const silent: Handler = (_, response) => response.destroy();
  const busy: Handler = (_, response) => sendProblem(response, 503, "BUSY");
  /** Lies about what it was sent and passes it on: the worst that one node can do. */
  const denyingAndSending: Handler = (request, response, body) => {
    if (request.method !== "POST") return ledger.honest(request, response, body);
    if (ledger.payments.length === 0) ledger.commit(new Uint8Array(body));
    sendProblem(response, 400, "SIGNATURE_INVALID");
  };
  /** Has the end of the chain, and says that the payment is not in it. */
  const forgetting: Handler = (request, response, body) => {
    const isPost = request.method === "POST";
    if (isPost) return sendProblem(response, 409, "EXPIRED");
    if (request.url?.startsWith("/v1/transactions")) return sendProblem(response, 404, "NOT_FOUND");
    ledger.honest(request, response, body);
  };
  /** Says "committed" and proves it with the receipt of another payment. */
  const inventing: Handler = (request, response, body) => {
    if (request.method !== "POST") return ledger.honest(request, response, body);
    const { id } = decodeTransaction(payment);
    sendJson(response, 200, { id, status: "committed", result: "OK", height: 1, index: 0 });
  };

  it("has happened when a receipt says so", async () => {
    const fate = await settled([ledger.honest]);
    assert.deepEqual([fate.status, fate.result], ["committed", "OK"]);
    assert.equal(ledger.payments.length, 1);
  });

  it("is refused for ever when a receipt says so", async () => {
    payment = world.pay(5000, { createdAtMs: ledger.timeMs });
    const fate = await settled([ledger.honest]);
    assert.deepEqual([fate.status, fate.result], ["refused", "BALANCE_INSUFFICIENT"]);
  });

  it("is found in the ledger after its end", async () => {
    ledger.commit(payment);
    ledger.passTime(MINUTES_MS);
    assert.equal((await settled([ledger.honest])).status, "committed");
  });

  it("has not happened when most of the nodes asked hold no block with it after its end", async () => {
    ledger.passTime(MINUTES_MS);
    const fate = await settled([ledger.honest, ledger.honest, silent]);
    assert.deepEqual([fate.status, fate.result], ["never", "EXPIRED"]);
  });

  it("one node of three cannot say that it has not happened", async () => {
    ledger.passTime(MINUTES_MS);
    await staysOpen([ledger.honest, silent, busy]);
  });

  it("the others find what a node forgot", async () => {
    ledger.commit(payment);
    ledger.passTime(MINUTES_MS);
    const fate = await settled([forgetting, ledger.honest, ledger.honest]);
    assert.equal(fate.status, "committed");
  });

  it("a refusal by one node is not believed while it may have passed the payment on", async () => {
    const fate = await settled([denyingAndSending, ledger.honest, silent]);
    assert.equal(fate.status, "committed");
  });

  it("bytes that most nodes call wrong can be in no block", async () => {
    const refusing: Handler = (_, response) => sendProblem(response, 400, "UNKNOWN_TYPE");
    const fate = await settled([refusing, refusing, silent]);
    assert.deepEqual([fate.status, fate.result], ["never", "UNKNOWN_TYPE"]);
  });

  it("nothing is said by a node that calls it expired before its chain is past the end", () =>
    staysOpen([forgetting]));

  it("nor by one whose end of the chain is not certified", async () => {
    ledger.passTime(MINUTES_MS);
    const other = new LedgerServer(new LedgerWorld());
    other.passTime(MINUTES_MS);
    const swapped: Handler = (request, response, body) => {
      const isCertificate = request.url?.startsWith("/v1/certificate");
      (isCertificate ? other : ledger).honest(request, response, body);
    };
    await staysOpen([swapped]);
  });

  it("a payment that nobody proves has not happened", () => staysOpen([inventing]));

  it("waits for nodes that are away or busy", async () => {
    let asked = 0;
    const late: Handler = (request, response, body) => {
      asked += 1;
      (asked < 3 ? busy : ledger.honest)(request, response, body);
    };
    assert.equal((await settled([late])).status, "committed");
  });
});
