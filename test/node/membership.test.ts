import assert from "node:assert/strict";
import { afterEach, describe, it } from "mocha";
import { toHex } from "../../ledger/bytes.ts";
import { signerOfSeed } from "../../ledger/native/ed25519-signer.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { decodeReceipt, verifyReceipt } from "../../ledger/receipt.ts";
import type { SnapshotPolicy } from "../../node/snapshot/policy.ts";
import { nodeSeed } from "../support/chain-builder.ts";
import { Cluster } from "../support/cluster.ts";
import { GOVERNORS, LedgerWorld, type Party, seedOf, TOSHIMA } from "../support/ledger-world.ts";

/** The key of a node as a signer of transactions. */
function nodeParty(seed: Uint8Array): Party {
  return { kind: "organisation", algorithm: "ed25519", ...signerOfSeed(seed) };
}

describe("membership in operation", function () {
  this.timeout(180_000);
  const worlds = new Map<number, LedgerWorld>();
  let cluster: Cluster;

  afterEach(() => cluster.close());

  /** A network of so many voters, set up. */
  async function network(voters: number, snapshots: SnapshotPolicy | null = null): Promise<void> {
    const world = worlds.get(voters) ?? new LedgerWorld({ nodes: voters });
    worlds.set(voters, world);
    cluster = await Cluster.create(world);
    cluster.snapshots = snapshots;
    await cluster.start(...Array.from({ length: voters }, (_, i) => i + 1));
    await cluster.setUpThrough(await cluster.leader());
  }

  async function govern(
    type: string,
    fields: { readonly [field: string]: unknown },
    ...holders: readonly Party[]
  ): Promise<void> {
    const bodies = { public: { force: false, ...fields }, private: null };
    const signed = cluster.transaction(type, bodies, { signers: [...holders, ...GOVERNORS] });
    const { json } = await cluster.submit(await anyMember(), signed);
    assert.equal(json.result, "OK", JSON.stringify(json));
  }

  /** A member that runs. */
  function anyMember(): Promise<number> {
    return cluster.until("a member", async () => {
      for (const number of cluster.running) {
        const { role, leader } = (await cluster.get(number, "/v1/status")).json;
        if (role !== "no member" && leader !== null) return number;
      }
      return null;
    });
  }

  function admit(number: number, role: "voter" | "learner" = "voter"): Promise<void> {
    const party = nodeParty(nodeSeed(number));
    const { publicKey } = party;
    const address = cluster.addressOf(number);
    const fields = { organisation: TOSHIMA, number, publicKey, address, role };
    return govern("NODE_ADMIT", fields, party);
  }

  /** Waits until the membership in force, in short: voters `1`, learners and leaving members `e4`. */
  async function members(expected: string): Promise<void> {
    await cluster.until(`members ${expected}`, async () => {
      const answers = await Promise.all(
        cluster.running.map(async (number) => (await cluster.get(number, "/v1/status")).json),
      );
      const forms = answers
        .filter(({ role }) => role !== "no member" && role !== "leaving")
        .map((answer) =>
          (answer.members ?? [])
            .map(({ number, role }) => (role === "voter" ? "" : role.slice(1, 2)) + number)
            .join(" "),
        );
      return forms.length > 0 && forms.every((form) => form === expected) ? true : null;
    });
  }

  async function pay(node: number): Promise<void> {
    await cluster.until(`node ${node} to know that it is a member`, async () =>
      (await cluster.get(node, "/v1/status")).json.role === "no member" ? null : true,
    );
    const payment = cluster.pay(1);
    const { json } = await cluster.submit(node, payment);
    assert.equal(json.result, "OK", JSON.stringify(json));
    const url = cluster.url(node, `/v1/transactions/${json.id}/receipt`);
    const receipt = decodeReceipt(new Uint8Array(await (await fetch(url)).arrayBuffer()));
    verifyReceipt(receipt, cluster.genesis, verifySignature);
  }

  it("grows from one node to two, three and five, and shrinks to three", async () => {
    await network(1);
    await cluster.start(2);
    await admit(2);
    await members("1 2");
    await pay(2);
    await cluster.start(3);
    await admit(3);
    await members("1 2 3");
    await cluster.start(4, 5);
    await admit(4);
    await admit(5);
    await members("1 2 3 4 5");
    await pay(5);
    const leader = await cluster.leader();
    await govern("NODE_RETIRE", { number: leader });
    await cluster.until("word that it may go", async () =>
      cluster.lines.some(({ node, code }) => node === leader && code === "NODE_MAY_BE_SWITCHED_OFF")
        ? true
        : null,
    );
    await cluster.stop(leader);
    const next = [1, 2, 3, 4, 5].filter((number) => number !== leader);
    await members(next.join(" "));
    const other = (await cluster.leader()) === next[0] ? next[1] : next[0];
    await govern("NODE_RETIRE", { number: other });
    const three = next.filter((number) => number !== other);
    await members(three.join(" "));
    await pay(three[0] ?? 0);
  });

  it("a learner follows without a voice, and gets one and loses it again", async () => {
    await network(3);
    await cluster.start(4);
    await admit(4, "learner");
    await members("1 2 3 e4");
    await cluster.settled();
    assert.equal((await cluster.get(4, "/v1/status")).json.role, "learner");
    await pay(4);
    await govern("NODE_PROMOTE", { number: 4 });
    await members("1 2 3 4");
    await govern("NODE_DEMOTE", { number: 4 });
    await members("1 2 3 e4");
    await pay(4);
  });

  it("a new member begins with a snapshot, and learns on the way who the members are", async () => {
    await network(1, { everyBlocks: 2, keepBlocks: null, keepDays: null, catchUpBlocks: 4 });
    for (const number of [2, 3]) {
      await pay(1);
      await cluster.start(number);
      await admit(number);
      await members(number === 2 ? "1 2" : "1 2 3");
      await cluster.until(`a snapshot at node ${number}`, async () => {
        const { snapshots } = (await cluster.get(number, "/v1/status")).json;
        return (snapshots?.wholeFrom ?? 0) > 1 ? true : null;
      });
      await pay(number);
    }
    await cluster.settled();
  });

  it("a dead node is replaced under another number and key", async () => {
    await network(3);
    const [dead] = [1, 2, 3].filter((number) => number !== 0);
    await cluster.stop(dead ?? 0);
    const party = nodeParty(nodeSeed(4));
    await cluster.start(4);
    const address = cluster.addressOf(4);
    const fields = { number: dead, newNumber: 4, publicKey: party.publicKey, address };
    await govern("NODE_REPLACE", fields, party);
    await members("2 3 4");
    await pay(4);
  });

  it("a node's key is rotated while payments flow", async () => {
    await network(3);
    const seed = seedOf("the next key of node 2");
    await cluster.stop(2);
    cluster.setSeeds(2, nodeSeed(2), seed);
    await cluster.start(2);
    const party = nodeParty(seed);
    const address = cluster.addressOf(2);
    await govern("NODE_KEY_ROTATE", { number: 2, publicKey: party.publicKey, address }, party);
    await cluster.until("a new start", async () =>
      cluster.lines.some(({ node, code }) => node === 2 && code === "NODE_KEY_CHANGED")
        ? true
        : null,
    );
    await pay(1);
    await cluster.until("the node to be back", async () =>
      cluster.running.includes(2) ? true : null,
    );
    await members("1 2 3");
    // With one of the others away its new key is needed for every certificate.
    await cluster.stop(3);
    await pay(1);
  });

  it("a node that was away when its key was rotated comes back under the next one", async () => {
    await network(3);
    await cluster.stop(2);
    const seed = seedOf("the next key of node 2");
    const party = nodeParty(seed);
    const address = cluster.addressOf(2);
    const fields = { number: 2, publicKey: party.publicKey, address };
    await govern("NODE_KEY_ROTATE", fields, party);
    await cluster.until("the new key in force", async () => {
      const { inForce } = (await cluster.get(await anyMember(), "/v1/membership")).json;
      return inForce?.[1]?.publicKey === toHex(party.publicKey) ? true : null;
    });
    // After a new start nobody lets the old key in, under which the node could be told.
    await cluster.restart(1);
    await cluster.restart(3);
    cluster.setSeeds(2, nodeSeed(2), seed);
    await cluster.start(2);
    await cluster.until("it to be back", async () =>
      cluster.lines.some(({ node, code }) => node === 2 && code === "NODE_KEY_CHANGED")
        ? true
        : null,
    );
    await cluster.stop(3);
    await pay(1);
  });

  it("a sole voter whose new key nobody has heard of is found again", async () => {
    await network(1);
    await cluster.start(2);
    await admit(2, "learner");
    await members("1 e2");
    await cluster.stop(2);
    const seed = seedOf("the next key of node 1");
    const party = nodeParty(seed);
    cluster.setSeeds(1, nodeSeed(1), seed);
    await cluster.restart(1);
    const fields = { number: 1, publicKey: party.publicKey, address: cluster.addressOf(1) };
    await govern("NODE_KEY_ROTATE", fields, party);
    await cluster.until("the new key in force", async () =>
      cluster.lines.some(({ node, code }) => node === 1 && code === "NODE_KEY_CHANGED")
        ? true
        : null,
    );
    // It lets in the old key of node 1 alone, and dials no other.
    await cluster.start(2);
    await cluster.until("word of the new key", async () => {
      const { inForce } = (await cluster.get(2, "/v1/membership")).json;
      return inForce?.[0]?.publicKey === toHex(party.publicKey) ? true : null;
    });
  });

  it("refuses a change that would lose the quorum among those in reach, unless it is forced", async () => {
    await network(3);
    const leader = await cluster.leader();
    const [dead = 0, other = 0] = [1, 2, 3].filter((number) => number !== leader);
    await cluster.stop(dead);
    const retire = (force: boolean) =>
      cluster.transaction(
        "NODE_RETIRE",
        { public: { number: other, force }, private: null },
        { signers: GOVERNORS },
      );
    const { status, json } = await cluster.submit(leader, retire(false));
    assert.deepEqual([status, json.code], [409, "QUORUM_AT_RISK"]);
    await pay(leader);
    assert.equal((await cluster.submit(leader, retire(true))).json.result, "OK");
    await cluster.start(dead);
    await members([leader, dead].sort((a, b) => a - b).join(" "));
    await pay(dead);
  });

  it("gives nobody a voice before it has the chain, and goes on meanwhile", async () => {
    await network(3);
    const leader = await cluster.leader();
    await admit(4);
    await cluster.until("the leader to wait for node 4", async () => {
      const { membershipWait } = (await cluster.get(leader, "/v1/status")).json;
      return membershipWait?.reason === "NOT_CAUGHT_UP" ? membershipWait.members : null;
    });
    await pay(leader);
    await members("1 2 3 e4");
    await cluster.start(4);
    await members("1 2 3 4");
    await pay(4);
  });
});
