/** Rows of the table of all rules: what a municipality sets up. */
import { BUDGET, KEY, ORGANISATION } from "../../contracts/state/state-records.ts";
import { toHex } from "../../ledger/bytes.ts";
import { ISSUED_PT_MAX } from "../../ledger/limits.ts";
import type { LedgerRun } from "../support/ledger-run.ts";
import { KAWASAKI, officerOf, TOSHIMA } from "../support/ledger-world.ts";
import { change, type RuleRow } from "../support/rule-row.ts";

const HEALTH_BUDGET = BUDGET.key(TOSHIMA, 2026, "HEALTH");

/** Gives an organisation that is not in the genesis its officers. */
function employ(organisation: string): (run: LedgerRun) => void {
  return (run) => {
    for (const role of ["clerk", "approver", "registrar", "verifier"] as const) {
      const key = KEY.key(toHex(officerOf(organisation, role).publicKey));
      run.plant(key, { organisation, roles: [role], status: "ACTIVE" });
    }
  };
}

/** Every way in which issuers, types, budgets, merchants and terminals are right or wrong. */
export function setUpRows(): RuleRow[] {
  return [
    // ISSUER_OPEN
    { id: "another municipality", type: "ISSUER_OPEN", public: { issuer: KAWASAKI }, code: "OK" },
    { id: "already open", type: "ISSUER_OPEN", code: "ALREADY_EXISTS" },
    {
      id: "wrong check digit",
      type: "ISSUER_OPEN",
      public: { issuer: "131165" },
      arrange: employ("131165"),
      code: "MUNICIPALITY_CODE_INVALID",
    },
    {
      id: "not of this network",
      type: "ISSUER_OPEN",
      public: { issuer: "142051" },
      arrange: employ("142051"),
      code: "UNKNOWN_ORGANISATION",
    },
    {
      id: "a company with a municipality's code",
      type: "ISSUER_OPEN",
      public: { issuer: KAWASAKI },
      arrange: change(ORGANISATION.key(KAWASAKI), { kind: "company" }),
      code: "UNKNOWN_ORGANISATION",
    },
    {
      id: "a prefecture",
      type: "ISSUER_OPEN",
      public: { issuer: KAWASAKI },
      arrange: change(ORGANISATION.key(KAWASAKI), { kind: "prefecture" }),
      code: "OK",
    },

    // POINT_TYPE_DEFINE
    { id: "another type", type: "POINT_TYPE_DEFINE", public: { pointType: "sports" }, code: "OK" },
    {
      id: "issuer not open",
      type: "POINT_TYPE_DEFINE",
      public: { issuer: KAWASAKI },
      code: "UNKNOWN_ISSUER",
    },
    { id: "defined before", type: "POINT_TYPE_DEFINE", code: "ALREADY_EXISTS" },
    {
      id: "expired from the start",
      type: "POINT_TYPE_DEFINE",
      public: {
        pointType: "sports",
        expiryRule: { kind: "FIXED_DATE", date: "2026-10-31", days: null },
      },
      code: "EXPIRY_IN_PAST",
    },

    {
      id: "for today only",
      type: "POINT_TYPE_DEFINE",
      public: {
        pointType: "sports",
        expiryRule: { kind: "FIXED_DATE", date: "2026-11-01", days: null },
      },
      code: "OK",
    },

    // BUDGET_APPROPRIATE
    { id: "more for this year", type: "BUDGET_APPROPRIATE", code: "OK" },
    {
      id: "for next year",
      type: "BUDGET_APPROPRIATE",
      public: { fiscalYear: 2027 },
      code: "OK",
    },
    {
      id: "for last year",
      type: "BUDGET_APPROPRIATE",
      public: { fiscalYear: 2025 },
      code: "FISCAL_YEAR_MISMATCH",
    },
    {
      id: "for the year after next",
      type: "BUDGET_APPROPRIATE",
      public: { fiscalYear: 2028 },
      code: "FISCAL_YEAR_MISMATCH",
    },
    {
      id: "issuer not open",
      type: "BUDGET_APPROPRIATE",
      public: { issuer: KAWASAKI },
      code: "UNKNOWN_ISSUER",
    },
    {
      id: "more than can be counted",
      type: "BUDGET_APPROPRIATE",
      arrange: change(HEALTH_BUDGET, { appropriatedPt: ISSUED_PT_MAX - 999_999 }),
      code: "LIMIT_EXCEEDED",
    },

    // MERCHANT_REGISTER
    { id: "another merchant", type: "MERCHANT_REGISTER", public: { merchant: "cafe" }, code: "OK" },
    { id: "registered before", type: "MERCHANT_REGISTER", code: "ALREADY_EXISTS" },
    {
      id: "issuer not open",
      type: "MERCHANT_REGISTER",
      public: { issuer: KAWASAKI, merchant: "cafe" },
      code: "UNKNOWN_ISSUER",
    },

    // TERMINAL_REGISTER
    { id: "a second one", type: "TERMINAL_REGISTER", public: { terminal: "museum-2" }, code: "OK" },
    { id: "registered before", type: "TERMINAL_REGISTER", code: "ALREADY_EXISTS" },
    {
      id: "no such merchant",
      type: "TERMINAL_REGISTER",
      public: { merchant: "cafe" },
      code: "UNKNOWN_MERCHANT",
    },
    {
      id: "another municipality's merchant",
      type: "TERMINAL_REGISTER",
      public: { issuer: KAWASAKI, terminal: "museum-2" },
      code: "UNKNOWN_MERCHANT",
    },
  ];
}
