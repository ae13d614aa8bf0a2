/** Rows of the table of all rules: wallets and grants. */
import assert from "node:assert/strict";
import { BUDGET, ISSUE, POINT_TYPE, WALLET } from "../../contracts/state/state-records.ts";
import { toHex } from "../../ledger/bytes.ts";
import { ISSUED_PT_MAX, WALLET_LOTS_MAX } from "../../ledger/limits.ts";
import {
  KAWASAKI,
  type LedgerWorld,
  officerOf,
  seedOf,
  TOSHIMA,
  WALLET_HANDLE,
} from "../support/ledger-world.ts";
import { change, type RuleRow } from "../support/rule-row.ts";

const HEALTH = POINT_TYPE.key(TOSHIMA, "health");
const HEALTH_BUDGET = BUDGET.key(TOSHIMA, 2026, "HEALTH");
const WALLET_KEY = WALLET.key(toHex(WALLET_HANDLE));
const NEW_YEAR_MS = Date.UTC(2027, 2, 31, 15); // 1 April 2027 in Japan

/** Every way in which a wallet or a grant is right or wrong. */
export function grantingRows(world: LedgerWorld): RuleRow[] {
  return [
    // WALLET_OPEN
    { id: "a second one", type: "WALLET_OPEN", public: { handle: seedOf("another") }, code: "OK" },
    { id: "opened before", type: "WALLET_OPEN", code: "ALREADY_EXISTS" },
    {
      id: "issuer not open",
      type: "WALLET_OPEN",
      public: { municipality: KAWASAKI },
      code: "UNKNOWN_ISSUER",
    },
    {
      id: "a commitment to another card",
      type: "WALLET_OPEN",
      public: { cardCommit: seedOf("another") },
      code: "CARD_MISMATCH",
    },
    {
      id: "another salt",
      type: "WALLET_OPEN",
      private: { cardSalt: seedOf("another") },
      code: "CARD_MISMATCH",
    },
    {
      id: "a registrar of another municipality",
      type: "WALLET_OPEN",
      overrides: {
        signers: [world.card, officerOf(KAWASAKI, "registrar"), officerOf(TOSHIMA, "verifier")],
      },
      code: "SIGNER_NOT_AUTHORISED",
    },

    // POINT_GRANT
    {
      id: "the whole budget, on the last day of the rule",
      type: "POINT_GRANT",
      public: { amountPt: 25_000, expiresOn: "2028-03-31" },
      arrange: change(HEALTH_BUDGET, { appropriatedPt: 26_000 }),
      code: "OK",
    },
    {
      id: "one point more than the budget",
      type: "POINT_GRANT",
      arrange: change(HEALTH_BUDGET, { appropriatedPt: 1999 }),
      code: "BUDGET_INSUFFICIENT",
    },
    {
      id: "no budget of the category",
      type: "POINT_GRANT",
      public: { budgetCategory: "EVENT" },
      code: "BUDGET_INSUFFICIENT",
    },
    {
      id: "no such type",
      type: "POINT_GRANT",
      public: { pointType: "sports" },
      code: "UNKNOWN_POINT_TYPE",
    },
    {
      id: "the year that ended at midnight",
      type: "POINT_GRANT",
      overrides: { createdAtMs: NEW_YEAR_MS },
      atMs: NEW_YEAR_MS,
      code: "FISCAL_YEAR_MISMATCH",
    },
    {
      id: "the last moment of the year",
      type: "POINT_GRANT",
      overrides: { createdAtMs: NEW_YEAR_MS - 1 },
      atMs: NEW_YEAR_MS - 1,
      code: "OK",
    },
    {
      id: "another date than the rule's",
      type: "POINT_GRANT",
      public: { expiresOn: "2028-03-30" },
      code: "EXPIRY_MISMATCH",
    },
    {
      id: "a date that has passed",
      type: "POINT_GRANT",
      public: { expiresOn: "2026-10-31" },
      arrange: change(HEALTH, { expiryRule: { kind: "SET_AT_ISSUE", date: null, days: null } }),
      code: "EXPIRY_IN_PAST",
    },
    {
      id: "today as the last day",
      type: "POINT_GRANT",
      public: { expiresOn: "2026-11-01" },
      arrange: change(HEALTH, { expiryRule: { kind: "SET_AT_ISSUE", date: null, days: null } }),
      code: "OK",
    },
    {
      id: "no such wallet",
      type: "POINT_GRANT",
      private: { wallet: seedOf("nobody") },
      code: "UNKNOWN_WALLET",
    },
    {
      id: "a wallet of another municipality",
      type: "POINT_GRANT",
      arrange: change(WALLET_KEY, { municipality: KAWASAKI }),
      code: "UNKNOWN_WALLET",
    },
    {
      id: "a suspended wallet",
      type: "POINT_GRANT",
      arrange: change(WALLET_KEY, { status: "SUSPENDED" }),
      code: "WALLET_SUSPENDED",
    },
    {
      id: "more than the cap of the type",
      type: "POINT_GRANT",
      public: { amountPt: 25_001 },
      code: "LIMIT_EXCEEDED",
    },
    {
      id: "more points of the type than can be counted",
      type: "POINT_GRANT",
      arrange: change(ISSUE.key(TOSHIMA, "health"), { issuedPt: ISSUED_PT_MAX - 999 }),
      code: "LIMIT_EXCEEDED",
    },
    {
      id: "a lot too many",
      type: "POINT_GRANT",
      arrange: (run) => {
        const [lot] = run.read(WALLET_KEY)?.lots ?? [];
        assert.ok(lot);
        const lots = Array.from({ length: WALLET_LOTS_MAX }, (_, i) => ({ ...lot, number: i + 1 }));
        change(WALLET_KEY, { lots })(run);
      },
      code: "LIMIT_EXCEEDED",
    },
    {
      id: "an approver who is no approver",
      type: "POINT_GRANT",
      overrides: { signers: [officerOf(TOSHIMA, "clerk"), officerOf(TOSHIMA, "verifier")] },
      code: "SIGNER_NOT_AUTHORISED",
    },
    {
      id: "officers of another municipality",
      type: "POINT_GRANT",
      overrides: { signers: [officerOf(KAWASAKI, "clerk"), officerOf(KAWASAKI, "approver")] },
      code: "SIGNER_NOT_AUTHORISED",
    },
  ];
}
