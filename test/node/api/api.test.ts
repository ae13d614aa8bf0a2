import assert from "node:assert/strict";
import { request } from "node:http";
import type { FastifyInstance, InjectOptions } from "fastify";
import { afterEach, beforeEach, describe, it } from "mocha";
import { governorsOf } from "../../../contracts/governance/governors.ts";
import { decodeBlock, decodeCertificate } from "../../../ledger/block.ts";
import { toHex } from "../../../ledger/bytes.ts";
import { FAULTS, type FaultCode } from "../../../ledger/faults.ts";
import { genesisText } from "../../../ledger/genesis.ts";
import { verifySignature } from "../../../ledger/native/verify-signature.ts";
import { decodeReceipt, receiptSchema, verifyReceipt } from "../../../ledger/receipt.ts";
import { decodeTransaction } from "../../../ledger/transaction.ts";
import { makeTransactionId } from "../../../ledger/transaction-id.ts";
import { withSignaturesOf } from "../../support/cluster.ts";
import {
  AT_MS,
  KAWASAKI,
  LedgerWorld,
  LINK_HANDLE,
  officerOf,
  seedOf,
  TOSHIMA,
} from "../../support/ledger-world.ts";
import { StillNode } from "../../support/still-node.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

describe("the API", function () {
  this.timeout(20_000);
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

  const get = (url: string, headers: Record<string, string> = {}) =>
    api.inject({ method: "GET", url, headers });
  const post = (payload: Uint8Array, waitMs = 0) =>
    api.inject({
      method: "POST",
      url: `/v1/transactions?waitMs=${waitMs}`,
      headers: { "content-type": "application/cbor" },
      payload: Buffer.from(payload),
    });

  /** A problem as RFC 9457 and our registry have it. */
  async function assertProblem(options: InjectOptions, code: FaultCode): Promise<void> {
    const answer = await api.inject(options);
    const { status, en, ja, retryable, counter } = FAULTS[code];
    const what = `${options.method} ${String(options.url)}: ${answer.body}`;
    assert.equal(answer.statusCode, status, what);
    assert.match(String(answer.headers["content-type"]), /^application\/problem\+json/, what);
    const { detail, facts, ...problem } = answer.json();
    assert.deepEqual(problem, {
      type: `urn:mykey-ledger:fault:${code}`,
      title: en,
      status,
      code,
      detailJa: ja,
      retryable,
      counter,
    });
    assert.equal(typeof detail, "string");
    assert.equal(typeof facts, "object");
    assert.equal(answer.headers["retry-after"], retryable ? "1" : undefined);
  }

  it("tells an address that asks too often to wait, and nobody else", async () => {
    const limited = await node.serve({ requestsPerSecondMax: 1 });
    const ask = (remoteAddress: string) =>
      limited.inject({ method: "GET", url: "/v1/status", remoteAddress });
    try {
      // Any two within one second are one too many.
      let answer = await ask("192.0.2.7");
      for (let more = 0; answer.statusCode === 200 && more < 100; more++) {
        answer = await ask("192.0.2.7");
      }
      assert.equal(answer.statusCode, 429);
      assert.equal(answer.json().code, "TOO_MANY_REQUESTS");
      assert.equal(answer.headers["retry-after"], "1");
      assert.deepEqual(answer.json().facts, { requestsPerSecondMax: 1 });
      const others = ["192.0.2.8", "127.0.0.1", "127.0.0.1", "127.0.0.1"].map(ask);
      for (const { statusCode } of await Promise.all(others)) assert.equal(statusCode, 200);
    } finally {
      await limited.close();
    }
  });

  it("tells which network and node this is", async () => {
    assert.deepEqual((await get("/v1/network")).json(), {
      networkId: toHex(world.networkId),
      name: world.genesis.name,
      clock: "world",
      node: {
        number: 1,
        organisation: world.genesis.members[0]?.organisation,
        publicKey: toHex(world.nodes[0]?.publicKey ?? new Uint8Array(0)),
      },
      version: "0.0.0",
    });
    assert.equal((await get("/v1/genesis")).body, genesisText(world.genesis));
  });

  it("tells where the chain is, and who is missing for a quorum", async () => {
    const status = (await get("/v1/status")).json();
    assert.equal(status.appliedHeight, 2);
    assert.equal(status.certifiedHeight, 2);
    assert.equal(status.blockHash, toHex(node.opened.chain.applied.tip.hash));
    assert.equal(status.leader, 2);
    assert.deepEqual(status.quorum, { needed: 2, reachable: 2, missing: [3], reason: null });
    node.leader = 0;
    assert.equal((await get("/v1/status")).json().leader, null);
  });

  it("tells who runs the network, who shall, who governs, and what comes next", async () => {
    const before = (await get("/v1/membership")).json();
    assert.deepEqual(
      before.inForce.map(({ number, role, connected }: Record<string, unknown>) => [
        number,
        role,
        connected,
      ]),
      [
        [1, "voter", true],
        [2, "voter", true],
        [3, "voter", false],
      ],
    );
    assert.equal(before.inForce[0].publicKey, toHex(world.nodes[0]?.publicKey ?? new Uint8Array()));
    assert.deepEqual([before.nextNumber, before.waiting], [4, null]);
    assert.deepEqual(before.governors, governorsOf(world.genesis));
    assert.deepEqual(await node.add([world.sample("NODE_ADMIT")]), ["OK"]);
    const after = (await get("/v1/membership")).json();
    assert.equal(after.wished.length, 4);
    assert.equal(after.nextNumber, 5);
    assert.match(after.waiting.en, /^Under way/);
  });

  it("tells whose a key is: a terminal's municipality, an officer's organisation", async () => {
    const terminal = (await get("/v1/terminals/museum-1")).json();
    assert.deepEqual(terminal, {
      merchant: "museum",
      issuer: TOSHIMA,
      algorithm: world.terminal.algorithm,
      publicKey: toHex(world.terminal.publicKey),
      status: "ACTIVE",
    });
    const clerk = toHex(officerOf(TOSHIMA, "clerk").publicKey);
    const { organisation, roles, status } = (await get(`/v1/keys/${clerk}`)).json();
    assert.deepEqual([organisation, roles, status], [TOSHIMA, ["clerk"], "ACTIVE"]);
    for (const [url, code] of [
      ["/v1/terminals/nowhere", "NOT_FOUND"],
      ["/v1/terminals/No-Where", "INVALID_FIELD"],
      [`/v1/keys/${"00".repeat(32)}`, "NOT_FOUND"],
      ["/v1/keys/00", "INVALID_FIELD"],
    ] as const) {
      await assertProblem({ method: "GET", url }, code);
    }
  });

  it("tells what facilities offer, and whether a pseudonym is linked to it", async () => {
    const facility = { municipality: TOSHIMA, facility: "library" };
    const names = { nameJa: "図書館", nameEn: "Library" };
    const terms = { category: "LIBRARY", sensitive: false, termMonths: 0, attesters: [], fees: [] };
    const define = (type: string, body: object) =>
      world.transaction(type, { public: { ...facility, ...body }, private: null });
    const results = await node.add([
      define("FACILITY_REGISTER", { ...names, merchant: null }),
      define("SERVICE_DEFINE", { service: "lending", ...names, ...terms }),
      world.sample("LINK_CREATE"),
    ]);
    assert.deepEqual(results, ["OK", "OK", "OK"]);
    const { services } = (await get(`/v1/services/${TOSHIMA}`)).json();
    const named = { facilityNameJa: "図書館", facilityNameEn: "Library", ...names };
    const service = { facility: "library", service: "lending" };
    const kind = { category: "LIBRARY", sensitive: false };
    assert.deepEqual(services, [{ ...service, ...named, ...kind }]);
    assert.deepEqual((await get(`/v1/services/${KAWASAKI}`)).json(), { services: [] });
    assert.equal((await get("/v1/facilities/library")).json().municipality, TOSHIMA);
    const [known, unknown] = [toHex(LINK_HANDLE), "00".repeat(32)];
    const one = (await get(`/v1/links?handle=${known}`)).json();
    assert.deepEqual((await get(`/v1/links?handle=${unknown}&handle=${known}`)).json(), one);
    const [{ handle, status, ...place }] = one.links;
    assert.deepEqual([handle, status, place.facility], [known, "ACTIVE", "library"]);
    const many = Array.from({ length: 51 }, () => `handle=${known}`).join("&");
    for (const [url, code] of [
      ["/v1/facilities/nowhere", "NOT_FOUND"],
      ["/v1/facilities/No-Where", "INVALID_FIELD"],
      ["/v1/services/toshima", "INVALID_FIELD"],
      ["/v1/links", "INVALID_FIELD"],
      ["/v1/links?handle=00", "INVALID_FIELD"],
      [`/v1/links?${many}`, "INVALID_FIELD"],
    ] as const) {
      await assertProblem({ method: "GET", url }, code);
    }
  });

  it("takes nothing in while the node is no member", async () => {
    node.role = "no member";
    const payload = Buffer.from(world.pay(1));
    const headers = { "content-type": "application/cbor" };
    await assertProblem(
      { method: "POST", url: "/v1/transactions", headers, payload },
      "NOT_A_MEMBER",
    );
    await assertProblem({ method: "GET", url: "/readyz" }, "NOT_A_MEMBER");
  });

  it("lets a transaction in, in either form, and knows it while it waits", async () => {
    const payment = world.pay(10);
    const { id } = decodeTransaction(payment);
    await assertProblem({ method: "GET", url: `/v1/transactions/${id}` }, "NOT_FOUND");
    const pending = { id, status: "pending" };
    const first = await post(payment);
    assert.deepEqual([first.statusCode, first.json()], [202, pending]);
    const again = await api.inject({
      method: "POST",
      url: "/v1/transactions?waitMs=0",
      payload: { transaction: toHex(payment) },
    });
    assert.deepEqual([again.statusCode, again.json()], [202, pending]);
    assert.deepEqual((await get(`/v1/transactions/${id}`)).json(), pending);
    assert.equal(node.mempool.size, 1);
  });

  it("answers when a block has decided, and the same ever after", async () => {
    const payments = [world.pay(10), world.pay(5000)] as const;
    const waiting = payments.map((payment) => post(payment, 10_000));
    while (node.mempool.size < 2) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(await node.add(payments), ["OK", "BALANCE_INSUFFICIENT"]);
    const answers = await Promise.all(waiting);
    const [paid, refused] = payments.map((payment) => decodeTransaction(payment).id);
    const expected = [
      { id: paid, status: "committed", result: "OK", height: 3, index: 0 },
      { id: refused, status: "refused", result: "BALANCE_INSUFFICIENT", height: 3, index: 1 },
    ];
    assert.deepEqual(
      answers.map((answer) => [answer.statusCode, answer.json()]),
      expected.map((body) => [200, body]),
    );
    for (const [i, body] of expected.entries()) {
      assert.deepEqual((await get(`/v1/transactions/${body.id}`)).json(), { ...body, type: "PAY" });
      assert.deepEqual((await post(payments[i] ?? payments[0])).json(), body);
    }
  });

  it("refuses what can never enter the ledger, with the reason", async () => {
    const late = { createdAtMs: AT_MS - 60_000, notAfterMs: AT_MS - 1 };
    const early = { createdAtMs: AT_MS + 30_001 };
    const committed = decodeTransaction(world.setUp()[0] ?? new Uint8Array(0));
    const id = makeTransactionId("card", AT_MS, seedOf("an id").slice(0, 16));
    await node.add([world.pay(1, { id })]);
    const cases: [FaultCode, Uint8Array][] = [
      ["MALFORMED", Uint8Array.of(0xff)],
      ["MALFORMED", new Uint8Array(0)],
      ["INVALID_FIELD", Uint8Array.of(0x80)],
      ["TOO_LARGE", new Uint8Array(300_000)],
      ["TOO_LARGE", new Uint8Array(2_000_000)],
      ["WRONG_NETWORK", world.pay(1, { networkId: seedOf("elsewhere") })],
      ["SIGNATURE_INVALID", withSignaturesOf(world.pay(2), world.pay(1))],
      ["SIGNER_MISSING", world.pay(1, { signers: [] })],
      ["VALIDITY_TOO_LONG", world.pay(1, { notAfterMs: AT_MS + 200_000 })],
      ["EXPIRED", world.pay(1, late)],
      ["NOT_YET_VALID", world.pay(1, early)],
      ["DUPLICATE_ID", world.pay(2, { id })],
    ];
    assert.ok(committed);
    for (const [code, payload] of cases) {
      await assertProblem(
        {
          method: "POST",
          url: "/v1/transactions",
          headers: { "content-type": "application/cbor" },
          payload: Buffer.from(payload),
        },
        code,
      );
    }
    assert.equal(node.mempool.size, 0);
  });

  it("refuses requests that are none of its own", async () => {
    const json = { "content-type": "application/json" };
    const url = "/v1/transactions";
    const cases: [FaultCode, InjectOptions][] = [
      ["INVALID_FIELD", { method: "POST", url, payload: {} }],
      ["INVALID_FIELD", { method: "POST", url, payload: { transaction: "AB" } }],
      ["INVALID_FIELD", { method: "POST", url, payload: { transaction: "ab", more: 1 } }],
      ["INVALID_FIELD", { method: "POST", url }],
      ["INVALID_FIELD", { method: "POST", url: `${url}?waitMs=-1`, payload: {} }],
      ["INVALID_FIELD", { method: "POST", url: `${url}?waitMs=60001`, payload: {} }],
      ["MALFORMED", { method: "POST", url, headers: json, payload: "{" }],
      ["MALFORMED", { method: "POST", url, headers: json, payload: '{"__proto__":{}}' }],
      ["MALFORMED", { method: "POST", url, headers: json, payload: "" }],
      [
        "UNSUPPORTED_MEDIA_TYPE",
        { method: "POST", url, headers: { "content-type": "text/plain" }, payload: "ab" },
      ],
      ["INVALID_FIELD", { method: "GET", url: `${url}/abc` }],
      ["INVALID_FIELD", { method: "GET", url: `${url}/${"AB".repeat(16)}` }],
      ["INVALID_FIELD", { method: "GET", url: `${url}/${"g".repeat(150)}` }],
      ["MALFORMED", { method: "GET", url: `${url}/%ff` }],
      ["NOT_FOUND", { method: "GET", url: `${url}/${"ab".repeat(16)}` }],
      ["NOT_FOUND", { method: "GET", url: `${url}/${"ab".repeat(16)}/receipt` }],
      ["NOT_FOUND", { method: "GET", url: "/v2" }],
      ["NOT_FOUND", { method: "GET", url: "/v1/blocks/3" }],
      ["NOT_FOUND", { method: "GET", url: "/v1/blocks/99999999999999999999" }],
      ["INVALID_FIELD", { method: "GET", url: "/v1/blocks/0" }],
      ["INVALID_FIELD", { method: "GET", url: "/v1/blocks/one" }],
      ["INVALID_FIELD", { method: "GET", url: "/v1/blocks?limit=101" }],
      ["INVALID_FIELD", { method: "GET", url: "/v1/chain?from=0" }],
      ["INVALID_FIELD", { method: "GET", url: "/v1/chain?limit=257" }],
      ["NOT_FOUND", { method: "GET", url: `/v1/wallets/${"ab".repeat(32)}` }],
      ["INVALID_FIELD", { method: "GET", url: "/v1/wallets/..%2f..%2fetc" }],
      ["NOT_FOUND", { method: "GET", url: "/v1/point-types/131164/unknown" }],
      ["INVALID_FIELD", { method: "GET", url: "/v1/point-types/131164/..%2fhealth" }],
      ["NOT_FOUND", { method: "GET", url: "/v1/campaigns/131164/health/unknown" }],
      ["NOT_FOUND", { method: "GET", url: "/v1/budgets/131164/2027/HEALTH" }],
      ["INVALID_FIELD", { method: "GET", url: "/v1/budgets/131164/2026/GIFTS" }],
      ["INVALID_FIELD", { method: "GET", url: "/v1/events", headers: { "last-event-id": "-1" } }],
      ["INVALID_FIELD", { method: "GET", url: "/v1/events", headers: { "last-event-id": "1e3" } }],
      ["METHOD_NOT_ALLOWED", { method: "DELETE", url }],
      ["METHOD_NOT_ALLOWED", { method: "GET", url }],
      ["METHOD_NOT_ALLOWED", { method: "OPTIONS", url: "/v1/status" }],
      ["METHOD_NOT_ALLOWED", { method: "POST", url: "/v1/blocks/1", payload: {} }],
      ["METHOD_NOT_ALLOWED", { method: "PUT", url: "/v1/network", payload: "x" }],
    ];
    for (const [code, options] of cases) await assertProblem(options, code);
    const { headers } = await api.inject({ method: "PUT", url: "/v1/status" });
    assert.equal(headers.allow, "GET, HEAD");
  });

  it("gives auditors a state to begin with, where what is private of old blocks is destroyed", async () => {
    await assertProblem({ method: "GET", url: "/v1/state" }, "NOT_FOUND");
    node.openingState = [Uint8Array.of(1, 2), Uint8Array.of(3)];
    const answer = await api.inject({ method: "GET", url: "/v1/state" });
    node.openingState = null;
    assert.equal(answer.headers["content-type"], "application/cbor-seq");
    assert.deepEqual([...answer.rawPayload], [0x42, 1, 2, 0x41, 3]);
  });

  it("answers HEAD without a body, and not for streams", async () => {
    const answer = await api.inject({ method: "HEAD", url: "/v1/status" });
    assert.deepEqual([answer.statusCode, answer.body], [200, ""]);
    assert.equal((await api.inject({ method: "HEAD", url: "/v1/events" })).statusCode, 405);
  });

  it("says on what terms a municipality grants, and what it may still grant", async () => {
    const type = (await get("/v1/point-types/131164/health")).json();
    assert.deepEqual([type.nameJa, type.perGrantCapPt], ["健康ポイント", 25_000]);
    assert.deepEqual((await get("/v1/budgets/131164/2026/HEALTH")).json(), {
      appropriatedPt: 1_000_000,
      grantedPt: 1000,
      setAsidePt: 0,
    });
  });

  it("says what a campaign gives", async () => {
    await node.add([world.sample("CAMPAIGN_OPEN")], false);
    const campaign = (await get("/v1/campaigns/131164/health/autumn")).json();
    assert.deepEqual([campaign.nameJa, campaign.premiumPt], ["秋の健康キャンペーン", 0]);
  });

  it("gives receipts that verify, in either form", async () => {
    const payment = world.pay(10);
    const { id } = decodeTransaction(payment);
    await node.add([payment], false);
    await assertProblem({ method: "GET", url: `/v1/transactions/${id}/receipt` }, "PENDING");
    for (let later = 0; later < 3; later++) await node.add([], later === 2);
    const { rawPayload, headers } = await get(`/v1/transactions/${id}/receipt`);
    assert.equal(headers["content-type"], "application/cbor");
    const receipt = decodeReceipt(new Uint8Array(rawPayload));
    assert.equal(receipt.certificate.height, 6);
    const proven = verifyReceipt(receipt, world.genesis, verifySignature);
    assert.deepEqual([proven.transaction.id, proven.result, proven.header.height], [id, "OK", 3]);
    const json = await get(`/v1/transactions/${id}/receipt`, { accept: "application/json, */*" });
    assert.deepEqual(receiptSchema.fromJson(json.json()), receipt);
  });

  it("gives the certified chain, block by block and as a sequence", async () => {
    await node.add([], false);
    const blocks = [1, 2].map((height) => node.ledger.block(height).bytes);
    const { rawPayload, headers } = await get("/v1/chain");
    assert.equal(headers["content-type"], "application/cbor-seq");
    const { encode } = await import("../../../ledger/encoding.ts");
    assert.deepEqual(rawPayload, Buffer.concat(blocks.map((bytes) => encode(bytes))));
    assert.equal((await get("/v1/chain?from=3")).rawPayload.length, 0);
    assert.equal((await get("/v1/chain?from=99999999999999999999")).rawPayload.length, 0);
    const one = await get("/v1/blocks/2");
    assert.deepEqual(decodeBlock(new Uint8Array(one.rawPayload)).header.height, 2);
    const certificate = decodeCertificate(
      new Uint8Array((await get("/v1/certificate")).rawPayload),
    );
    assert.equal(certificate.height, 2);
    const heights = (await get("/v1/blocks?limit=2"))
      .json()
      .map((block: { height: number }) => block.height);
    assert.deepEqual(heights, [3, 2]);
  });

  it("shows a wallet to whoever knows its handle", async () => {
    const handle = toHex(seedOf("wallet handle"));
    const wallet = (await get(`/v1/wallets/${handle}`)).json();
    assert.equal(wallet.handle, handle);
    assert.equal(wallet.balancePt, 1000);
    assert.equal(wallet.lots.length, 1);
  });

  it("tells operators and their tools how it fares", async () => {
    assert.deepEqual((await get("/livez")).json(), { live: true });
    assert.deepEqual((await get("/readyz")).json(), { ready: true, leader: 2 });
    node.leader = 0;
    await assertProblem({ method: "GET", url: "/readyz" }, "NO_LEADER");
    assert.equal((await get("/metrics")).body, "mykey_term 1\n");
    assert.match(String((await get("/")).headers["content-type"]), /^text\/html/);
    const { paths } = (await get("/openapi.json")).json();
    assert.deepEqual(Object.keys(paths["/v1/transactions"]), ["post"]);
  });

  it("refuses with SHUTTING_DOWN once it stops, and lets go whoever waits", async () => {
    const waiting = post(world.pay(1), 60_000);
    while (node.mempool.size === 0) await new Promise((resolve) => setImmediate(resolve));
    node.admission.close();
    const { statusCode, json } = await waiting;
    assert.deepEqual([statusCode, json().status], [202, "pending"]);
    const headers = { "content-type": "application/cbor" };
    const payload = Buffer.from(world.pay(1));
    const options = { method: "POST", url: "/v1/transactions", headers, payload } as const;
    await assertProblem(options, "SHUTTING_DOWN");
  });

  it("sends a listener every block as fast as it reads, and forgets it when it goes", async () => {
    const url = await api.listen({ host: "127.0.0.1", port: 0 });
    let added: Promise<unknown> | null = null;
    const text = await new Promise<string>((resolve, reject) => {
      const headers = { "last-event-id": "0" };
      const sent = request(`${url}/v1/events`, { headers }, (response) => {
        let body = "";
        response.on("data", (chunk) => {
          body += chunk;
          if (body.includes("id: 2\n")) added ??= node.add();
          if (!body.includes("id: 3\n")) return;
          resolve(body);
          response.destroy();
        });
      });
      sent.on("error", reject).end();
    });
    await added;
    const events = text.trim().split("\n\n");
    assert.deepEqual(
      events.map((event) => event.split("\n").slice(0, 2)),
      [1, 2, 3].map((height) => [`id: ${height}`, "event: block"]),
    );
    const { transactions } = JSON.parse(events[1]?.split("data: ")[1] ?? "");
    assert.equal(transactions.length, world.setUp().length);
    // Nobody listens: a block more disturbs nothing.
    await node.add();
  });
});
