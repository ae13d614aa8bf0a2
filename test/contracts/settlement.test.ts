/** Settlement from the till to the bank and between organisations, on real payments. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { checkInvariants } from "../../contracts/invariants.ts";
import {
  BATCH,
  BUDGET,
  CLEARING,
  DUE,
  FISCAL_YEAR_END,
  ISSUE,
  MERCHANT_ACCOUNT,
} from "../../contracts/state/state-records.ts";
import { attestCards, LedgerRun } from "../support/ledger-run.ts";
import { COMPANY, KAWASAKI, LedgerWorld, TOSHIMA } from "../support/ledger-world.ts";

const world = new LedgerWorld();
const { PAY, PAY_REFUND } = world.samples;
const TILL = MERCHANT_ACCOUNT.key("museum");
const BATCH_KEY = BATCH.key(TOSHIMA, "2026-11a");
const batch = { payer: TOSHIMA, batch: "2026-11a" };

/** Noon in Japan. */
function noonOf(year: number, month: number, day: number): number {
  return Date.UTC(year, month - 1, day, 3);
}

/** Executes a sample with other public fields at a time. */
function act(
  run: LedgerRun,
  type: string,
  fields: { readonly [field: string]: unknown },
  atMs: number,
): string | undefined {
  const sample = world.samples[type];
  assert.ok(sample);
  const bodies = { ...sample, public: { ...sample.public, ...fields } };
  return run.result(world.transaction(type, bodies, { createdAtMs: atMs }), atMs);
}

/** A museum that took 1,000, 2,500 and 800 pt from 3 to 14 November 2026, and gave 300 back on the 15th. */
function afterPayments(): LedgerRun {
  const run = new LedgerRun(world);
  run.setUp();
  assert.equal(act(run, "POINT_GRANT", { amountPt: 5000 }, noonOf(2026, 11, 2)), "OK");
  for (const [day, amountPt] of [
    [3, 1000],
    [9, 2500],
    [14, 800],
  ] as const) {
    const createdAtMs = noonOf(2026, 11, day);
    attestCards(createdAtMs)(run);
    assert.equal(run.result(world.pay(amountPt, { createdAtMs }), createdAtMs), "OK");
  }
  const payment = { ...PAY?.private, amountPt: 800 };
  const bodies = { public: {}, private: { ...PAY_REFUND?.private, payment, amountPt: 300 } };
  const createdAtMs = noonOf(2026, 11, 15);
  const bytes = world.transaction("PAY_REFUND", bodies, { createdAtMs });
  assert.equal(run.result(bytes, createdAtMs), "OK");
  return run;
}

/** The batch is cut on the 16th, at a fee. */
function cutAt(feeBp: number): LedgerRun {
  const run = afterPayments();
  const terms = { ...batch, feeBp, closesOn: "2026-11-15", paysOn: "2026-11-30" };
  assert.equal(act(run, "BATCH_CUT", terms, noonOf(2026, 11, 16)), "OK");
  return run;
}

/** What each kind of account holds. */
function totals(run: LedgerRun): { readonly [kind: string]: number } {
  const lines = checkInvariants(run.state.records());
  return Object.fromEntries(
    lines
      .filter(({ asset }) => !asset.startsWith("budget/"))
      .map(({ asset, kind, balancePt }) => [`${asset} ${kind}`, balancePt]),
  );
}

describe("settlement of November (worked example E5)", () => {
  const points = `${TOSHIMA}/health`;
  const yen = `yen/${TOSHIMA}`;

  for (const [feeBp, payoutYen] of [
    [0, 4000],
    [150, 3940],
  ] as const) {
    it(`at ${feeBp} basis points: ¥4,000 cut, ¥${payoutYen} paid on 30 November`, () => {
      const run = cutAt(feeBp);
      assert.equal(totals(run)[`${points} batch`], 4000);
      assert.deepEqual(run.read(TILL)?.holdings, []);

      const approval = { ...batch, totalYen: payoutYen, returned: [], claims: [] };
      assert.equal(act(run, "BATCH_APPROVE", approval, noonOf(2026, 11, 22)), "OK");
      assert.equal(totals(run)[`${yen} due`], payoutYen);

      const report = { ...batch, paidOn: "2026-11-30", totalYen: payoutYen };
      assert.equal(act(run, "PAYOUT_REPORT", report, noonOf(2026, 12, 1)), "OK");
      const { [`${points} retired`]: retiredPt, [`${points} batch`]: leftPt = 0 } = totals(run);
      assert.deepEqual([retiredPt, leftPt], [4000, 0]);
      assert.deepEqual([totals(run)[`${yen} settled`], totals(run)[`${yen} due`]], [payoutYen, 0]);
    });
  }

  it("a payment that the bank returned stays owed until it is paid", () => {
    const run = cutAt(0);
    const approval = { ...batch, totalYen: 4000, returned: [], claims: [] };
    assert.equal(act(run, "BATCH_APPROVE", approval, noonOf(2026, 11, 22)), "OK");
    const failed = {
      ...batch,
      paidOn: "2026-11-30",
      totalYen: 0,
      results: [{ merchant: "museum", outcome: "FAILED" }],
    };
    assert.equal(act(run, "PAYOUT_REPORT", failed, noonOf(2026, 12, 1)), "OK");
    assert.equal(totals(run)[`${yen} due`], 4000);
    assert.equal(totals(run)[`${points} batch`], 4000);
    const paid = { ...batch, paidOn: "2026-12-02", totalYen: 4000 };
    assert.equal(act(run, "PAYOUT_REPORT", paid, noonOf(2026, 12, 2)), "OK");
    assert.equal(totals(run)[`${yen} due`], 0);
    assert.equal(run.read(BATCH_KEY)?.lines[0]?.paidOn, "2026-12-02");
  });

  it("an objection puts the points back into the till, for the next batch", () => {
    const run = cutAt(150);
    assert.equal(act(run, "BATCH_OBJECT", batch, noonOf(2026, 11, 17)), "OK");
    const approval = { ...batch, totalYen: 0, returned: ["museum"], claims: [] };
    assert.equal(act(run, "BATCH_APPROVE", approval, noonOf(2026, 11, 22)), "OK");
    assert.deepEqual(run.read(TILL)?.holdings, [
      { fiscalYear: 2026, issuer: TOSHIMA, pointType: "health", balancePt: 4000 },
    ]);
    const again = {
      payer: TOSHIMA,
      batch: "2026-11b",
      feeBp: 0,
      closesOn: "2026-11-15",
      paysOn: "2026-11-30",
    };
    assert.equal(act(run, "BATCH_CUT", again, noonOf(2026, 11, 22)), "OK");
    assert.equal(totals(run)[`${points} batch`], 4000);
  });

  it("what was taken after 31 March stays in the till when March is cut", () => {
    const run = afterPayments();
    const inMarch = noonOf(2027, 3, 31);
    const inApril = noonOf(2027, 4, 1);
    attestCards(inMarch)(run);
    assert.equal(run.result(world.pay(100, { createdAtMs: inMarch }), inMarch), "OK");
    attestCards(inApril)(run);
    assert.equal(run.result(world.pay(30, { createdAtMs: inApril }), inApril), "OK");
    const terms = { ...batch, feeBp: 0, closesOn: "2027-03-31", paysOn: "2027-04-15" };
    assert.equal(act(run, "BATCH_CUT", terms, inApril), "OK");
    assert.equal(totals(run)[`${points} batch`], 4100);
    assert.equal(totals(run)[`${points} merchant`], 30);
  });
});

describe("the end of a fiscal year", () => {
  it("fixes what was voted and granted; what is left lapses", () => {
    const run = afterPayments();
    const atMs = noonOf(2027, 6, 1);
    assert.equal(act(run, "FY_CLOSE", { fiscalYear: 2026 }, atMs), "OK");
    assert.deepEqual(run.read(FISCAL_YEAR_END.key(TOSHIMA, 2026)), {
      closedOn: "2027-06-01",
      budgets: [{ category: "HEALTH", appropriatedPt: 1_000_000, grantedPt: 6000 }],
    });
    assert.deepEqual(run.read(BUDGET.key(TOSHIMA, 2026, "HEALTH")), {
      appropriatedPt: 6000,
      grantedPt: 6000,
      setAsidePt: 0,
    });
    checkInvariants(run.state.records());
  });
});

/** The points that a company owes for: a merchant of the creditor has them by now. */
function plantConverted(run: LedgerRun, issuer: string, issuedPt: number): void {
  const key = MERCHANT_ACCOUNT.key(`shop-${issuer}`);
  const balancePt = (run.read(key)?.holdings[0]?.balancePt ?? 0) + issuedPt;
  run.plant(ISSUE.key(issuer, "converted"), { issuedPt: balancePt });
  run.plant(key, {
    holdings: [{ fiscalYear: 2026, issuer, pointType: "converted", balancePt }],
  });
}

describe("a clearing of three", () => {
  const clearing = { operator: TOSHIMA, clearing: "2026-11" };
  const atMs = noonOf(2026, 12, 1);
  const owed = [
    [KAWASAKI, TOSHIMA, 500],
    [TOSHIMA, KAWASAKI, 300],
    [COMPANY, KAWASAKI, 200],
  ] as const;

  /** Company dues, which no batch has to explain. */
  function indebted(): LedgerRun {
    const run = new LedgerRun(world);
    run.setUp();
    for (const [debtor, creditor, owedYen] of owed) {
      run.plant(DUE.key(debtor, creditor, "2026-11"), {
        kind: "CONVERSION",
        arisenOn: "2026-11-30",
        owedYen,
        settledYen: 0,
        writtenOffYen: 0,
        clearing: null,
      });
      plantConverted(run, creditor, owedYen);
    }
    return run;
  }

  function answer(run: LedgerRun, organisation: string, accepted: boolean): string | undefined {
    const released = accepted ? [] : dues;
    return act(run, "CLEARING_ACCEPT", { ...clearing, organisation, accepted, released }, atMs);
  }

  const dues = owed.map(([debtor, creditor]) => ({ debtor, creditor, cause: "2026-11" }));

  it("nets to zero, and each creditor settles what was owed to it", () => {
    const run = indebted();
    assert.equal(act(run, "CLEARING_CUT", { ...clearing, dues }, atMs), "OK");
    const positions = run.read(CLEARING.key(TOSHIMA, "2026-11"))?.positions ?? [];
    assert.deepEqual(
      positions.map(({ organisation, grossInYen, grossOutYen }) => {
        return [organisation, grossInYen, grossOutYen];
      }),
      [
        [TOSHIMA, 500, 300],
        [KAWASAKI, 500, 500],
        [COMPANY, 0, 200],
      ],
    );
    for (const organisation of [TOSHIMA, KAWASAKI, COMPANY]) {
      assert.equal(answer(run, organisation, true), "OK");
    }
    for (const creditor of [TOSHIMA, KAWASAKI]) {
      const own = dues.filter((due) => due.creditor === creditor);
      const names = own.map(({ debtor, cause }) => ({ debtor, cause }));
      const settled = { ...clearing, organisation: creditor, dues: names };
      assert.equal(act(run, "CLEARING_SETTLED", settled, atMs), "OK");
      assert.equal(act(run, "CLEARING_SETTLED", settled, atMs), "CLEARING_CLOSED");
    }
    assert.equal(totals(run)[`yen/${KAWASAKI} due`], 0);
    assert.equal(totals(run)[`yen/${COMPANY} settled`], 200);
  });

  it("is over when one refuses, and its dues are free", () => {
    const run = indebted();
    assert.equal(act(run, "CLEARING_CUT", { ...clearing, dues }, atMs), "OK");
    assert.equal(answer(run, COMPANY, false), "OK");
    assert.equal(answer(run, TOSHIMA, true), "CLEARING_CLOSED");
    const [first] = dues;
    const second = { operator: KAWASAKI, clearing: "2026-11-2", dues: dues.slice(1) };
    assert.equal(act(run, "CLEARING_CUT", second, atMs), "OK");
    assert.equal(act(run, "DUE_WRITE_OFF", { ...first, amountYen: 500 }, atMs), "OK");
    checkInvariants(run.state.records());
  });
});

describe("what settlement-invariants.ts finds", () => {
  function plantedDue(owedYen: number, kind: "ACCEPTANCE" | "CONVERSION"): LedgerRun {
    const run = afterPayments();
    run.plant(DUE.key(KAWASAKI, TOSHIMA, "2026-11a"), {
      kind,
      arisenOn: "2026-11-30",
      owedYen,
      settledYen: 0,
      writtenOffYen: 0,
      clearing: null,
    });
    if (kind === "CONVERSION") plantConverted(run, TOSHIMA, owedYen);
    return run;
  }

  it("a claim that no batch explains (I5)", () => {
    checkInvariants(plantedDue(500, "CONVERSION").state.records());
    assert.throws(() => checkInvariants(plantedDue(500, "ACCEPTANCE").state.records()), {
      code: "INVARIANT_BROKEN",
      facts: { invariant: "I5", key: `due/${KAWASAKI}/${TOSHIMA}/2026-11a` },
    });
  });

  it("a clearing whose positions are not those of its dues (I4)", () => {
    const run = plantedDue(500, "CONVERSION");
    const dues = [{ debtor: KAWASAKI, creditor: TOSHIMA, cause: "2026-11a" }];
    const fields = { operator: TOSHIMA, clearing: "2026-11", dues };
    assert.equal(act(run, "CLEARING_CUT", fields, noonOf(2026, 12, 1)), "OK");
    const key = CLEARING.key(TOSHIMA, "2026-11");
    const record = run.read(key);
    assert.ok(record);
    const positions = record.positions.map((position) => ({ ...position, grossInYen: 1 }));
    run.plant(key, { ...record, positions });
    assert.throws(() => checkInvariants(run.state.records()), {
      code: "INVARIANT_BROKEN",
      facts: { invariant: "I4", key: key.text },
    });
  });

  it("a due that the clearing which is to settle it does not hold (I4)", () => {
    const run = plantedDue(500, "CONVERSION");
    const dues = [{ debtor: KAWASAKI, creditor: TOSHIMA, cause: "2026-11a" }];
    const fields = { operator: TOSHIMA, clearing: "2026-11", dues };
    assert.equal(act(run, "CLEARING_CUT", fields, noonOf(2026, 12, 1)), "OK");
    const key = DUE.key(KAWASAKI, TOSHIMA, "2026-11a");
    const due = run.read(key);
    assert.ok(due);
    run.plant(key, { ...due, clearing: null });
    assert.throws(() => checkInvariants(run.state.records()), {
      code: "INVARIANT_BROKEN",
      facts: { invariant: "I4", key: key.text },
    });
  });
});
