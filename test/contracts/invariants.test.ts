import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { checkInvariants } from "../../contracts/invariants.ts";
import type { StateKey } from "../../contracts/state/key-space.ts";
import {
  BUDGET,
  ISSUE,
  MERCHANT_ACCOUNT,
  WALLET,
  type Wallet,
} from "../../contracts/state/state-records.ts";
import { toHex, utf8 } from "../../ledger/bytes.ts";
import { LedgerRun } from "../support/ledger-run.ts";
import { LedgerWorld, TOSHIMA, WALLET_HANDLE } from "../support/ledger-world.ts";

const world = new LedgerWorld();
const walletKey = WALLET.key(toHex(WALLET_HANDLE));

function books(): LedgerRun {
  const run = new LedgerRun(world);
  run.setUp();
  run.block([world.sample("POINT_GRANT"), world.pay(250)]);
  return run;
}

function changed<T>(key: StateKey<T>, change: (record: T) => T): LedgerRun {
  const run = books();
  const record = run.read(key);
  assert.ok(record !== null);
  run.plant(key, change(record));
  return run;
}

function withLots(change: (lots: Wallet["lots"]) => Wallet["lots"]): LedgerRun {
  return changed(walletKey, (wallet) => ({ ...wallet, lots: change(wallet.lots) }));
}

describe("checkInvariants", () => {
  it("returns the totals of each asset and kind of account", () => {
    const points = "131164/health";
    const right = "budget/131164/2026/HEALTH";
    assert.deepEqual(checkInvariants(books().state.records()), [
      { asset: points, kind: "issue", balancePt: -2000 },
      { asset: points, kind: "merchant", balancePt: 250 },
      { asset: points, kind: "wallet", balancePt: 1750 },
      { asset: right, kind: "appropriation", balancePt: -1_000_000 },
      { asset: right, kind: "budget", balancePt: 998_000 },
      { asset: right, kind: "granted", balancePt: 2000 },
    ]);
  });

  const rows = [
    {
      id: "a point out of nothing in a wallet",
      run: () => withLots(([first, ...rest]) => (first ? [more(first, 1), ...rest] : [])),
      facts: { invariant: "I1", name: "131164/health", differencePt: 1 },
    },
    {
      id: "a point lost at a merchant",
      run: () =>
        changed(MERCHANT_ACCOUNT.key("museum"), ({ holdings }) => ({
          holdings: holdings.map((holding) => ({ ...holding, balancePt: 249 })),
        })),
      facts: { invariant: "I1", name: "131164/health", differencePt: -1 },
    },
    {
      id: "a point issued to nobody",
      run: () => changed(ISSUE.key(TOSHIMA, "health"), () => ({ issuedPt: 2001 })),
      facts: { invariant: "I1", name: "131164/health", differencePt: -1 },
    },
    {
      id: "grants that the budget does not know of",
      run: () =>
        changed(BUDGET.key(TOSHIMA, 2026, "HEALTH"), (budget) => ({ ...budget, grantedPt: 1999 })),
      facts: { invariant: "I3", name: TOSHIMA, differencePt: -1 },
    },
    {
      id: "more granted than appropriated",
      run: () =>
        changed(BUDGET.key(TOSHIMA, 2026, "HEALTH"), (budget) => ({
          ...budget,
          appropriatedPt: 1999,
        })),
      facts: { invariant: "I3", account: "budget/131164/2026/HEALTH", balancePt: -1 },
    },
    {
      id: "a lot number twice",
      run: () => withLots((lots) => lots.map((lot) => ({ ...lot, number: 1 }))),
      facts: { invariant: "I2", wallet: walletKey.id, lot: 1 },
    },
    {
      id: "a lot number that was not given out",
      run: () => changed(walletKey, (wallet) => ({ ...wallet, nextLot: 2 })),
      facts: { invariant: "I2", wallet: walletKey.id, lot: 2 },
    },
    {
      id: "more in a lot than was put in",
      run: () => withLots((lots) => lots.map((lot) => ({ ...lot, amountPt: 800 }))),
      facts: { invariant: "I2", wallet: walletKey.id, lot: 2 },
    },
  ];
  for (const { id, run, facts } of rows) {
    it(`finds ${id}`, () => {
      assert.throws(() => checkInvariants(run().state.records()), {
        code: "INVARIANT_BROKEN",
        facts,
      });
    });
  }

  it("finds a key of no space", () => {
    assert.throws(() => checkInvariants([["gift/1", utf8("x")]]), { code: "INVARIANT_BROKEN" });
  });

  it("finds a record that is not one", () => {
    assert.throws(() => checkInvariants([["issue/131164/health", utf8("x")]]), {
      name: "LedgerFault",
    });
  });
});

function more<L extends { remainingPt: number; amountPt: number }>(lot: L, pt: number): L {
  return { ...lot, remainingPt: lot.remainingPt + pt };
}
