import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { decodeReceipt, verifyReceipt } from "../../ledger/receipt.ts";
import { decodeTransaction } from "../../ledger/transaction.ts";
import { makeTransactionId } from "../../ledger/transaction-id.ts";
import { Cluster, withSignaturesOf } from "../support/cluster.ts";
import {
  LedgerWorld,
  newCard,
  newTerminal,
  type Overrides,
  seedOf,
} from "../support/ledger-world.ts";

describe("three nodes", function () {
  this.timeout(60_000);
  const world = new LedgerWorld();
  let cluster: Cluster;

  before(async () => {
    cluster = await Cluster.create(world);
    await cluster.start(1, 2, 3);
    await cluster.setUpThrough(await follower());
  });
  after(() => cluster.close());

  async function follower(): Promise<number> {
    const leader = await cluster.leader();
    return leader === 1 ? 2 : 1;
  }

  it("agree on a leader and on every block", async () => {
    assert.ok([1, 2, 3].includes(await cluster.leader()));
    const { certifiedHeight, appliedHeight } = await cluster.settled(1);
    assert.equal(certifiedHeight, appliedHeight);
  });

  it("commit what a follower was given, and prove it", async () => {
    const node = await follower();
    const payment = cluster.pay(10);
    const { status, json } = await cluster.submit(node, payment);
    assert.deepEqual([status, json.status, json.result], [200, "committed", "OK"]);
    await cluster.settled(Number(json.height));
    for (const number of cluster.running) {
      const url = cluster.url(number, `/v1/transactions/${json.id}/receipt`);
      const receipt = decodeReceipt(new Uint8Array(await (await fetch(url)).arrayBuffer()));
      const proven = verifyReceipt(receipt, cluster.genesis, verifySignature);
      assert.deepEqual(proven.transaction.bytes, payment);
      assert.equal(proven.result, "OK");
    }
  });

  it("prove every transaction, whichever later block certifies it", async () => {
    const blocks = (await cluster.get(1, "/v1/blocks?limit=100")).json as unknown as {
      transactions: { id: string }[];
    }[];
    const ids = blocks.flatMap(({ transactions }) => transactions.map(({ id }) => id));
    assert.ok(ids.length >= 8);
    for (const id of ids) {
      const url = cluster.url(2, `/v1/transactions/${id}/receipt`);
      const receipt = decodeReceipt(new Uint8Array(await (await fetch(url)).arrayBuffer()));
      assert.doesNotThrow(() => verifyReceipt(receipt, cluster.genesis, verifySignature));
    }
  });

  const OTHER_WALLET = seedOf("another wallet");
  const { PAY } = world.samples;
  /** The payment, changed after it was signed. */
  const tamperings: Record<string, (overrides: Overrides) => Uint8Array> = {
    amount: (overrides) => cluster.pay(999, overrides),
    shop: (overrides) => changedPay({ merchant: "cinema" }, overrides),
    wallet: (overrides) => changedPay({ wallet: OTHER_WALLET }, overrides),
    terminal: (overrides) => changedPay({ terminal: "museum-2" }, overrides),
    notAfter: (overrides) => cluster.pay(10, { ...overrides, notAfterMs: Date.now() + 90_000 }),
  };

  function changedPay(change: object, overrides: Overrides): Uint8Array {
    const bodies = { public: {}, private: { ...PAY?.private, amountPt: 10, ...change } };
    return cluster.transaction("PAY", bodies, overrides);
  }

  for (const [what, change] of Object.entries(tamperings)) {
    it(`refuse a payment whose ${what} was changed after signing, all alike`, async () => {
      const overrides = sameId(`changed ${what}`);
      const forged = withSignaturesOf(change(overrides), cluster.pay(10, overrides));
      await assertNeverHappens(forged, "SIGNATURE_INVALID");
    });
  }

  it("refuse a payment that was signed for another network", async () => {
    const original = cluster.pay(10, { networkId: seedOf("another network") });
    await assertNeverHappens(original, "WRONG_NETWORK");
    const { id, createdAtMs, notAfterMs } = decodeTransaction(original).envelope;
    const moved = withSignaturesOf(cluster.pay(10, { id, createdAtMs, notAfterMs }), original);
    await assertNeverHappens(moved, "SIGNATURE_INVALID");
  });

  it("refuse garbage", async () => {
    await assertNeverHappens(Uint8Array.of(0x83, 1, 2), "MALFORMED");
  });

  async function assertNeverHappens(transaction: Uint8Array, code: string): Promise<void> {
    const earlier = await cluster.settled();
    for (const number of cluster.running) {
      const { json } = await cluster.submit(number, transaction);
      assert.equal(json.code, code, JSON.stringify(json));
    }
    const { stateRoot, appliedHeight } = await cluster.settled();
    assert.deepEqual([stateRoot, appliedHeight], [earlier.stateRoot, earlier.appliedHeight]);
  }

  const recorded: Record<string, [code: string, make: () => Uint8Array]> = {
    "above the balance": ["BALANCE_INSUFFICIENT", () => cluster.pay(5000)],
    "signed by another card": [
      "CARD_MISMATCH",
      () => cluster.pay(10, { signers: [newCard(), world.terminal] }),
    ],
    "from an unregistered terminal": [
      "UNKNOWN_TERMINAL",
      () => changedPay({ terminal: "museum-2" }, {}),
    ],
    "signed by another terminal": [
      "SIGNER_NOT_AUTHORISED",
      () => cluster.pay(10, { signers: [world.card, newTerminal()] }),
    ],
  };
  for (const [what, [code, make]] of Object.entries(recorded)) {
    it(`record once, and for ever, that a payment ${what} is refused`, async () => {
      const { stateRoot } = await cluster.settled();
      const payment = make();
      const answers = await Promise.all([1, 2, 3].map((node) => cluster.submit(node, payment)));
      for (const { status, json } of answers) {
        assert.deepEqual([status, json.status, json.result], [200, "refused", code]);
        assert.deepEqual(json, answers[0]?.json);
      }
      const settled = await cluster.settled(Number(answers[0]?.json.height));
      assert.equal(settled.stateRoot, stateRoot);
    });
  }

  it("pay once what is sent many times to all", async () => {
    const balancePt = Number(await cluster.balancePt(1));
    const payment = cluster.pay(25);
    const answers = await Promise.all(
      [1, 2, 3, 1, 2, 3].map((node) => cluster.submit(node, payment)),
    );
    answers.push(await cluster.submit(2, payment));
    for (const { json } of answers) assert.deepEqual(json, answers[0]?.json);
    await cluster.settled(Number(answers[0]?.json.height));
    assert.equal(await cluster.balancePt(3), balancePt - 25);
  });

  it("refuse another payment under a committed id, and under a waiting one for now", async () => {
    const same = sameId("one id");
    const [first, second] = [cluster.pay(1, same), cluster.pay(2, same)];
    const answers = await Promise.all([cluster.submit(1, first), cluster.submit(1, second)]);
    const codes = answers.map(({ json }) => json.result ?? json.code).sort();
    assert.ok(["BUSY", "DUPLICATE_ID"].includes(String(codes[0])) && codes[1] === "OK", `${codes}`);
    await cluster.settled();
    const isFirst = answers[0]?.json.result === "OK";
    for (const node of cluster.running) {
      const { json } = await cluster.submit(node, isFirst ? second : first);
      assert.equal(json.code, "DUPLICATE_ID");
    }
  });

  it("tell that a late payment cannot happen any more", async () => {
    const earlier = await cluster.settled();
    const nowMs = Date.now();
    const late = cluster.pay(10, { createdAtMs: nowMs - 50_000, notAfterMs: nowMs - 1 });
    for (const number of cluster.running) {
      const { status, json } = await cluster.submit(number, late);
      assert.deepEqual([status, json.code], [409, "EXPIRED"]);
    }
    assert.equal((await cluster.settled()).stateRoot, earlier.stateRoot);
  });

  it("stream blocks, from where a listener left off", async () => {
    const { appliedHeight } = await cluster.settled();
    const abort = new AbortController();
    const response = await fetch(cluster.url(3, "/v1/events"), {
      headers: { "last-event-id": String(Number(appliedHeight) - 2) },
      signal: abort.signal,
    });
    const { json } = await cluster.submit(1, cluster.pay(1));
    const heights: number[] = [];
    let text = "";
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      heights.length = 0;
      for (const [, height] of text.matchAll(/^id: (\d+)$/gm)) heights.push(Number(height));
      if (heights.includes(Number(json.height))) break;
    }
    abort.abort();
    const first = Number(appliedHeight) - 1;
    assert.deepEqual(
      heights,
      heights.map((_, i) => first + i),
    );
  });
});

/** Time and id for several payments that claim to be one. */
function sameId(label: string): { createdAtMs: number; id: Uint8Array } {
  const createdAtMs = Date.now();
  return { createdAtMs, id: makeTransactionId("card", createdAtMs, seedOf(label).slice(0, 16)) };
}
