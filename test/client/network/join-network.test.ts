import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { type Entry, joinNetwork, type NewNode } from "../../../client/network/join-network.ts";
import { rotateKey } from "../../../client/network/rotate-key.ts";
import type { NetworkMembership } from "../../../client/sdk/answers.ts";
import { countersign, readPartlySigned } from "../../../client/sdk/countersign.ts";
import { officer } from "../../../client/sdk/transaction-builder.ts";
import { WISHED_NODES } from "../../../contracts/state/state-records.ts";
import { toHex } from "../../../ledger/bytes.ts";
import { signerOfSeed } from "../../../ledger/native/ed25519-signer.ts";
import { loadNodeConfig } from "../../../node/config.ts";
import { LedgerRun } from "../../support/ledger-run.ts";
import { KAWASAKI, LedgerWorld, seedOf, TOSHIMA } from "../../support/ledger-world.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

const world = new LedgerWorld();
const ADDRESS = "/dns4/node-4.example/tcp/7104";

/** What a node answers about a ledger's members, as far as nothing is under way. */
function membershipOf(run: LedgerRun): NetworkMembership {
  const wish = run.read(WISHED_NODES);
  assert.ok(wish !== null);
  return {
    height: run.height,
    leader: 1,
    inForce: wish.members.map((node) => ({ ...node, connected: true })),
    wished: wish.members,
    nextNumber: wish.lastNumber + 1,
    governors: { organisations: [TOSHIMA, KAWASAKI], threshold: 2 },
    waiting: null,
  };
}

/** Governance signs a file and the ledger executes it. */
async function decide(run: LedgerRun, file: string): Promise<string | undefined> {
  const bytes = new Uint8Array(readFileSync(file));
  const partly = readPartlySigned(bytes, world.networkId);
  const governors = [TOSHIMA, KAWASAKI].map((id) =>
    officer(signerOfSeed(seedOf(`${id} governor`))),
  );
  const { transaction } = await countersign([partly], governors);
  return run.result(transaction.bytes, transaction.envelope.createdAtMs);
}

describe("a node that joins a network", () => {
  const newDirectory = temporaryDirectories();

  function joinAs(run: LedgerRun, entry: Entry, directory: string = newDirectory()) {
    const listening = { peerListen: "/ip4/0.0.0.0/tcp/7104", apiHost: "127.0.0.1", apiPort: 8104 };
    const { genesis } = world;
    const membership = membershipOf(run);
    const node: NewNode = {
      genesis,
      membership,
      entry,
      address: ADDRESS,
      ...listening,
      force: false,
    };
    return joinNetwork(directory, node);
  }

  it("gets all that it needs, and governors need only sign", async () => {
    const run = new LedgerRun(world);
    const { nodeFile, transactionFile } = await joinAs(run, {
      organisation: TOSHIMA,
      role: "learner",
    });
    const config = loadNodeConfig(nodeFile);
    assert.equal(config.nodeNumber, 4);
    assert.deepEqual(config.genesis, world.genesis);
    assert.deepEqual(
      config.contacts.map(({ number }) => number),
      [1, 2, 3],
    );
    assert.equal(await decide(run, transactionFile), "OK");
    const [seed] = config.seeds;
    assert.ok(seed !== undefined);
    assert.deepEqual(run.read(WISHED_NODES)?.members.at(-1), {
      organisation: TOSHIMA,
      number: 4,
      publicKey: signerOfSeed(seed).publicKey,
      address: ADDRESS,
      role: "learner",
    });
  });

  it("takes a lost node's place, and does not ask it", async () => {
    const run = new LedgerRun(world);
    const { nodeFile, transactionFile } = await joinAs(run, { replaces: 2 });
    assert.deepEqual(
      loadNodeConfig(nodeFile).contacts.map(({ number }) => number),
      [1, 3],
    );
    assert.equal(await decide(run, transactionFile), "OK");
    assert.deepEqual(
      run.read(WISHED_NODES)?.members.map(({ number }) => number),
      [1, 3, 4],
    );
  });

  it("leaves nothing behind when it replaces nobody, and overwrites no node", async () => {
    const run = new LedgerRun(world);
    const directory = newDirectory();
    await assert.rejects(joinAs(run, { replaces: 9 }, directory), { code: "UNKNOWN_NODE" });
    assert.ok(!existsSync(join(directory, "node.key")));
    await joinAs(run, { replaces: 2 }, directory);
    await assert.rejects(joinAs(run, { replaces: 3 }, directory), { code: "FILE_EXISTS" });
  });

  it("gets another key, and another one after that", async () => {
    const run = new LedgerRun(world);
    const { nodeFile, transactionFile } = await joinAs(run, { replaces: 2 });
    await decide(run, transactionFile);
    const seeds: string[] = [];
    for (const round of [1, 2]) {
      const rotation = await rotate(run, nodeFile);
      // Asked again before it is decided, it is the same key.
      assert.equal((await rotate(run, nodeFile)).keyFile, rotation.keyFile);
      const [inForce, next] = loadNodeConfig(nodeFile).seeds;
      assert.ok(inForce !== undefined && next !== undefined);
      assert.equal(await decide(run, rotation.transactionFile), "OK");
      const member = run.read(WISHED_NODES)?.members.at(-1);
      assert.deepEqual(member?.publicKey, signerOfSeed(next).publicKey, `round ${round}`);
      assert.equal(member?.address, ADDRESS);
      seeds.push(toHex(inForce), toHex(next));
    }
    // The next key of the first round is the one in force in the second.
    assert.equal(seeds[1], seeds[2]);
    assert.equal(new Set(seeds).size, 3);
  });

  const rotate = (run: LedgerRun, nodeFile: string) => {
    const { genesis } = world;
    return rotateKey(nodeFile, { genesis, membership: membershipOf(run), address: null });
  };
});
