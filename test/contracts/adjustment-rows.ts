/** Rows of the rules about corrections, disputes and transfers to streets, for the table in transactions.test.ts. */
import assert from "node:assert/strict";
import { HOLDINGS_MAX } from "../../contracts/spending/till.ts";
import {
  BUDGET,
  ISSUE,
  MERCHANT,
  MERCHANT_ACCOUNT,
  ORGANISATION,
  WALLET,
  type Wallet,
} from "../../contracts/state/state-records.ts";
import { toHex } from "../../ledger/bytes.ts";
import { ISSUED_PT_MAX, WALLET_LOTS_MAX } from "../../ledger/limits.ts";
import { AUTUMN } from "../support/economy-samples.ts";
import type { LedgerRun } from "../support/ledger-run.ts";
import {
  AT_MS,
  COMPANY,
  CONVERSION_ID,
  KAWASAKI,
  type LedgerWorld,
  seedOf,
  TOSHIMA,
  WALLET_HANDLE,
} from "../support/ledger-world.ts";
import { change, type RuleRow } from "../support/rule-row.ts";
import { type Arrangement, accepted, all, cardholderRows } from "./counter-rows.ts";

const DAY_MS = 86_400_000;
const WALLET_KEY = WALLET.key(toHex(WALLET_HANDLE));
const MUSEUM = MERCHANT.key("museum");
const TILL = MERCHANT_ACCOUNT.key("museum");
const HEALTH_BUDGET = BUDGET.key(TOSHIMA, 2026, "HEALTH");
const FULL_TILL = {
  holdings: Array.from({ length: HOLDINGS_MAX }, (_, i) => {
    return { fiscalYear: 2026, issuer: TOSHIMA, pointType: `type-${1000 + i}`, balancePt: 1 };
  }),
};

function at(atMs: number): Pick<RuleRow, "overrides" | "atMs"> {
  return { overrides: { createdAtMs: atMs }, atMs };
}

/** Fills the wallet with other lots. */
function full(run: LedgerRun): void {
  const wallet = run.read(WALLET_KEY);
  assert.ok(wallet);
  const lots: Wallet["lots"] = Array.from({ length: WALLET_LOTS_MAX }, (_, i) => ({
    number: wallet.nextLot + i,
    issuer: TOSHIMA,
    pointType: "health",
    category: "HEALTH",
    amountPt: 1,
    remainingPt: 1,
    issuedOn: "2026-11-01",
    expiresOn: null,
    origin: "GRANT",
    consideration: "NONE",
    restrictedTo: [],
    perUseCapPt: 100,
  }));
  change(WALLET_KEY, { lots, nextLot: wallet.nextLot + WALLET_LOTS_MAX })(run);
}

/** Rows about corrections, disputes and streets. */
export function adjustmentRows(world: LedgerWorld): readonly RuleRow[] {
  return [
    ...adjustRows(accepted(world, "PAY")),
    ...freezeRows(accepted(world, "WALLET_FREEZE")),
    ...disputeRows(world),
    ...streetRows(world),
  ];
}

function adjustRows(paid: Arrangement): RuleRow[] {
  const type = "ADJUST";
  const from = (amountPt: number) => ({
    type,
    public: { direction: "FROM_MERCHANT", amountPt },
    arrange: paid,
  });
  return [
    { id: "a payment that was lost", type, code: "OK" },
    { id: "all that the till holds", ...from(250), code: "OK" },
    { id: "more than the till holds", ...from(251), code: "TILL_INSUFFICIENT" },
    { id: "more than was ever granted", ...from(1001), code: "BUDGET_INSUFFICIENT" },
    {
      id: "more than the budget",
      type,
      arrange: change(HEALTH_BUDGET, { appropriatedPt: 1299 }),
      code: "BUDGET_INSUFFICIENT",
    },
    {
      id: "another municipality's merchant",
      type,
      arrange: change(MUSEUM, { issuer: KAWASAKI }),
      code: "UNKNOWN_MERCHANT",
    },
    { id: "no such merchant", type, public: { merchant: "cafe" }, code: "UNKNOWN_MERCHANT" },
    { id: "no such type", type, public: { pointType: "sports" }, code: "UNKNOWN_POINT_TYPE" },
    { id: "last year's", type, public: { fiscalYear: 2025 }, code: "FISCAL_YEAR_MISMATCH" },
    {
      id: "more points than can be counted",
      type,
      arrange: change(ISSUE.key(TOSHIMA, "health"), { issuedPt: ISSUED_PT_MAX }),
      code: "LIMIT_EXCEEDED",
    },
    {
      id: "a till with too many types",
      type,
      arrange: change(TILL, FULL_TILL),
      code: "LIMIT_EXCEEDED",
    },
  ];
}

function freezeRows(frozen: Arrangement): RuleRow[] {
  const nobody = { wallet: seedOf("nobody") };
  const foreign = { arrange: change(WALLET_KEY, { municipality: KAWASAKI }) };
  const rows: RuleRow[] = ["WALLET_FREEZE", "WALLET_UNFREEZE"].flatMap((type) => [
    { id: "no such wallet", type, private: nobody, code: "UNKNOWN_WALLET" },
    { id: "another municipality's wallet", type, ...foreign, code: "UNKNOWN_WALLET" },
  ]);
  return [
    ...rows,
    { id: "a wallet", type: "WALLET_FREEZE", code: "OK" },
    { id: "twice", type: "WALLET_FREEZE", arrange: frozen, code: "WALLET_SUSPENDED" },
    { id: "a frozen wallet", type: "WALLET_UNFREEZE", arrange: frozen, code: "OK" },
    { id: "a wallet that is not frozen", type: "WALLET_UNFREEZE", code: "NOT_SUSPENDED" },
    { id: "from a frozen wallet", type: "PAY", arrange: frozen, code: "WALLET_SUSPENDED" },
  ];
}

function disputeRows(world: LedgerWorld): RuleRow[] {
  const open = "DISPUTE_OPEN";
  const resolve = "DISPUTE_RESOLVE";
  const { PAY } = world.samples;
  const paid = accepted(world, "PAY");
  const disputed = all(paid, accepted(world, open));
  const inCampaign = { ...PAY?.private, campaign: { issuer: TOSHIMA, ...AUTUMN } };
  const premiumSpent: Arrangement = all(
    accepted(world, "CAMPAIGN_OPEN"),
    accepted(world, "PAY", { private: inCampaign }),
    accepted(world, open, { private: { payment: inCampaign } }),
    (run) => {
      const lots = run.read(WALLET_KEY)?.lots ?? [];
      change(WALLET_KEY, { lots: lots.map((lot) => ({ ...lot, pointType: "culture" })) })(run);
      const holding = { fiscalYear: 2026, issuer: TOSHIMA, pointType: "culture", balancePt: 250 };
      change(TILL, { holdings: [holding] })(run);
    },
  );
  const whole = { ...PAY?.private, amountPt: 1000 };
  const wholeDisputed = all(
    accepted(world, "PAY", { private: whole }),
    accepted(world, open, { private: { payment: whole } }),
  );
  return [
    { id: "on the last day", type: open, arrange: paid, ...at(AT_MS + 45 * DAY_MS), code: "OK" },
    {
      id: "a day too late",
      type: open,
      arrange: paid,
      ...at(AT_MS + 46 * DAY_MS),
      code: "REFUND_TOO_LATE",
    },
    { id: "twice", type: open, arrange: disputed, code: "ALREADY_EXISTS" },
    { id: "about no payment", type: open, code: "PAYMENT_NOT_FOUND" },
    {
      id: "at another municipality's merchant",
      type: open,
      arrange: all(paid, change(MUSEUM, { issuer: KAWASAKI })),
      code: "UNKNOWN_MERCHANT",
    },

    { id: "all of it", type: resolve, arrange: disputed, code: "OK" },
    { id: "nothing", type: resolve, private: { refundPt: null }, arrange: disputed, code: "OK" },
    {
      id: "months later",
      type: resolve,
      arrange: disputed,
      ...at(AT_MS + 80 * DAY_MS),
      code: "OK",
    },
    { id: "what nobody disputed", type: resolve, arrange: paid, code: "UNKNOWN_DISPUTE" },
    {
      id: "twice",
      type: resolve,
      arrange: all(disputed, accepted(world, resolve, { private: { refundPt: null } })),
      code: "UNKNOWN_DISPUTE",
    },
    {
      id: "more than was paid",
      type: resolve,
      private: { refundPt: 251 },
      arrange: disputed,
      code: "REFUND_TOO_LARGE",
    },
    {
      id: "what the shop took back meanwhile",
      type: resolve,
      arrange: all(disputed, accepted(world, "PAY_VOID")),
      code: "PAYMENT_NOT_FOUND",
    },
    {
      id: "what was settled",
      type: resolve,
      arrange: all(disputed, change(TILL, { holdings: [] })),
      code: "TILL_INSUFFICIENT",
    },
    {
      id: "into a full wallet",
      type: resolve,
      private: { payment: whole },
      arrange: all(wholeDisputed, full),
      code: "LIMIT_EXCEEDED",
    },
    {
      id: "with a premium that was spent",
      type: resolve,
      private: { payment: inCampaign },
      arrange: premiumSpent,
      code: "PREMIUM_SPENT",
    },
  ];
}

function streetRows(world: LedgerWorld): RuleRow[] {
  const request = "STREET_TRANSFER_REQUEST";
  const ack = "STREET_TRANSFER_ACK";
  const release = "STREET_TRANSFER_RELEASE";
  const street = MERCHANT.key(COMPANY);
  const joined = all(
    change(ORGANISATION.key(COMPANY), { kind: "street" }),
    accepted(world, "MERCHANT_REGISTER", { public: { merchant: COMPANY, category: "SHOP" } }),
  );
  const held: Arrangement = all(joined, (run) => {
    assert.equal(run.result(world.sample(request, { id: CONVERSION_ID })), "OK");
  });
  const wholeHeld: Arrangement = all(joined, (run) => {
    const { STREET_TRANSFER_REQUEST } = world.samples;
    const bodies = { public: {}, private: { ...STREET_TRANSFER_REQUEST?.private, amountPt: 1000 } };
    assert.equal(run.result(world.transaction(request, bodies, { id: CONVERSION_ID })), "OK");
  });
  const deadlineMs = AT_MS + DAY_MS;
  return [
    ...cardholderRows(world, request, joined),
    { id: "a part", type: request, arrange: joined, code: "OK" },
    { id: "to no merchant", type: request, code: "UNKNOWN_MERCHANT" },
    {
      id: "to a merchant that is no street",
      type: request,
      private: { street: "museum" },
      arrange: joined,
      code: "UNKNOWN_MERCHANT",
    },
    {
      id: "to an organisation without a system of its own",
      type: request,
      arrange: all(joined, change(ORGANISATION.key(COMPANY), { kind: "state" })),
      code: "UNKNOWN_MERCHANT",
    },
    {
      id: "to a carrier or an issuer of prepaid cards",
      type: request,
      arrange: all(joined, change(ORGANISATION.key(COMPANY), { kind: "company" })),
      code: "OK",
    },
    {
      id: "to a suspended street",
      type: request,
      arrange: all(joined, change(street, { status: "SUSPENDED" })),
      code: "MERCHANT_SUSPENDED",
    },
    {
      id: "more than there is",
      type: request,
      private: { amountPt: 1001 },
      arrange: joined,
      code: "BALANCE_INSUFFICIENT",
    },
    {
      id: "more than the cap on one payment",
      type: request,
      arrange: all(joined, (run) => {
        const lots = run.read(WALLET_KEY)?.lots ?? [];
        change(WALLET_KEY, { lots: lots.map((lot) => ({ ...lot, perUseCapPt: 399 })) })(run);
      }),
      code: "LIMIT_EXCEEDED",
    },

    { id: "at the last moment", type: ack, arrange: held, ...at(deadlineMs), code: "OK" },
    {
      id: "a moment too late",
      type: ack,
      arrange: held,
      ...at(deadlineMs + 1),
      code: "TRANSFER_LATE",
    },
    { id: "that nobody asked for", type: ack, arrange: joined, code: "UNKNOWN_TRANSFER" },
    {
      id: "twice",
      type: ack,
      arrange: all(held, accepted(world, ack)),
      code: "TRANSFER_CLOSED",
    },
    {
      id: "into a till with too many types",
      type: ack,
      arrange: all(held, change(MERCHANT_ACCOUNT.key(COMPANY), FULL_TILL)),
      code: "LIMIT_EXCEEDED",
    },

    { id: "by the street", type: release, arrange: held, code: "OK" },
    {
      id: "by a municipality while the street may answer",
      type: release,
      public: { organisation: TOSHIMA },
      arrange: held,
      ...at(deadlineMs),
      code: "ANSWER_PENDING",
    },
    {
      id: "by a municipality when its time is over",
      type: release,
      public: { organisation: TOSHIMA },
      arrange: held,
      ...at(deadlineMs + 1),
      code: "OK",
    },
    { id: "that nobody asked for", type: release, code: "UNKNOWN_TRANSFER" },
    {
      id: "into another wallet",
      type: release,
      private: { wallet: seedOf("another") },
      arrange: held,
      code: "UNKNOWN_TRANSFER",
    },
    {
      id: "after it was acknowledged",
      type: release,
      arrange: all(held, accepted(world, ack)),
      code: "TRANSFER_CLOSED",
    },
    {
      id: "into a full wallet",
      type: release,
      arrange: all(wholeHeld, full),
      code: "LIMIT_EXCEEDED",
    },
  ];
}
