/** Every type accepts its sample, and refuses with each of its faults: one row for each way to be wrong. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { TRANSACTION_TYPES } from "../../contracts/registry.ts";
import { COMMON_FAULTS } from "../../contracts/signers.ts";
import { HOLDINGS_MAX } from "../../contracts/spending/till.ts";
import {
  BUDGET,
  GOVERNORS as GOVERNORS_KEY,
  ISSUE,
  ISSUER,
  KEY,
  LOADTEST,
  LOADTEST_PING,
  MERCHANT,
  MERCHANT_ACCOUNT,
  NODE_KEY,
  ORGANISATION,
  POINT_TYPE,
  TERMINAL,
  WALLET,
  WISHED_NODES,
} from "../../contracts/state/state-records.ts";
import { toHex } from "../../ledger/bytes.ts";
import { ISSUED_PT_MAX, MEMBERS_MAX, WALLET_LOTS_MAX } from "../../ledger/limits.ts";
import { nodeSigner } from "../support/chain-builder.ts";
import { attestCards, LedgerRun } from "../support/ledger-run.ts";
import {
  AT_MS,
  COMPANY,
  GOVERNORS,
  KAWASAKI,
  keyOf,
  LedgerWorld,
  NEW_NODE,
  NEW_OFFICER,
  newCard,
  newTerminal,
  OLD_OFFICER,
  officerOf,
  type Party,
  seedOf,
  TOSHIMA,
  WALLET_HANDLE,
} from "../support/ledger-world.ts";
import { change, type RuleRow } from "../support/rule-row.ts";
import { adjustmentRows } from "./adjustment-rows.ts";
import { cardRows } from "./card-rows.ts";
import { conversionRows } from "./conversion-rows.ts";
import { costShareRows } from "./cost-share-rows.ts";
import { economyRows } from "./economy-rows.ts";
import { feeRows } from "./fee-rows.ts";
import { serviceRows } from "./service-rows.ts";
import { settlementRows } from "./settlement-rows.ts";
import { voucherAndProjectRows } from "./voucher-rows.ts";
import { witnessRows } from "./witness-rows.ts";

const world = new LedgerWorld();
const anotherCard = newCard();
const anotherTerminal = newTerminal();
const anotherGovernor = keyOf("another governor");
const WALLET_KEY = WALLET.key(toHex(WALLET_HANDLE));
const HEALTH = POINT_TYPE.key(TOSHIMA, "health");
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

/** A wish of so many voters. */
function wishFor(count: number): (run: LedgerRun) => void {
  return (run) => {
    const [model] = run.read(WISHED_NODES)?.members ?? [];
    assert.ok(model);
    const members = Array.from({ length: count }, (_, i) => ({ ...model, number: i + 1 }));
    run.plant(WISHED_NODES, { members, lastNumber: count, force: false });
  };
}

/** Node 1 alone votes. */
function onlyVoter(run: LedgerRun): void {
  const members = run.read(WISHED_NODES)?.members ?? [];
  const learners = members.slice(1).map((node) => ({ ...node, role: "learner" as const }));
  change(WISHED_NODES, { members: [...members.slice(0, 1), ...learners] })(run);
}

/** The sample of an access test is open. */
function announce(run: LedgerRun): void {
  assert.equal(run.result(world.sample("LOADTEST_OPEN")), "OK");
}

/** A node of the genesis as one who signs. */
function nodeParty(number: number): Party {
  const { publicKey, sign } = nodeSigner(number);
  return { kind: "organisation", algorithm: "ed25519", publicKey, sign };
}

function nodeKeyOf(number: number): Uint8Array {
  return nodeSigner(number).publicKey;
}

const museum = MERCHANT.key("museum");
const terminal = TERMINAL.key("museum-1");
const NEW_YEAR_MS = Date.UTC(2027, 2, 31, 15); // 1 April 2027 in Japan

const rows: readonly RuleRow[] = [
  ...cardRows(world),

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

  // PAY
  { id: "every point", type: "PAY", private: { amountPt: 1000 }, code: "OK" },
  {
    id: "a point too many",
    type: "PAY",
    private: { amountPt: 1001 },
    code: "BALANCE_INSUFFICIENT",
  },
  {
    id: "no such merchant",
    type: "PAY",
    private: { merchant: "cafe" },
    code: "UNKNOWN_MERCHANT",
  },
  {
    id: "a suspended merchant",
    type: "PAY",
    arrange: change(museum, { status: "SUSPENDED" }),
    code: "MERCHANT_SUSPENDED",
  },
  {
    id: "no such terminal",
    type: "PAY",
    private: { terminal: "museum-2" },
    code: "UNKNOWN_TERMINAL",
  },
  {
    id: "another merchant's terminal",
    type: "PAY",
    arrange: change(terminal, { merchant: "cafe" }),
    code: "UNKNOWN_TERMINAL",
  },
  {
    id: "a revoked terminal",
    type: "PAY",
    arrange: change(terminal, { status: "REVOKED" }),
    code: "TERMINAL_REVOKED",
  },
  {
    id: "another terminal's signature",
    type: "PAY",
    overrides: { signers: [world.card, anotherTerminal] },
    code: "SIGNER_NOT_AUTHORISED",
  },
  {
    id: "no such wallet",
    type: "PAY",
    private: { wallet: seedOf("nobody") },
    code: "UNKNOWN_WALLET",
  },
  {
    id: "a suspended wallet",
    type: "PAY",
    arrange: change(WALLET_KEY, { status: "SUSPENDED" }),
    code: "WALLET_SUSPENDED",
  },
  {
    id: "another card",
    type: "PAY",
    overrides: { signers: [anotherCard, world.terminal] },
    code: "CARD_MISMATCH",
  },
  {
    id: "another salt",
    type: "PAY",
    private: { cardSalt: seedOf("another") },
    code: "CARD_MISMATCH",
  },
  {
    id: "points that the merchant's municipality did not issue",
    type: "PAY",
    arrange: change(museum, { issuer: KAWASAKI }),
    code: "BALANCE_INSUFFICIENT",
  },
  {
    id: "points for other kinds of merchants",
    type: "PAY",
    arrange: (run) => {
      const lots = run.read(WALLET_KEY)?.lots ?? [];
      change(WALLET_KEY, { lots: lots.map((lot) => ({ ...lot, restrictedTo: ["ZOO"] })) })(run);
    },
    code: "BALANCE_INSUFFICIENT",
  },
  {
    id: "more than the cap on one payment",
    type: "PAY",
    arrange: (run) => {
      const lots = run.read(WALLET_KEY)?.lots ?? [];
      change(WALLET_KEY, { lots: lots.map((lot) => ({ ...lot, perUseCapPt: 249 })) })(run);
    },
    code: "LIMIT_EXCEEDED",
  },
  {
    id: "a till with too many types",
    type: "PAY",
    arrange: change(MERCHANT_ACCOUNT.key("museum"), {
      holdings: Array.from({ length: HOLDINGS_MAX }, (_, i) => ({
        fiscalYear: 2026,
        issuer: TOSHIMA,
        pointType: `type-${1000 + i}`,
        balancePt: 0,
      })),
    }),
    code: "LIMIT_EXCEEDED",
  },
  {
    id: "points that expired at midnight",
    type: "PAY",
    overrides: { createdAtMs: Date.UTC(2028, 2, 31, 15) },
    atMs: Date.UTC(2028, 2, 31, 15),
    arrange: attestCards(Date.UTC(2028, 2, 31, 15)),
    code: "BALANCE_INSUFFICIENT",
  },
  {
    id: "points on their last day",
    type: "PAY",
    overrides: { createdAtMs: Date.UTC(2028, 2, 31, 15) - 1 },
    atMs: Date.UTC(2028, 2, 31, 15) - 1,
    arrange: attestCards(Date.UTC(2028, 2, 31, 15) - 1),
    code: "OK",
  },

  // ORGANISATION_ADMIT
  { id: "another municipality", type: "ORGANISATION_ADMIT", code: "OK" },
  {
    id: "one that takes part",
    type: "ORGANISATION_ADMIT",
    public: { organisation: TOSHIMA },
    code: "ALREADY_EXISTS",
  },
  {
    id: "a municipality with a wrong check digit",
    type: "ORGANISATION_ADMIT",
    public: { organisation: "142052" },
    code: "MUNICIPALITY_CODE_INVALID",
  },
  {
    id: "a municipality by its name",
    type: "ORGANISATION_ADMIT",
    public: { organisation: "fujisawa" },
    code: "MUNICIPALITY_CODE_INVALID",
  },
  {
    id: "a company by its name",
    type: "ORGANISATION_ADMIT",
    public: { organisation: "airline", kind: "company" },
    code: "OK",
  },
  {
    id: "another organisation's officer",
    type: "ORGANISATION_ADMIT",
    public: { keys: [{ publicKey: officerOf(TOSHIMA, "clerk").publicKey, roles: ["clerk"] }] },
    code: "KEY_USED",
  },
  {
    id: "the key of a node",
    type: "ORGANISATION_ADMIT",
    public: { keys: [{ publicKey: nodeKeyOf(1), roles: ["clerk"] }] },
    code: "KEY_USED",
  },
  {
    id: "one governor of two that are needed",
    type: "ORGANISATION_ADMIT",
    overrides: { signers: [officerOf(TOSHIMA, "governor")] },
    code: "GOVERNORS_TOO_FEW",
  },

  // ORG_KEY_ADD
  { id: "an officer", type: "ORG_KEY_ADD", code: "OK" },
  {
    id: "for an organisation that does not take part",
    type: "ORG_KEY_ADD",
    public: { organisation: "142051" },
    code: "UNKNOWN_ORGANISATION",
  },
  {
    id: "another organisation's officer",
    type: "ORG_KEY_ADD",
    public: { organisation: KAWASAKI, publicKey: OLD_OFFICER.publicKey },
    code: "KEY_USED",
  },

  // ORG_KEY_ROTATE
  { id: "to a new key", type: "ORG_KEY_ROTATE", code: "OK" },
  {
    id: "a key that nobody has",
    type: "ORG_KEY_ROTATE",
    public: { publicKey: NEW_NODE.publicKey },
    code: "UNKNOWN_KEY",
  },
  {
    id: "a revoked key",
    type: "ORG_KEY_ROTATE",
    arrange: (run) => assert.equal(run.result(world.sample("ORG_KEY_REVOKE")), "OK"),
    code: "UNKNOWN_KEY",
  },
  {
    id: "to a colleague's key",
    type: "ORG_KEY_ROTATE",
    public: { newPublicKey: officerOf(TOSHIMA, "clerk").publicKey },
    overrides: { signers: [OLD_OFFICER, officerOf(TOSHIMA, "clerk")] },
    code: "KEY_USED",
  },

  // ORG_KEY_REVOKE
  { id: "a key in use", type: "ORG_KEY_REVOKE", code: "OK" },
  {
    id: "twice",
    type: "ORG_KEY_REVOKE",
    arrange: (run) => assert.equal(run.result(world.sample("ORG_KEY_REVOKE")), "OK"),
    code: "UNKNOWN_KEY",
  },
  {
    id: "another organisation's key",
    type: "ORG_KEY_REVOKE",
    public: { organisation: KAWASAKI },
    code: "UNKNOWN_KEY",
  },
  {
    id: "by another organisation's governor",
    type: "ORG_KEY_REVOKE",
    overrides: { signers: [officerOf(KAWASAKI, "governor")] },
    code: "SIGNER_NOT_AUTHORISED",
  },

  // GOVERNORS_SET
  { id: "two of three", type: "GOVERNORS_SET", code: "OK" },
  {
    id: "all three, unanimous, and all sign",
    type: "GOVERNORS_SET",
    public: { organisations: [TOSHIMA, KAWASAKI, COMPANY], threshold: 3 },
    overrides: { signers: [...GOVERNORS, officerOf(COMPANY, "governor")] },
    code: "OK",
  },
  {
    id: "all three, unanimous, and one has not signed",
    type: "GOVERNORS_SET",
    public: { organisations: [TOSHIMA, KAWASAKI, COMPANY], threshold: 3 },
    code: "GOVERNORS_TOO_FEW",
  },
  {
    id: "an organisation that does not take part",
    type: "GOVERNORS_SET",
    public: { organisations: [TOSHIMA, KAWASAKI, "street"] },
    code: "UNKNOWN_ORGANISATION",
  },
  {
    id: "half of them",
    type: "GOVERNORS_SET",
    public: { threshold: 1 },
    code: "THRESHOLD_INVALID",
  },
  {
    id: "more than all",
    type: "GOVERNORS_SET",
    public: { threshold: 3 },
    code: "THRESHOLD_INVALID",
  },
  {
    id: "nobody",
    type: "GOVERNORS_SET",
    public: { organisations: [], threshold: 1 },
    code: "THRESHOLD_INVALID",
  },

  // NODE_ADMIT
  { id: "a fourth node", type: "NODE_ADMIT", code: "OK" },
  { id: "an observer", type: "NODE_ADMIT", public: { role: "learner" }, code: "OK" },
  {
    id: "an organisation that does not take part",
    type: "NODE_ADMIT",
    public: { organisation: "142051" },
    code: "UNKNOWN_ORGANISATION",
  },
  {
    id: "a number that is taken",
    type: "NODE_ADMIT",
    public: { number: 3 },
    code: "NODE_NUMBER_MISMATCH",
  },
  {
    id: "a number that leaves others out",
    type: "NODE_ADMIT",
    public: { number: 5 },
    code: "NODE_NUMBER_MISMATCH",
  },
  {
    id: "the number of a node that was retired",
    type: "NODE_ADMIT",
    public: { number: 3 },
    arrange: (run) => assert.equal(run.result(world.sample("NODE_RETIRE")), "OK"),
    code: "NODE_NUMBER_MISMATCH",
  },
  {
    id: "the key of a node that was retired",
    type: "NODE_ADMIT",
    public: { publicKey: nodeKeyOf(3) },
    overrides: { signers: [nodeParty(3), ...GOVERNORS] },
    arrange: (run) => assert.equal(run.result(world.sample("NODE_RETIRE")), "OK"),
    code: "KEY_USED",
  },
  {
    id: "an officer's key",
    type: "NODE_ADMIT",
    public: { publicKey: officerOf(TOSHIMA, "clerk").publicKey },
    overrides: { signers: [officerOf(TOSHIMA, "clerk"), ...GOVERNORS] },
    code: "KEY_USED",
  },
  {
    id: "into the last place but one",
    type: "NODE_ADMIT",
    public: { number: 63 },
    arrange: wishFor(MEMBERS_MAX - 2),
    code: "OK",
  },
  {
    id: "into the last place",
    type: "NODE_ADMIT",
    public: { number: 64 },
    arrange: wishFor(MEMBERS_MAX - 1),
    code: "LIMIT_EXCEEDED",
  },
  {
    id: "by all who govern",
    type: "NODE_ADMIT",
    overrides: { signers: [NEW_NODE, ...GOVERNORS, officerOf(COMPANY, "governor")] },
    code: "OK",
  },
  {
    id: "by two governors of one organisation",
    type: "NODE_ADMIT",
    overrides: { signers: [NEW_NODE, officerOf(TOSHIMA, "governor"), anotherGovernor] },
    arrange: (run) => {
      const key = KEY.key(toHex(anotherGovernor.publicKey));
      run.plant(key, { organisation: TOSHIMA, roles: ["governor"], status: "ACTIVE" });
    },
    code: "GOVERNORS_TOO_FEW",
  },
  {
    id: "by an approver among the governors",
    type: "NODE_ADMIT",
    overrides: { signers: [NEW_NODE, ...GOVERNORS, officerOf(TOSHIMA, "approver")] },
    code: "SIGNER_NOT_AUTHORISED",
  },
  {
    id: "by a governor whose key is revoked",
    type: "NODE_ADMIT",
    arrange: change(KEY.key(toHex(officerOf(KAWASAKI, "governor").publicKey)), {
      status: "REVOKED",
    }),
    code: "SIGNER_NOT_AUTHORISED",
  },
  {
    id: "by a governor of an organisation that does not govern",
    type: "NODE_ADMIT",
    arrange: change(GOVERNORS_KEY, { organisations: [TOSHIMA, COMPANY] }),
    code: "SIGNER_NOT_AUTHORISED",
  },
  {
    id: "by fewer than a higher threshold",
    type: "NODE_ADMIT",
    arrange: change(GOVERNORS_KEY, { threshold: 3 }),
    code: "GOVERNORS_TOO_FEW",
  },

  // NODE_PROMOTE
  {
    id: "an observer",
    type: "NODE_PROMOTE",
    arrange: (run) => assert.equal(run.result(world.sample("NODE_DEMOTE")), "OK"),
    code: "OK",
  },
  { id: "a voter, with force", type: "NODE_PROMOTE", public: { force: true }, code: "OK" },
  { id: "no such node", type: "NODE_PROMOTE", public: { number: 4 }, code: "UNKNOWN_NODE" },

  // NODE_DEMOTE
  { id: "a voter", type: "NODE_DEMOTE", code: "OK" },
  { id: "no such node", type: "NODE_DEMOTE", public: { number: 4 }, code: "UNKNOWN_NODE" },
  {
    id: "the last voter",
    type: "NODE_DEMOTE",
    public: { number: 1 },
    arrange: onlyVoter,
    code: "LAST_VOTER",
  },

  // NODE_KEY_ROTATE
  { id: "a new key", type: "NODE_KEY_ROTATE", code: "OK" },
  {
    id: "another address, the same key",
    type: "NODE_KEY_ROTATE",
    public: { publicKey: nodeKeyOf(3) },
    overrides: { signers: [nodeParty(3), ...GOVERNORS] },
    code: "OK",
  },
  { id: "no such node", type: "NODE_KEY_ROTATE", public: { number: 4 }, code: "UNKNOWN_NODE" },
  {
    id: "another node's key",
    type: "NODE_KEY_ROTATE",
    public: { publicKey: nodeKeyOf(2) },
    overrides: { signers: [nodeParty(2), ...GOVERNORS] },
    code: "KEY_USED",
  },
  {
    id: "the key that it had before",
    type: "NODE_KEY_ROTATE",
    public: { publicKey: nodeKeyOf(3) },
    overrides: { signers: [nodeParty(3), ...GOVERNORS] },
    arrange: (run) => assert.equal(run.result(world.sample("NODE_KEY_ROTATE")), "OK"),
    code: "KEY_USED",
  },

  // NODE_REPLACE
  { id: "a voter", type: "NODE_REPLACE", code: "OK" },
  {
    id: "the only voter",
    type: "NODE_REPLACE",
    public: { number: 1 },
    arrange: onlyVoter,
    code: "OK",
  },
  { id: "no such node", type: "NODE_REPLACE", public: { number: 4 }, code: "UNKNOWN_NODE" },
  {
    id: "by a number that is taken",
    type: "NODE_REPLACE",
    public: { newNumber: 2 },
    code: "NODE_NUMBER_MISMATCH",
  },
  {
    id: "by its own key",
    type: "NODE_REPLACE",
    public: { publicKey: nodeKeyOf(3) },
    overrides: { signers: [nodeParty(3), ...GOVERNORS] },
    code: "KEY_USED",
  },
  {
    id: "in a network without a free place",
    type: "NODE_REPLACE",
    public: { newNumber: 65 },
    arrange: wishFor(MEMBERS_MAX),
    code: "LIMIT_EXCEEDED",
  },

  // NODE_RETIRE
  { id: "a voter", type: "NODE_RETIRE", code: "OK" },
  { id: "no such node", type: "NODE_RETIRE", public: { number: 4 }, code: "UNKNOWN_NODE" },
  {
    id: "twice",
    type: "NODE_RETIRE",
    arrange: (run) => assert.equal(run.result(world.sample("NODE_RETIRE")), "OK"),
    code: "UNKNOWN_NODE",
  },
  {
    id: "the last voter",
    type: "NODE_RETIRE",
    public: { number: 1 },
    arrange: onlyVoter,
    code: "LAST_VOTER",
  },

  ...settlementRows(),
  ...voucherAndProjectRows(world),
  ...serviceRows(world),
  ...economyRows(world),
  ...conversionRows(world),
  ...adjustmentRows(world),
  ...feeRows(world),
  ...costShareRows(world),
  ...witnessRows(world),
  // LOADTEST_OPEN
  { id: "for an hour", type: "LOADTEST_OPEN", code: "OK" },
  { id: "in place of another", type: "LOADTEST_OPEN", arrange: announce, code: "OK" },
  {
    id: "for more than an hour",
    type: "LOADTEST_OPEN",
    public: { closesAtMs: AT_MS + 3_600_001 },
    code: "LOADTEST_WINDOW_INVALID",
  },
  {
    id: "that closes before it opens",
    type: "LOADTEST_OPEN",
    public: { opensAtMs: AT_MS + 2, closesAtMs: AT_MS + 2 },
    code: "LOADTEST_WINDOW_INVALID",
  },
  {
    id: "that is over",
    type: "LOADTEST_OPEN",
    public: { opensAtMs: AT_MS - 1, closesAtMs: AT_MS },
    code: "LOADTEST_WINDOW_INVALID",
  },

  // LOADTEST_PING
  { id: "in the announced hour", type: "LOADTEST_PING", arrange: announce, code: "OK" },
  { id: "in no test", type: "LOADTEST_PING", code: "LOADTEST_CLOSED" },
  {
    id: "in another test",
    type: "LOADTEST_PING",
    private: { test: "spring-2027" },
    arrange: announce,
    code: "LOADTEST_CLOSED",
  },
  {
    id: "too early",
    type: "LOADTEST_PING",
    arrange: (run) => {
      announce(run);
      change(LOADTEST, { opensAtMs: AT_MS + 1 })(run);
    },
    code: "LOADTEST_CLOSED",
  },
  {
    id: "too late",
    type: "LOADTEST_PING",
    arrange: (run) => {
      announce(run);
      change(LOADTEST, { closesAtMs: AT_MS })(run);
    },
    code: "LOADTEST_CLOSED",
  },
  {
    id: "once more",
    type: "LOADTEST_PING",
    arrange: (run) => {
      announce(run);
      assert.equal(run.result(world.sample("LOADTEST_PING")), "OK");
    },
    code: "LOADTEST_REPEATED",
  },
  {
    id: "after another test",
    type: "LOADTEST_PING",
    arrange: (run) => {
      announce(run);
      run.plant(LOADTEST_PING.key("museum-1"), { test: "spring-2026" });
    },
    code: "OK",
  },
  {
    id: "by a terminal that nobody knows",
    type: "LOADTEST_PING",
    private: { terminal: "museum-2" },
    arrange: announce,
    code: "UNKNOWN_TERMINAL",
  },
  {
    id: "by a revoked terminal",
    type: "LOADTEST_PING",
    arrange: (run) => {
      announce(run);
      change(terminal, { status: "REVOKED" })(run);
    },
    code: "TERMINAL_REVOKED",
  },
  {
    id: "with another terminal's key",
    type: "LOADTEST_PING",
    arrange: announce,
    overrides: { signers: [anotherTerminal] },
    code: "SIGNER_NOT_AUTHORISED",
  },
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
    announce(run);
    const { writes, postings } = run.block([world.sample("LOADTEST_PING")]);
    assert.deepEqual(
      writes.map(([key]) => key),
      ["loadtest-ping/museum-1"],
    );
    assert.deepEqual(postings, [[]]);
  });
});

describe("what governance leaves", () => {
  const members = world.genesis.members.map(({ role: _, ...node }) => ({ ...node, role: "voter" }));
  const [first, second, third] = members;
  const newAddress = "/dns4/node-4.example/tcp/7104";
  const runOf = (...types: readonly string[]) => {
    const run = new LedgerRun(world);
    for (const type of types) assert.equal(run.result(world.sample(type)), "OK");
    return run;
  };

  it("a wish with the new node, and its key taken", () => {
    const run = runOf("NODE_ADMIT");
    const { publicKey } = NEW_NODE;
    const fourth = { number: 4, publicKey, organisation: TOSHIMA, address: newAddress };
    assert.deepEqual(run.read(WISHED_NODES), {
      members: [...members, { ...fourth, role: "voter" }],
      lastNumber: 4,
      force: false,
    });
    assert.deepEqual(run.read(NODE_KEY.key(toHex(publicKey))), { number: 4 });
  });

  it("a replacement with the role and the organisation of the node that goes", () => {
    const { publicKey } = NEW_NODE;
    const newcomer = { ...third, number: 4, publicKey, address: newAddress };
    const wish = { members: [first, second, newcomer], lastNumber: 4, force: false };
    assert.deepEqual(runOf("NODE_REPLACE").read(WISHED_NODES), wish);
  });

  it("a node with its number, another key and another address", () => {
    const { publicKey } = NEW_NODE;
    const rotated = { ...third, publicKey, address: newAddress };
    const wish = { members: [first, second, rotated], lastNumber: 3, force: false };
    assert.deepEqual(runOf("NODE_KEY_ROTATE").read(WISHED_NODES), wish);
  });

  it("a node without a vote, with it again, and gone", () => {
    const roleOfThird = (run: LedgerRun) =>
      run.read(WISHED_NODES)?.members.find(({ number }) => number === 3)?.role;
    assert.equal(roleOfThird(runOf("NODE_DEMOTE")), "learner");
    assert.equal(roleOfThird(runOf("NODE_DEMOTE", "NODE_PROMOTE")), "voter");
    assert.equal(roleOfThird(runOf("NODE_RETIRE")), undefined);
    assert.equal(runOf("NODE_RETIRE").read(WISHED_NODES)?.lastNumber, 3);
  });

  it("a new key with the roles of the old one, which signs no more", () => {
    const run = runOf("ORG_KEY_ROTATE");
    const held = { organisation: TOSHIMA, roles: ["verifier"] };
    assert.deepEqual(run.read(KEY.key(toHex(NEW_OFFICER.publicKey))), {
      ...held,
      status: "ACTIVE",
    });
    assert.deepEqual(run.read(KEY.key(toHex(OLD_OFFICER.publicKey))), {
      ...held,
      status: "REVOKED",
    });
  });

  it("others who govern, and the former ones sign in vain", () => {
    const run = new LedgerRun(world);
    const bodies = { public: { organisations: [TOSHIMA, COMPANY].sort(), threshold: 2 } };
    const signers = [officerOf(TOSHIMA, "governor"), officerOf(COMPANY, "governor")];
    const handOver = { ...bodies, private: null };
    assert.equal(run.result(world.transaction("GOVERNORS_SET", handOver, { signers })), "OK");
    assert.equal(run.result(world.sample("NODE_RETIRE")), "SIGNER_NOT_AUTHORISED");
    assert.equal(run.result(world.sample("NODE_RETIRE", { signers })), "OK");
  });

  it("an organisation whose officers sign", () => {
    const run = runOf("ORGANISATION_ADMIT");
    const open = world.transaction("ISSUER_OPEN", { public: { issuer: "142051" }, private: null });
    assert.equal(run.result(open), "OK");
  });
});
