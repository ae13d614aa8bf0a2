/** Every type accepts its sample, and refuses with each of its faults: one row for each way to be wrong. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { TRANSACTION_TYPES } from "../../contracts/registry.ts";
import { COMMON_FAULTS } from "../../contracts/signers.ts";
import {
  BUDGET,
  ISSUE,
  ISSUER,
  MERCHANT_ACCOUNT,
  POINT_TYPE,
  WALLET,
} from "../../contracts/state/state-records.ts";
import { toHex } from "../../ledger/bytes.ts";
import { LedgerRun } from "../support/ledger-run.ts";
import { AT_MS, LedgerWorld, TOSHIMA, WALLET_HANDLE } from "../support/ledger-world.ts";
import type { RuleRow } from "../support/rule-row.ts";
import { accessTestRows } from "./access-test-rows.ts";
import { adjustmentRows } from "./adjustment-rows.ts";
import { cardRows } from "./card-rows.ts";
import { conversionRows } from "./conversion-rows.ts";
import { costShareRows } from "./cost-share-rows.ts";
import { economyRows } from "./economy-rows.ts";
import { feeRows } from "./fee-rows.ts";
import { governanceRows } from "./governance-rows.ts";
import { grantingRows } from "./granting-rows.ts";
import { nodeRows } from "./node-rows.ts";
import { payRows } from "./pay-rows.ts";
import { serviceRows } from "./service-rows.ts";
import { setUpRows } from "./set-up-rows.ts";
import { settlementRows } from "./settlement-rows.ts";
import { voucherAndProjectRows } from "./voucher-rows.ts";
import { witnessRows } from "./witness-rows.ts";

const world = new LedgerWorld();
const WALLET_KEY = WALLET.key(toHex(WALLET_HANDLE));
const HEALTH = POINT_TYPE.key(TOSHIMA, "health");
const HEALTH_BUDGET = BUDGET.key(TOSHIMA, 2026, "HEALTH");

const rows: readonly RuleRow[] = [
  ...cardRows(world),
  ...setUpRows(),
  ...grantingRows(world),
  ...payRows(world),
  ...governanceRows(world),
  ...nodeRows(world),
  ...settlementRows(),
  ...voucherAndProjectRows(world),
  ...serviceRows(world),
  ...economyRows(world),
  ...conversionRows(world),
  ...adjustmentRows(world),
  ...feeRows(world),
  ...costShareRows(world),
  ...witnessRows(world),
  ...accessTestRows(world),
];

function signed({ type, public: inPublic, private: inPrivate, overrides }: RuleRow): Uint8Array {
  const sample = world.samples[type];
  assert.ok(sample);
  const bodies = {
    public: { ...sample.public, ...inPublic },
    private: sample.private === null ? null : { ...sample.private, ...inPrivate },
  };
  return world.transaction(type, bodies, overrides);
}

for (const { type, faults } of TRANSACTION_TYPES) {
  describe(type, () => {
    for (const row of rows.filter((candidate) => candidate.type === type)) {
      it(`${row.id}: ${row.code}`, () => {
        const run = new LedgerRun(world);
        run.setUp();
        row.arrange?.(run);
        const transaction = run.check(signed(row));
        // Planted records may break the books: what counts is that a refusal writes nothing.
        const { results, writes, postings } = run.tryBlock([transaction], row.atMs ?? AT_MS);
        assert.deepEqual(results, [row.code]);
        if (row.code === "OK") return;
        assert.deepEqual(postings, [[]]);
        const idKey = `id/${transaction.content.id}`;
        const isCardSigned = transaction.declaration.validity === "card";
        assert.deepEqual(
          writes.map(([key]) => key),
          isCardSigned ? [] : [idKey],
        );
      });
    }

    it("has a row for each of its faults, and no other", () => {
      const codes = new Set(rows.filter((row) => row.type === type).map(({ code }) => code));
      for (const fault of faults) assert.ok(codes.has(fault), `no row for ${fault}`);
      const known: readonly string[] = ["OK", ...faults, ...COMMON_FAULTS];
      assert.deepEqual(
        [...codes].filter((code) => !known.includes(code)),
        [],
      );
    });
  });
}

describe("what the sample transactions leave", () => {
  const run = new LedgerRun(world);
  run.setUp();
  run.block([world.pay(250)]);

  it("an issuer, its type and its budget", () => {
    assert.deepEqual(run.read(ISSUER.key(TOSHIMA)), { openedOn: "2026-11-01" });
    assert.equal(run.read(HEALTH)?.nameJa, "健康ポイント");
    assert.deepEqual(run.read(ISSUE.key(TOSHIMA, "health")), { issuedPt: 1000 });
    assert.deepEqual(run.read(HEALTH_BUDGET), {
      appropriatedPt: 1_000_000,
      grantedPt: 1000,
      setAsidePt: 0,
    });
  });

  it("a wallet with one lot on the terms of the type", () => {
    assert.deepEqual(run.read(WALLET_KEY)?.lots, [
      {
        number: 1,
        issuer: TOSHIMA,
        pointType: "health",
        category: "HEALTH",
        amountPt: 1000,
        remainingPt: 750,
        issuedOn: "2026-11-01",
        expiresOn: "2028-03-31",
        origin: "GRANT",
        consideration: "NONE",
        restrictedTo: [],
        perUseCapPt: 25_000,
      },
    ]);
  });

  it("a merchant's till", () => {
    assert.deepEqual(run.read(MERCHANT_ACCOUNT.key("museum")), {
      holdings: [{ fiscalYear: 2026, issuer: TOSHIMA, pointType: "health", balancePt: 250 }],
    });
  });
});

describe("an access test", () => {
  it("moves nothing, and leaves nothing but that the terminal took part", () => {
    const run = new LedgerRun(world);
    run.setUp();
    assert.equal(run.result(world.sample("LOADTEST_OPEN")), "OK");
    const { writes, postings } = run.block([world.sample("LOADTEST_PING")]);
    assert.deepEqual(
      writes.map(([key]) => key),
      ["loadtest-ping/museum-1"],
    );
    assert.deepEqual(postings, [[]]);
  });
});
