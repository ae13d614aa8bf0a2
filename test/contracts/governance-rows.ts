/** Rows of the table of all rules: organisations, their keys and who governs. */
import assert from "node:assert/strict";
import { nodeSigner } from "../support/chain-builder.ts";
import {
  COMPANY,
  GOVERNORS,
  KAWASAKI,
  type LedgerWorld,
  NEW_NODE,
  OLD_OFFICER,
  officerOf,
  TOSHIMA,
} from "../support/ledger-world.ts";
import type { RuleRow } from "../support/rule-row.ts";

/** Every way in which a decision about organisations and keys is right or wrong. */
export function governanceRows(world: LedgerWorld): RuleRow[] {
  return [
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
      public: { keys: [{ publicKey: nodeSigner(1).publicKey, roles: ["clerk"] }] },
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
  ];
}
