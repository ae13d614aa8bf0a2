/** Services and agreements from beginning to end. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { checkInvariants } from "../../contracts/invariants.ts";
import { LINK } from "../../contracts/services/service.ts";
import {
  BUDGET,
  DUE,
  ISSUE,
  MERCHANT_ACCOUNT,
  WALLET,
} from "../../contracts/state/state-records.ts";
import { toHex } from "../../ledger/bytes.ts";
import { LedgerRun } from "../support/ledger-run.ts";
import {
  AT_MS,
  KAWASAKI,
  LedgerWorld,
  LINK_HANDLE,
  TOSHIMA,
  WALLET_HANDLE,
} from "../support/ledger-world.ts";
import { change } from "../support/rule-row.ts";

const world = new LedgerWorld();
const LINK_KEY = LINK.key(toHex(LINK_HANDLE));

/** Executes samples with other fields at a time, and demands that they are accepted. */
function act(run: LedgerRun, type: string, fields: object = {}, atMs: number = AT_MS): void {
  assert.equal(resultOf(run, type, fields, atMs), "OK", type);
}

function resultOf(run: LedgerRun, type: string, fields: object, atMs: number): string | undefined {
  const sample = world.samples[type];
  assert.ok(sample);
  const { public: inPublic, private: inPrivate } = { public: {}, private: {}, ...fields };
  const bodies = {
    public: { ...sample.public, ...inPublic },
    private: sample.private === null ? null : { ...sample.private, ...inPrivate },
  };
  return run.result(world.transaction(type, bodies, { createdAtMs: atMs }), atMs);
}

/** Midday on a day of November 2030. */
function inNovember2030(day: number): number {
  return Date.UTC(2030, 10, day, 3);
}

describe("a link to a library (worked example E10)", () => {
  /** A link whose 48 months end on 1 December 2026. */
  function linked(): LedgerRun {
    const run = new LedgerRun(world);
    run.setUp();
    for (const type of ["FACILITY_REGISTER", "SERVICE_DEFINE", "LINK_CREATE"]) act(run, type);
    assert.equal(run.read(LINK_KEY)?.validTo, "2030-11-01");
    change(LINK_KEY, { validTo: "2026-12-01" })(run);
    return run;
  }

  it("yes: 48 months from the day on which it would have ended", () => {
    const run = linked();
    act(run, "RESIDENCY_ATTEST");
    act(run, "LINK_RENEW");
    assert.equal(run.read(LINK_KEY)?.validTo, "2030-12-01");
    assert.equal(run.read(LINK_KEY)?.residentOn, null);
  });

  it("no: a renewal is required, and nothing is deleted", () => {
    const run = linked();
    const before = run.read(LINK_KEY);
    act(run, "RESIDENCY_ATTEST", { private: { resident: false } });
    assert.deepEqual(run.read(LINK_KEY), { ...before, status: "RENEWAL_REQUIRED" });
    assert.equal(resultOf(run, "LINK_RENEW", {}, AT_MS), "RENEWAL_REQUIRED");
    act(run, "RESIDENCY_ATTEST");
    act(run, "LINK_RENEW");
    assert.equal(run.read(LINK_KEY)?.status, "ACTIVE");
  });

  it("a no that was wrong is lifted by a yes, long before the link ends", () => {
    const run = linked();
    change(LINK_KEY, { validTo: null })(run);
    act(run, "RESIDENCY_ATTEST", { private: { resident: false } });
    act(run, "RESIDENCY_ATTEST");
    assert.equal(run.read(LINK_KEY)?.status, "ACTIVE");
  });

  it("who comes late begins anew", () => {
    const run = linked();
    act(run, "RESIDENCY_ATTEST", {}, inNovember2030(3));
    act(run, "LINK_RENEW", {}, inNovember2030(4));
    assert.equal(run.read(LINK_KEY)?.validTo, "2034-11-04");
  });

  it("of a hospital the ledger has a root and no link", () => {
    const run = new LedgerRun(world);
    run.setUp();
    act(run, "FACILITY_REGISTER");
    act(run, "SERVICE_DEFINE", { public: { category: "HOSPITAL", sensitive: true } });
    assert.equal(resultOf(run, "LINK_CREATE", {}, AT_MS), "SERVICE_SENSITIVE");
    act(run, "LINK_ROOT_COMMIT");
    const keys = run.state.records().map(([key]) => key);
    assert.deepEqual(
      keys.filter((key) => key.startsWith("link")),
      ["link-root/library/lending"],
    );
  });

  it("removed by its user, it opens to no card", () => {
    const run = linked();
    act(run, "LINK_REMOVE");
    assert.deepEqual(run.read(LINK_KEY)?.cardCommit, new Uint8Array(32));
    assert.equal(resultOf(run, "LINK_REMOVE", {}, AT_MS), "UNKNOWN_LINK");
  });
});

describe("an antenna shop", () => {
  /** Kawasaki issues points of its own; Toshima's museum takes them; the resident has 1,000 of them. */
  function agreed(): LedgerRun {
    const run = new LedgerRun(world);
    run.setUp();
    for (const type of ["ISSUER_OPEN", "POINT_TYPE_DEFINE", "BUDGET_APPROPRIATE"]) {
      act(run, type, { public: { issuer: KAWASAKI } });
    }
    // The wallet of the set-up moves there, and leaves its points as if they had never been granted.
    change(WALLET.key(toHex(WALLET_HANDLE)), { municipality: KAWASAKI, lots: [] })(run);
    change(ISSUE.key(TOSHIMA, "health"), { issuedPt: 0 })(run);
    change(BUDGET.key(TOSHIMA, 2026, "HEALTH"), { grantedPt: 0 })(run);
    act(run, "POINT_GRANT", { public: { issuer: KAWASAKI } });
    return run;
  }

  const guest = { private: { municipality: KAWASAKI, amountPt: 600 } };

  it("takes another issuer's points by agreement, and no longer when it ends", () => {
    const run = agreed();
    assert.equal(resultOf(run, "PAY", guest, AT_MS), "BALANCE_INSUFFICIENT");
    act(run, "ACCEPTANCE_AGREE");
    act(run, "PAY", guest);
    assert.deepEqual(run.read(MERCHANT_ACCOUNT.key("museum"))?.holdings, [
      { fiscalYear: 2026, issuer: KAWASAKI, pointType: "health", balancePt: 600 },
    ]);
    act(run, "ACCEPTANCE_END");
    const rest = { private: { ...guest.private, amountPt: 1 } };
    assert.equal(resultOf(run, "PAY", rest, AT_MS), "BALANCE_INSUFFICIENT");
  });

  it("is paid by its own municipality, to which the issuer owes the points", () => {
    const run = agreed();
    act(run, "ACCEPTANCE_AGREE");
    act(run, "PAY", guest);
    act(run, "BATCH_CUT", { public: { feeBp: 100 } });
    const approval = { totalYen: 594, claims: [{ issuer: KAWASAKI, amountYen: 600 }] };
    act(run, "BATCH_APPROVE", { public: approval }, Date.UTC(2026, 10, 8, 3));
    assert.equal(run.read(DUE.key(KAWASAKI, TOSHIMA, "2026-10b"))?.owedYen, 600);
    checkInvariants(run.state.records());
  });
});
