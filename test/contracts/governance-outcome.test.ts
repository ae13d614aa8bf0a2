/** What decisions about nodes, organisations and keys leave in the state. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { KEY, NODE_KEY, WISHED_NODES } from "../../contracts/state/state-records.ts";
import { toHex } from "../../ledger/bytes.ts";
import { LedgerRun } from "../support/ledger-run.ts";
import {
  COMPANY,
  LedgerWorld,
  NEW_NODE,
  NEW_OFFICER,
  OLD_OFFICER,
  officerOf,
  TOSHIMA,
} from "../support/ledger-world.ts";

const world = new LedgerWorld();

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
