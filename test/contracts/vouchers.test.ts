/** Vouchers and projects from beginning to end. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { checkInvariants } from "../../contracts/invariants.ts";
import { PROJECT } from "../../contracts/projects/project.ts";
import { EXPIRED, MERCHANT_ACCOUNT, WALLET } from "../../contracts/state/state-records.ts";
import { toHex } from "../../ledger/bytes.ts";
import { attestCards, LedgerRun } from "../support/ledger-run.ts";
import {
  AT_MS,
  keyOf,
  LedgerWorld,
  type Party,
  seedOf,
  TOSHIMA,
  WALLET_HANDLE,
} from "../support/ledger-world.ts";

const world = new LedgerWorld();
const series = { issuer: TOSHIMA, series: "spring" };
const WALLET_KEY = WALLET.key(toHex(WALLET_HANDLE));
const points = `${TOSHIMA}/health`;

/** What a test has otherwise than the sample. */
interface Change {
  readonly public?: { readonly [field: string]: unknown };
  readonly private?: { readonly [field: string]: unknown };
  readonly signers?: readonly Party[];
  readonly atMs?: number;
}

function act(run: LedgerRun, type: string, change: Change = {}): string | undefined {
  const sample = world.samples[type];
  assert.ok(sample);
  const atMs = change.atMs ?? AT_MS;
  const bodies = {
    public: { ...sample.public, ...change.public },
    private: sample.private === null ? null : { ...sample.private, ...change.private },
  };
  const { signers } = change;
  const overrides = { createdAtMs: atMs, ...(signers === undefined ? {} : { signers }) };
  return run.result(world.transaction(type, bodies, overrides), atMs);
}

/** What each kind of account holds of the points. */
function held(run: LedgerRun): { readonly [kind: string]: number } {
  const totals = checkInvariants(run.state.records()).filter(({ asset }) => asset === points);
  return Object.fromEntries(totals.map(({ kind, balancePt }) => [kind, balancePt]));
}

function heldBy(run: LedgerRun, kind: string): number | undefined {
  return held(run)[kind];
}

/** A wallet of 2,600 points and a series of vouchers of 500. */
function opened(): LedgerRun {
  const run = new LedgerRun(world);
  run.setUp();
  assert.equal(act(run, "POINT_GRANT", { public: { amountPt: 1600 } }), "OK");
  assert.equal(act(run, "VOUCHER_SERIES_DEFINE"), "OK");
  return run;
}

function issue(run: LedgerRun, vouchers: readonly Party[]): string | undefined {
  const keys = vouchers.map(({ publicKey }) => publicKey);
  return act(run, "VOUCHER_ISSUE", { private: { vouchers: keys } });
}

function redeem(run: LedgerRun, voucher: Party, atMs?: number): string | undefined {
  return act(run, "VOUCHER_REDEEM", {
    public: { ...series, voucher: voucher.publicKey },
    signers: [voucher, world.terminal],
    ...(atMs === undefined ? {} : { atMs }),
  });
}

describe("vouchers (worked example E8)", () => {
  const five = [1, 2, 3, 4, 5].map((i) => keyOf(`voucher ${i}`));

  it("five of 500 from a wallet of 2,600; two redeemed, three lapse", () => {
    const run = opened();
    assert.equal(issue(run, five), "OK");
    assert.deepEqual(held(run), { issue: -2600, voucher: 2500, wallet: 100 });
    for (const voucher of five.slice(0, 2)) assert.equal(redeem(run, voucher), "OK");
    const [first] = five;
    assert.ok(first);
    assert.equal(redeem(run, first), "VOUCHER_USED");
    const inMay = Date.UTC(2027, 4, 1);
    assert.equal(act(run, "VOUCHER_EXPIRE", { atMs: inMay }), "OK");
    assert.deepEqual(held(run), {
      issue: -2600,
      expired: 1500,
      merchant: 1000,
      voucher: 0,
      wallet: 100,
    });
    assert.equal(run.read(EXPIRED.key(TOSHIMA, "health"))?.expiredPt, 1500);
    assert.equal(redeem(run, five[4] ?? first, inMay), "VOUCHER_EXPIRED");
  });

  it("whoever copies a voucher's public key cannot redeem it", () => {
    const run = opened();
    const [voucher, other] = five;
    assert.ok(voucher && other);
    assert.equal(issue(run, [voucher]), "OK");
    const stolen = { ...other, publicKey: voucher.publicKey };
    assert.throws(() => redeem(run, stolen), /a signature is wrong/);
  });

  it("a cancelled one is points in the wallet again, with the last day of the series", () => {
    const run = opened();
    const [voucher] = five;
    assert.ok(voucher);
    assert.equal(issue(run, [voucher]), "OK");
    const change = {
      public: { ...series, voucher: voucher.publicKey },
      signers: [world.card, voucher],
    };
    assert.equal(act(run, "VOUCHER_CANCEL", change), "OK");
    assert.deepEqual(held(run), { issue: -2600, voucher: 0, wallet: 2600 });
    const lot = run.read(WALLET_KEY)?.lots.at(-1);
    assert.deepEqual([lot?.amountPt, lot?.expiresOn, lot?.origin], [500, "2027-03-31", "REFUND"]);
    assert.equal(redeem(run, voucher), "VOUCHER_USED");
  });

  it("a replaced one is dead, the new one is good", () => {
    const run = opened();
    const [lost, found] = five;
    assert.ok(lost && found);
    assert.equal(issue(run, [lost]), "OK");
    const keys = { voucher: lost.publicKey, newVoucher: found.publicKey };
    assert.equal(act(run, "VOUCHER_REISSUE", { public: { ...series, ...keys } }), "OK");
    assert.equal(redeem(run, lost), "VOUCHER_USED");
    assert.equal(redeem(run, found), "OK");
    checkInvariants(run.state.records());
  });
});

describe("projects", () => {
  const PROJECT_KEY = PROJECT.key(TOSHIMA, "old-school");
  const newYearMs = Date.UTC(2027, 0, 1, 3);
  const afterClaimsMs = Date.UTC(2027, 2, 3, 3);

  function withProject(fields: Change["public"] = {}): LedgerRun {
    const run = opened();
    assert.equal(act(run, "PROJECT_OPEN", { public: fields }), "OK");
    return run;
  }

  it("a goal that is reached: the points are in the beneficiary's till", () => {
    const run = withProject();
    for (const label of ["first", "second"]) {
      const gift = { amountPt: 300, donationSalt: seedOf(label) };
      assert.equal(act(run, "DONATE", { private: gift }), "OK");
    }
    assert.equal(heldBy(run, "project"), 600);
    assert.equal(act(run, "PROJECT_SETTLE", { atMs: newYearMs }), "OK");
    assert.equal(heldBy(run, "merchant"), 600);
    assert.deepEqual(run.read(MERCHANT_ACCOUNT.key("museum"))?.holdings, [
      { fiscalYear: 2026, issuer: TOSHIMA, pointType: "health", balancePt: 600 },
    ]);
    assert.equal(run.read(PROJECT_KEY)?.raisedPt, 600);
    assert.equal(act(run, "PROJECT_SETTLE", { atMs: newYearMs }), "PROJECT_CLOSED");
  });

  it("a goal that is missed: the donor takes his points back, the rest lapses", () => {
    const run = withProject();
    assert.equal(act(run, "DONATE"), "OK");
    const other = { amountPt: 50, donationSalt: seedOf("forgotten") };
    assert.equal(act(run, "DONATE", { private: other }), "OK");
    assert.equal(act(run, "PROJECT_SETTLE", { atMs: newYearMs }), "OK");
    attestCards(newYearMs)(run);
    assert.equal(act(run, "DONATION_REFUND", { atMs: newYearMs }), "OK");
    assert.equal(act(run, "DONATION_REFUND", { atMs: newYearMs }), "UNKNOWN_DONATION");
    assert.deepEqual(held(run), { issue: -2600, project: 50, voucher: 0, wallet: 2550 });
    assert.equal(act(run, "PROJECT_SETTLE", { atMs: afterClaimsMs }), "OK");
    assert.deepEqual(held(run), { issue: -2600, expired: 50, voucher: 0, wallet: 2550 });
  });

  it("a goal that is missed where nothing is given back: the beneficiary gets what there is", () => {
    const run = withProject({ refundable: false });
    assert.equal(act(run, "DONATE"), "OK");
    assert.equal(act(run, "PROJECT_SETTLE", { atMs: newYearMs }), "OK");
    assert.equal(heldBy(run, "merchant"), 400);
  });

  it("no point is made or lost, whatever is donated", () => {
    const gifts = fc.array(fc.integer({ min: 1, max: 1500 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(gifts, (amounts) => {
        const run = withProject();
        let givenPt = 0;
        for (const [i, amountPt] of amounts.entries()) {
          const gift = { amountPt, donationSalt: seedOf(`gift ${i}`) };
          if (act(run, "DONATE", { private: gift }) === "OK") givenPt += amountPt;
        }
        const { project = 0, wallet = 0 } = held(run);
        assert.deepEqual([project, wallet], [givenPt, 2600 - givenPt]);
        assert.equal(run.read(PROJECT_KEY)?.raisedPt, givenPt);
      }),
      { numRuns: 20 },
    );
  });
});
