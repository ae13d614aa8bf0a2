import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { describe, it } from "mocha";
import { LedgerClient } from "../../../client/sdk/ledger-client.ts";
import { fakeNodes, sendJson, sendProblem } from "../../support/fake-node.ts";

const ID = "00".repeat(16);
const PENDING = { id: ID, status: "pending" };

describe("ledger client", () => {
  const startNode = fakeNodes();

  async function ask(respond: (response: ServerResponse) => void, requestTimeoutMs = 5000) {
    const url = await startNode((_, response) => respond(response));
    return new LedgerClient(url, { requestTimeoutMs }).transaction(ID);
  }

  it("reads what it knows and passes over what it does not", async () => {
    const state = await ask((response) => sendJson(response, 200, { ...PENDING, later: 1 }));
    assert.deepEqual(state, {
      id: new Uint8Array(16),
      status: "pending",
      result: null,
      height: null,
      index: null,
    });
  });

  it("sends bytes as they are and says how long it waits", async () => {
    let seen = {};
    const url = await startNode((request, response, body) => {
      const { method, url: path, headers } = request;
      seen = { method, path, type: headers["content-type"], body: body.toString("hex") };
      sendJson(response, 202, PENDING);
    });
    const { status } = await new LedgerClient(`${url}/`).submit(Uint8Array.of(1, 2), 7);
    assert.equal(status, "pending");
    assert.deepEqual(seen, {
      method: "POST",
      path: "/v1/transactions?waitMs=7",
      type: "application/cbor",
      body: "0102",
    });
  });

  it("turns a problem into the fault that the node reported", async () => {
    const refused = ask((response) => sendProblem(response, 409, "BALANCE_INSUFFICIENT"));
    await assert.rejects(refused, { code: "BALANCE_INSUFFICIENT", facts: { n: 1 } });
  });

  const invalid: { id: string; respond: (response: ServerResponse) => void }[] = [
    { id: "a problem with an unknown code", respond: (r) => sendProblem(r, 400, "NO_SUCH_CODE") },
    { id: "an error that is no problem", respond: (r) => sendJson(r, 500, "broken") },
    { id: "an answer that is no JSON", respond: (r) => r.end("<html>") },
    { id: "an answer that is no UTF-8", respond: (r) => r.end(Buffer.from([0x22, 0xff, 0x22])) },
    { id: "an answer without a field", respond: (r) => sendJson(r, 200, { id: ID }) },
    { id: "an answer of another type", respond: (r) => sendJson(r, 200, [PENDING]) },
    {
      id: "a word outside the known ones",
      respond: (r) => sendJson(r, 200, { ...PENDING, status: "maybe" }),
    },
    { id: "an endless answer", respond: (r) => r.end(`"${"x".repeat(2 * 1024 * 1024)}"`) },
  ];
  for (const { id, respond } of invalid) {
    it(`refuses ${id}`, () => assert.rejects(ask(respond), { code: "NODE_ANSWER_INVALID" }));
  }

  const away: { id: string; respond: (response: ServerResponse) => void }[] = [
    { id: "closes the connection", respond: (r) => r.destroy() },
    {
      id: "breaks off inside the answer",
      respond: (r) => {
        r.writeHead(200, { "content-length": "100" });
        r.write("{", () => r.destroy());
      },
    },
    { id: "does not answer in time", respond: () => undefined },
    {
      id: "sends the client elsewhere",
      respond: (r) => r.writeHead(302, { location: "/x" }).end(),
    },
  ];
  for (const { id, respond } of away) {
    it(`calls a node unreachable that ${id}`, () =>
      assert.rejects(ask(respond, 300), { code: "NODE_UNREACHABLE" }));
  }

  it("calls a node unreachable that is not there", async () => {
    const client = new LedgerClient("http://127.0.0.1:1");
    await assert.rejects(client.status(), { code: "NODE_UNREACHABLE" });
  });
});
