import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { CheckedTransaction } from "../../contracts/check-transaction.ts";
import type { View } from "../../contracts/declaration.ts";
import { RecentIdSet, repeatedIds } from "../../contracts/duplicates.ts";
import { executeBlock, keysOf } from "../../contracts/execute-block.ts";
import { KEY_SPACES } from "../../contracts/state/key-spaces.ts";
import { overlay } from "../../contracts/state/state.ts";
import {
  BUDGET,
  KEY,
  MERCHANT_ACCOUNT,
  TRANSACTION_ID,
  WALLET,
} from "../../contracts/state/state-records.ts";
import { StateTree } from "../../contracts/state/state-tree.ts";
import { toHex } from "../../ledger/bytes.ts";
import { CARD_VALIDITY_MS_MAX, CREATED_AHEAD_MS_MAX } from "../../ledger/limits.ts";
import { makeTransactionId } from "../../ledger/transaction-id.ts";
import { LedgerRun } from "../support/ledger-run.ts";
import {
  AT_MS,
  LedgerWorld,
  officerOf,
  seedOf,
  TOSHIMA,
  VALID_MS,
  WALLET_HANDLE,
} from "../support/ledger-world.ts";

const world = new LedgerWorld();
const WALLET_KEY = WALLET.key(toHex(WALLET_HANDLE));

function readyRun(): LedgerRun {
  const run = new LedgerRun(world);
  run.setUp();
  return run;
}

/** The transaction under a rule that is not in the registry. */
function withRule(
  transaction: CheckedTransaction,
  apply: CheckedTransaction["declaration"]["apply"],
): CheckedTransaction {
  return { ...transaction, declaration: { ...transaction.declaration, apply } };
}

describe("executeBlock", () => {
  it("gives each transaction the state that those before it left", () => {
    const run = readyRun();
    const { results } = run.block([world.pay(600), world.pay(600), world.pay(400), world.pay(1)]);
    assert.deepEqual(results, ["OK", "BALANCE_INSUFFICIENT", "OK", "BALANCE_INSUFFICIENT"]);
    assert.deepEqual(run.read(WALLET_KEY)?.lots, []);
  });

  it("is the same in one block and in many, but for the ids' heights", () => {
    const transactions = world.setUp();
    const together = new LedgerRun(world);
    together.block(transactions);
    const apart = new LedgerRun(world);
    for (const bytes of transactions) apart.block([bytes]);
    const books = (run: LedgerRun) =>
      run.state.records().filter(([key]) => !key.startsWith(`${TRANSACTION_ID.name}/`));
    assert.deepEqual(books(together), books(apart));
  });

  it("gives the root of the tree of all records, and ordered writes", () => {
    const run = new LedgerRun(world);
    const { stateRoot, writes } = run.block(world.setUp());
    assert.deepEqual(stateRoot, StateTree.of(run.state.records()).root);
    const keys = writes.map(([key]) => key);
    assert.deepEqual(keys, [...keys].sort());
  });

  it("of no transactions changes nothing", () => {
    const run = readyRun();
    const { root } = run.state.tree;
    assert.deepEqual(run.block([]).stateRoot, root);
  });

  it("leaves the parent's state alone, so that two children can be tried", () => {
    const run = readyRun();
    const { root } = run.state.tree;
    const checked = [run.check(world.pay(100))];
    const one = run.tryBlock(checked);
    assert.deepEqual(run.tryBlock(checked), one);
    assert.deepEqual(run.state.tree.root, root);
    const child = overlay(run.state, one);
    assert.notDeepEqual(child.get(WALLET_KEY.text), run.state.get(WALLET_KEY.text));
    assert.deepEqual(child.get("issuer/131164"), run.state.get("issuer/131164"));
    assert.deepEqual(child.tree.root, one.stateRoot);
  });

  it("postings name the lots of a debit", () => {
    const run = readyRun();
    run.block([world.sample("POINT_GRANT")]);
    const { postings } = run.block([world.pay(1200)]);
    const [handle, merchant, asset] = [WALLET_KEY.text, "merchant/museum", "131164/health"];
    assert.deepEqual(postings, [
      [
        { account: handle, asset, deltaPt: -1000, lot: 1 },
        { account: merchant, asset, deltaPt: 1000, lot: null },
        { account: handle, asset, deltaPt: -200, lot: 2 },
        { account: merchant, asset, deltaPt: 200, lot: null },
      ],
    ]);
  });

  it("refuses a transaction of another network as a programmer's error", () => {
    const run = readyRun();
    const checked = [run.check(world.pay(100))];
    const block = { height: 2, timestampMs: AT_MS, networkId: seedOf("another network") };
    assert.throws(() => executeBlock(run.state, block, checked, run.recentIds), {
      code: "WRONG_NETWORK",
    });
  });
});

describe("time", () => {
  const inTime = [
    { id: "in its last moment", atMs: AT_MS + VALID_MS },
    { id: "by a clock a little ahead", atMs: AT_MS - CREATED_AHEAD_MS_MAX },
  ];
  for (const { id, atMs } of inTime) {
    it(`${id}: OK`, () => assert.equal(readyRun().result(world.pay(100), atMs), "OK"));
  }

  const outOfTime = [
    { id: "after it", atMs: AT_MS + VALID_MS + 1, code: "EXPIRED" },
    { id: "from the future", atMs: AT_MS - CREATED_AHEAD_MS_MAX - 1, code: "NOT_YET_VALID" },
  ];
  for (const { id, atMs, code } of outOfTime) {
    it(`${id}: a block that holds it is no block (${code})`, () => {
      assert.throws(() => readyRun().block([world.pay(100)], atMs), { code });
    });
  }
});

describe("officers", () => {
  const clerkKey = KEY.key(toHex(officerOf(TOSHIMA, "clerk").publicKey));
  const rows = [
    { id: "a revoked key", record: { status: "REVOKED" } },
    { id: "another role", record: { roles: ["auditor"] } },
    { id: "another organisation", record: { organisation: "141305" } },
  ] as const;
  for (const { id, record } of rows) {
    it(`${id}: SIGNER_NOT_AUTHORISED`, () => {
      const run = readyRun();
      const before = run.read(clerkKey);
      assert.ok(before);
      run.plant(clerkKey, { ...before, ...record });
      assert.equal(run.result(world.sample("POINT_GRANT")), "SIGNER_NOT_AUTHORISED");
    });
  }

  it("a key of nobody: SIGNER_NOT_AUTHORISED", () => {
    const stranger = officerOf("nobody", "clerk");
    const signers = [stranger, officerOf(TOSHIMA, "approver")];
    assert.equal(
      readyRun().result(world.sample("POINT_GRANT", { signers })),
      "SIGNER_NOT_AUTHORISED",
    );
  });
});

describe("ids are used once (I7)", () => {
  const twice = { code: "DUPLICATE_IN_BLOCK" };

  for (const type of ["PAY", "POINT_GRANT"]) {
    it(`${type}: not twice in a block, not again in a later one`, () => {
      const run = readyRun();
      const bytes = world.sample(type);
      assert.throws(() => run.block([bytes, bytes]), twice);
      assert.equal(run.result(bytes), "OK");
      assert.throws(() => run.block([bytes]), twice);
    });
  }

  it("a refused id is used up too", () => {
    const run = readyRun();
    const tooMuch = world.pay(5000);
    assert.equal(run.result(tooMuch), "BALANCE_INSUFFICIENT");
    assert.throws(() => run.block([tooMuch]), twice);
  });

  it("an organisation's id is never free again, a payment's only when it is worthless", () => {
    const run = readyRun();
    const grant = world.sample("POINT_GRANT");
    const payment = world.pay(100);
    run.block([grant, payment]);
    const laterMs = AT_MS + CARD_VALIDITY_MS_MAX;
    assert.throws(() => run.block([grant], laterMs), twice);
    assert.throws(() => run.block([payment], laterMs), twice);
    assert.throws(() => run.block([payment], laterMs + 1), { code: "EXPIRED" });
  });

  it("a payment's id is remembered for the longest life, however short its own was", () => {
    const run = readyRun();
    const id = makeTransactionId("card", AT_MS, seedOf("one id").slice(0, 16));
    run.block([world.pay(100, { id, notAfterMs: AT_MS + 1000 })]);
    const again = world.pay(100, { id, notAfterMs: AT_MS + CARD_VALIDITY_MS_MAX });
    assert.throws(() => run.block([again], AT_MS + 2000), twice);
  });

  it("a leader leaves them out beforehand", () => {
    const run = readyRun();
    const [known, fresh] = [world.sample("POINT_GRANT"), world.sample("POINT_GRANT")];
    const [paid, unpaid] = [world.pay(1), world.pay(1)];
    run.block([known, paid]);
    const proposal = [known, fresh, paid, unpaid, fresh, unpaid].map((bytes) => run.check(bytes));
    const block = { timestampMs: AT_MS };
    const repeated = repeatedIds(run.state, block, proposal, run.recentIds);
    assert.deepEqual([...repeated], [0, 2, 4, 5]);
    const kept = proposal.filter((_, index) => !repeated.has(index));
    assert.deepEqual(run.tryBlock(kept).results, ["OK", "OK"]);
  });

  it("a set of recent ids answers the same whether or not it has forgotten", () => {
    const run = readyRun();
    const checked = run.check(world.pay(1));
    const ids = new RecentIdSet();
    ids.add([checked]);
    const { id } = checked.content;
    const lastMs = AT_MS + CARD_VALIDITY_MS_MAX;
    const forgottenMs = lastMs + 10_000;
    for (const forgetAtMs of [0, lastMs, forgottenMs]) {
      ids.forget(forgetAtMs);
      assert.equal(ids.has(id, lastMs), forgetAtMs < forgottenMs);
      assert.equal(ids.has(id, lastMs + 1), false);
    }
  });
});

describe("declared keys", () => {
  it("are all that a rule may touch", () => {
    const run = readyRun();
    for (const transaction of [world.pay(1), world.sample("POINT_GRANT")]) {
      const checked = run.check(transaction);
      for (const omitted of checked.ruleKeys) {
        const ruleKeys = checked.ruleKeys.filter((key) => key !== omitted);
        assert.throws(() => run.tryBlock([{ ...checked, ruleKeys }]), /not declared/, omitted.text);
      }
    }
  });

  it("hold for writing too", () => {
    const run = readyRun();
    const checked = withRule(run.check(world.pay(1)), (view: View) => {
      view.put(MERCHANT_ACCOUNT.key("cafe"), { holdings: [] });
      return [];
    });
    assert.throws(() => run.tryBlock([checked]), /not declared/);
  });

  it("keysOf lists each key once, with officers' keys and ids", () => {
    const run = readyRun();
    const checked = [world.pay(1), world.pay(2), world.sample("POINT_GRANT")].map((bytes) =>
      run.check(bytes),
    );
    const keys = keysOf(checked);
    assert.equal(new Set(keys).size, keys.length);
    const clerk = KEY.key(toHex(officerOf(TOSHIMA, "clerk").publicKey));
    const id = TRANSACTION_ID.key(checked[2]?.content.id ?? "");
    for (const { text } of [WALLET_KEY, clerk, id]) assert.ok(keys.includes(text), text);
    const spaces = KEY_SPACES.map(({ name }) => name);
    assert.ok(keys.every((key) => spaces.includes(key.split("/")[0] ?? "")));
  });
});

describe("double entry", () => {
  const asset = "131164/health";
  const till = MERCHANT_ACCOUNT.key("museum");
  const holding = { fiscalYear: 2026, issuer: TOSHIMA, pointType: "health" };
  const paid = { account: "merchant/museum", asset, deltaPt: 5, lot: null };
  const took = { account: WALLET_KEY.text, asset, deltaPt: -5, lot: 1 };

  it("stops a rule whose postings do not sum to zero (I1)", () => {
    const run = readyRun();
    const rule = withRule(run.check(world.pay(1)), (view) => {
      view.put(till, { holdings: [{ ...holding, balancePt: 5 }] });
      return [paid];
    });
    assert.throws(() => run.tryBlock([rule]), {
      code: "INVARIANT_BROKEN",
      facts: factsOf("I1", 5),
    });
  });

  it("stops a rule that writes another balance than it posts (I2)", () => {
    const run = readyRun();
    const rule = withRule(run.check(world.pay(1)), (view) => {
      view.put(till, { holdings: [{ ...holding, balancePt: 6 }] });
      return [paid, took];
    });
    assert.throws(() => run.tryBlock([rule]), { code: "INVARIANT_BROKEN" });
  });

  it("stops a rule that writes a balance and posts nothing (I2)", () => {
    const run = readyRun();
    const rule = withRule(run.check(world.pay(1)), (view) => {
      view.put(till, { holdings: [{ ...holding, balancePt: 6 }] });
      return [];
    });
    assert.throws(() => run.tryBlock([rule]), { code: "INVARIANT_BROKEN" });
  });

  it("stops a rule that grants beyond the budget (I3)", () => {
    const run = readyRun();
    const budget = BUDGET.key(TOSHIMA, 2026, "HEALTH");
    const rule = withRule(run.check(world.sample("POINT_GRANT")), (view) => {
      view.put(budget, { appropriatedPt: 1_000_000, grantedPt: 1_000_001, setAsidePt: 0 });
      return [];
    });
    assert.throws(() => run.tryBlock([rule]), {
      code: "INVARIANT_BROKEN",
      facts: { invariant: "I3", account: budget.text, balancePt: -1 },
    });
  });

  it("takes nothing of a rule that writes first and then refuses", () => {
    const run = readyRun();
    const rule = withRule(run.check(world.pay(1)), (view) => {
      view.put(till, { holdings: [{ ...holding, balancePt: 6 }] });
      assert.deepEqual(view.get(till), { holdings: [{ ...holding, balancePt: 6 }] });
      return "BALANCE_INSUFFICIENT";
    });
    const { results, writes } = run.tryBlock([rule]);
    assert.deepEqual(results, ["BALANCE_INSUFFICIENT"]);
    assert.deepEqual(writes, []);
  });

  function factsOf(invariant: string, differencePt: number) {
    return { invariant, name: asset, differencePt };
  }
});
