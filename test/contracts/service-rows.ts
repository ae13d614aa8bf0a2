/** Rows of the table of all rules: services, their links, agreements between municipalities, audits. */

import { commitToCard } from "../../contracts/residents/card-commitment.ts";
import { FACILITY, LINK, SERVICE } from "../../contracts/services/service.ts";
import { ACCEPTANCE, ACCEPTED_ISSUERS_MAX } from "../../contracts/set-up/acceptance.ts";
import { ISSUER, KEY, MERCHANT } from "../../contracts/state/state-records.ts";
import { toHex } from "../../ledger/bytes.ts";
import type { LedgerRun } from "../support/ledger-run.ts";
import {
  KAWASAKI,
  type LedgerWorld,
  LINK_HANDLE,
  newCard,
  officerOf,
  seedOf,
  TOSHIMA,
} from "../support/ledger-world.ts";
import { change, type RuleRow } from "../support/rule-row.ts";

type Arrange = (run: LedgerRun) => void;

const LENDING = SERVICE.key("library", "lending");
const LINK_KEY = LINK.key(toHex(LINK_HANDLE));
const LIBRARY = FACILITY.key("library");
const MUSEUM = MERCHANT.key("museum");

function inOrder(...steps: readonly Arrange[]): Arrange {
  return (run) => {
    for (const step of steps) step(run);
  };
}

function accept(world: LedgerWorld, type: string): Arrange {
  return (run) => {
    const result = run.result(world.sample(type));
    if (result !== "OK") throw new Error(`${type} is refused: ${result}`);
  };
}

/** The other municipality has opened its issue. */
const bothIssue: Arrange = (run) => run.plant(ISSUER.key(KAWASAKI), { openedOn: "2026-11-01" });

function agreementRows(world: LedgerWorld): RuleRow[] {
  const agreed = inOrder(bothIssue, accept(world, "ACCEPTANCE_AGREE"));
  const many = Array.from({ length: ACCEPTED_ISSUERS_MAX }, (_, i) => `${100_000 + i}`);
  return [
    { id: "the museum", type: "ACCEPTANCE_AGREE", arrange: bothIssue, code: "OK" },
    {
      id: "with oneself",
      type: "ACCEPTANCE_AGREE",
      public: { issuer: TOSHIMA },
      overrides: { signers: [officerOf(TOSHIMA, "approver"), officerOf(TOSHIMA, "clerk")] },
      code: "SIGNER_NOT_AUTHORISED",
    },
    {
      id: "with oneself, by two approvers",
      type: "ACCEPTANCE_AGREE",
      public: { issuer: TOSHIMA },
      arrange: (run) => {
        const clerk = officerOf(TOSHIMA, "clerk");
        change(KEY.key(toHex(clerk.publicKey)), { roles: ["approver"] })(run);
      },
      overrides: { signers: [officerOf(TOSHIMA, "approver"), officerOf(TOSHIMA, "clerk")] },
      code: "SAME_ORGANISATION",
    },
    { id: "points that are not issued", type: "ACCEPTANCE_AGREE", code: "UNKNOWN_ISSUER" },
    { id: "a second time", type: "ACCEPTANCE_AGREE", arrange: agreed, code: "ALREADY_EXISTS" },
    {
      id: "again after it ended",
      type: "ACCEPTANCE_AGREE",
      arrange: inOrder(agreed, accept(world, "ACCEPTANCE_END")),
      code: "OK",
    },
    {
      id: "another's merchant",
      type: "ACCEPTANCE_AGREE",
      arrange: inOrder(bothIssue, change(MUSEUM, { issuer: KAWASAKI })),
      code: "UNKNOWN_MERCHANT",
    },
    {
      id: "one issuer too many",
      type: "ACCEPTANCE_AGREE",
      arrange: inOrder(bothIssue, change(MUSEUM, { accepts: many })),
      code: "LIMIT_EXCEEDED",
    },
    { id: "an agreement", type: "ACCEPTANCE_END", arrange: agreed, code: "OK" },
    { id: "none", type: "ACCEPTANCE_END", code: "UNKNOWN_AGREEMENT" },
    {
      id: "twice",
      type: "ACCEPTANCE_END",
      arrange: inOrder(agreed, change(ACCEPTANCE.key(KAWASAKI, TOSHIMA), { merchants: [] })),
      code: "UNKNOWN_AGREEMENT",
    },
    {
      id: "for other shops than its own",
      type: "ACCEPTANCE_END",
      public: { merchants: ["cafe"] },
      arrange: agreed,
      code: "AGREEMENT_MISMATCH",
    },

    { id: "up to a block that is there", type: "AUDIT_ATTEST", code: "OK" },
    {
      id: "up to a block that is not there",
      type: "AUDIT_ATTEST",
      public: { height: 2 },
      code: "HEIGHT_AHEAD",
    },
    {
      id: "twice",
      type: "AUDIT_ATTEST",
      arrange: accept(world, "AUDIT_ATTEST"),
      code: "ALREADY_EXISTS",
    },
    {
      id: "by an approver",
      type: "AUDIT_ATTEST",
      overrides: { signers: [officerOf(TOSHIMA, "approver")] },
      code: "SIGNER_NOT_AUTHORISED",
    },
  ];
}

function facilityRows(world: LedgerWorld): RuleRow[] {
  const registered = accept(world, "FACILITY_REGISTER");
  const foreign = inOrder(registered, change(LIBRARY, { municipality: KAWASAKI }));
  const defined = inOrder(registered, accept(world, "SERVICE_DEFINE"));
  return [
    { id: "a library", type: "FACILITY_REGISTER", code: "OK" },
    {
      id: "one that takes points at the museum's terminals",
      type: "FACILITY_REGISTER",
      public: { merchant: "museum" },
      code: "OK",
    },
    {
      id: "another's merchant",
      type: "FACILITY_REGISTER",
      public: { merchant: "museum" },
      arrange: change(MUSEUM, { issuer: KAWASAKI }),
      code: "UNKNOWN_MERCHANT",
    },
    { id: "twice", type: "FACILITY_REGISTER", arrange: registered, code: "ALREADY_EXISTS" },

    { id: "lending", type: "SERVICE_DEFINE", arrange: registered, code: "OK" },
    { id: "no such facility", type: "SERVICE_DEFINE", code: "UNKNOWN_FACILITY" },
    {
      id: "another's facility",
      type: "SERVICE_DEFINE",
      arrange: foreign,
      code: "UNKNOWN_FACILITY",
    },
    { id: "twice", type: "SERVICE_DEFINE", arrange: defined, code: "ALREADY_EXISTS" },
    {
      id: "a hospital for all to see",
      type: "SERVICE_DEFINE",
      public: { category: "HOSPITAL" },
      arrange: registered,
      code: "SERVICE_SENSITIVE",
    },
    {
      id: "a hospital",
      type: "SERVICE_DEFINE",
      public: { category: "HOSPITAL", sensitive: true },
      arrange: registered,
      code: "OK",
    },

    {
      id: "of a hospital",
      type: "LINK_ROOT_COMMIT",
      arrange: inOrder(defined, change(LENDING, { sensitive: true })),
      code: "OK",
    },
    { id: "of a library", type: "LINK_ROOT_COMMIT", arrange: defined, code: "SERVICE_SENSITIVE" },
    { id: "no such facility", type: "LINK_ROOT_COMMIT", code: "UNKNOWN_FACILITY" },
    {
      id: "no such service",
      type: "LINK_ROOT_COMMIT",
      arrange: registered,
      code: "UNKNOWN_SERVICE",
    },
  ];
}

function linkRows(world: LedgerWorld): RuleRow[] {
  const registered = accept(world, "FACILITY_REGISTER");
  const defined = inOrder(registered, accept(world, "SERVICE_DEFINE"));
  const linked = inOrder(defined, accept(world, "LINK_CREATE"));
  const foreign = inOrder(linked, change(LIBRARY, { municipality: KAWASAKI }));
  const elsewhere = inOrder(linked, change(LINK_KEY, { service: "reading" }));
  const suspended = inOrder(linked, change(LINK_KEY, { status: "SUSPENDED" }));
  const removed = inOrder(linked, change(LINK_KEY, { status: "REMOVED" }));
  const ending = { validTo: "2026-12-01", residentOn: "2026-11-01" };
  const attested = inOrder(linked, change(LINK_KEY, ending));
  const later = Date.UTC(2026, 11, 1, 3);
  const newSalt = seedOf("new salt");
  const newCommit = commitToCard(newSalt, world.card.publicKey);
  return [
    { id: "a first time", type: "LINK_CREATE", arrange: defined, code: "OK" },
    { id: "again", type: "LINK_CREATE", arrange: linked, code: "ALREADY_EXISTS" },
    {
      id: "with a new card",
      type: "LINK_CREATE",
      private: { cardCommit: newCommit, cardSalt: newSalt },
      arrange: linked,
      code: "OK",
    },
    {
      id: "by a pseudonym of another service",
      type: "LINK_CREATE",
      private: { cardCommit: newCommit, cardSalt: newSalt },
      arrange: elsewhere,
      code: "ALREADY_EXISTS",
    },
    { id: "after it was removed", type: "LINK_CREATE", arrange: removed, code: "OK" },
    {
      id: "another salt",
      type: "LINK_CREATE",
      private: { cardSalt: seedOf("another") },
      arrange: defined,
      code: "CARD_MISMATCH",
    },
    { id: "no such facility", type: "LINK_CREATE", code: "UNKNOWN_FACILITY" },
    { id: "no such service", type: "LINK_CREATE", arrange: registered, code: "UNKNOWN_SERVICE" },
    {
      id: "a sensitive service",
      type: "LINK_CREATE",
      arrange: inOrder(defined, change(LENDING, { sensitive: true })),
      code: "SERVICE_SENSITIVE",
    },

    { id: "yes", type: "RESIDENCY_ATTEST", arrange: linked, code: "OK" },
    {
      id: "no",
      type: "RESIDENCY_ATTEST",
      private: { resident: false },
      arrange: linked,
      code: "OK",
    },
    {
      id: "by a municipality that is not asked",
      type: "RESIDENCY_ATTEST",
      arrange: inOrder(linked, change(LENDING, { attesters: [KAWASAKI] })),
      code: "NOT_A_PARTICIPANT",
    },
    { id: "no such service", type: "RESIDENCY_ATTEST", code: "UNKNOWN_SERVICE" },
    { id: "no such link", type: "RESIDENCY_ATTEST", arrange: defined, code: "UNKNOWN_LINK" },
    {
      id: "another service's link",
      type: "RESIDENCY_ATTEST",
      arrange: elsewhere,
      code: "UNKNOWN_LINK",
    },
    {
      id: "a suspended link",
      type: "RESIDENCY_ATTEST",
      arrange: suspended,
      code: "LINK_SUSPENDED",
    },

    { id: "after a yes", type: "LINK_RENEW", arrange: attested, code: "OK" },
    {
      id: "without a word",
      type: "LINK_RENEW",
      arrange: inOrder(linked, change(LINK_KEY, { validTo: "2026-12-01" })),
      code: "RENEWAL_REQUIRED",
    },
    {
      id: "on the last day that a yes is good for",
      type: "LINK_RENEW",
      arrange: inOrder(linked, change(LINK_KEY, { ...ending, residentOn: "2026-11-01" })),
      atMs: later,
      overrides: { createdAtMs: later },
      code: "OK",
    },
    {
      id: "on a yes that is too old",
      type: "LINK_RENEW",
      arrange: inOrder(linked, change(LINK_KEY, { ...ending, residentOn: "2026-10-31" })),
      atMs: later,
      overrides: { createdAtMs: later },
      code: "RENEWAL_REQUIRED",
    },
    {
      id: "where it does not matter where one lives",
      type: "LINK_RENEW",
      arrange: inOrder(
        linked,
        change(LENDING, { attesters: [] }),
        change(LINK_KEY, { validTo: "2026-12-01" }),
      ),
      code: "OK",
    },
    { id: "years before", type: "LINK_RENEW", arrange: linked, code: "RENEWAL_EARLY" },
    {
      id: "a link without end",
      type: "LINK_RENEW",
      arrange: inOrder(linked, change(LINK_KEY, { validTo: null })),
      code: "RENEWAL_EARLY",
    },
    { id: "a suspended link", type: "LINK_RENEW", arrange: suspended, code: "LINK_SUSPENDED" },
    { id: "no such link", type: "LINK_RENEW", arrange: defined, code: "UNKNOWN_LINK" },
    { id: "no such service", type: "LINK_RENEW", arrange: registered, code: "UNKNOWN_SERVICE" },
    { id: "another's facility", type: "LINK_RENEW", arrange: foreign, code: "UNKNOWN_FACILITY" },

    { id: "a link", type: "LINK_SUSPEND", arrange: linked, code: "OK" },
    {
      id: "and lets it go on",
      type: "LINK_SUSPEND",
      private: { suspended: false },
      arrange: suspended,
      code: "OK",
    },
    { id: "a suspended one", type: "LINK_SUSPEND", arrange: suspended, code: "LINK_SUSPENDED" },
    {
      id: "one that waits for its renewal, and would be active when let go on",
      type: "LINK_SUSPEND",
      arrange: inOrder(linked, change(LINK_KEY, { status: "RENEWAL_REQUIRED" })),
      code: "RENEWAL_REQUIRED",
    },
    {
      id: "and lets go on what is not suspended",
      type: "LINK_SUSPEND",
      private: { suspended: false },
      arrange: linked,
      code: "NOT_SUSPENDED",
    },
    { id: "no such link", type: "LINK_SUSPEND", arrange: defined, code: "UNKNOWN_LINK" },
    { id: "another's facility", type: "LINK_SUSPEND", arrange: foreign, code: "UNKNOWN_FACILITY" },

    { id: "with one's card", type: "LINK_REMOVE", arrange: linked, code: "OK" },
    { id: "also when it is suspended", type: "LINK_REMOVE", arrange: suspended, code: "OK" },
    { id: "twice", type: "LINK_REMOVE", arrange: removed, code: "UNKNOWN_LINK" },
    {
      id: "another's link",
      type: "LINK_REMOVE",
      arrange: linked,
      overrides: { signers: [newCard()] },
      code: "CARD_MISMATCH",
    },
  ];
}

/** The rows of services and agreements. */
export function serviceRows(world: LedgerWorld): readonly RuleRow[] {
  return [...agreementRows(world), ...facilityRows(world), ...linkRows(world)];
}
