/** Rows of the table of all rules: the nodes of a network. */
import assert from "node:assert/strict";
import {
  GOVERNORS as GOVERNORS_KEY,
  KEY,
  WISHED_NODES,
} from "../../contracts/state/state-records.ts";
import { toHex } from "../../ledger/bytes.ts";
import { MEMBERS_MAX } from "../../ledger/limits.ts";
import { nodeSigner } from "../support/chain-builder.ts";
import type { LedgerRun } from "../support/ledger-run.ts";
import {
  COMPANY,
  GOVERNORS,
  KAWASAKI,
  keyOf,
  type LedgerWorld,
  NEW_NODE,
  officerOf,
  type Party,
  TOSHIMA,
} from "../support/ledger-world.ts";
import { change, type RuleRow } from "../support/rule-row.ts";

const anotherGovernor = keyOf("another governor");

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

/** A node of the genesis as one who signs. */
function nodeParty(number: number): Party {
  const { publicKey, sign } = nodeSigner(number);
  return { kind: "organisation", algorithm: "ed25519", publicKey, sign };
}

function keyOfNode(number: number): Uint8Array {
  return nodeSigner(number).publicKey;
}

/** Every way in which a decision about nodes is right or wrong. */
export function nodeRows(world: LedgerWorld): RuleRow[] {
  return [
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
      public: { publicKey: keyOfNode(3) },
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
      public: { publicKey: keyOfNode(3) },
      overrides: { signers: [nodeParty(3), ...GOVERNORS] },
      code: "OK",
    },
    { id: "no such node", type: "NODE_KEY_ROTATE", public: { number: 4 }, code: "UNKNOWN_NODE" },
    {
      id: "another node's key",
      type: "NODE_KEY_ROTATE",
      public: { publicKey: keyOfNode(2) },
      overrides: { signers: [nodeParty(2), ...GOVERNORS] },
      code: "KEY_USED",
    },
    {
      id: "the key that it had before",
      type: "NODE_KEY_ROTATE",
      public: { publicKey: keyOfNode(3) },
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
      public: { publicKey: keyOfNode(3) },
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
  ];
}
