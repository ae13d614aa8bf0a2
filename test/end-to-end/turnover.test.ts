/**
 * A network of real processes is paid with all the time while every one of its first nodes is exchanged: it grows from
 * three to five, loses two at once with their disks, has them replaced under new numbers and keys, and shrinks to three
 * that were not there in the beginning. Then every answer is looked up, every receipt verified and the money counted.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { MUNICIPALITY } from "../../client/demo/cast.ts";
import { submitTransaction } from "../../client/sdk/submit.ts";
import { seededRandom } from "../../consensus/random.ts";
import { networkIdOf } from "../../ledger/genesis.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { decodeReceipt, verifyReceipt } from "../../ledger/receipt.ts";
import { ChaosNetwork } from "../chaos/chaos-network.ts";
import type { ChaosNode } from "../chaos/chaos-node.ts";
import { medianOf } from "../chaos/failover.ts";
import { Governance } from "../chaos/governance.ts";
import { Observer } from "../chaos/observer.ts";
import { Payer } from "../chaos/payer.ts";
import { foundTown, type Resident } from "../chaos/town.ts";
import { judge } from "../chaos/verdict.ts";
import { makeTemporaryDirectory } from "../support/temporary-directory.ts";

const RESIDENTS = 2;
/** A node that is gone for good: elections and retries are over by then, whatever the machine is busy with, ms. */
const PAYMENT_WAIT_MS_MAX = 60_000;

describe("a network that changes all its nodes under load", function () {
  this.timeout(400_000);
  const directory = makeTemporaryDirectory();
  const violations: string[] = [];
  const onViolation = (what: string) => violations.push(what);
  const observer = new Observer(onViolation);
  let network: ChaosNetwork;
  let governance: Governance;
  let residents: Resident[];
  let payers: Payer[];
  let running: Promise<unknown>;

  before(async () => {
    network = await ChaosNetwork.open(directory.path, 3, onViolation);
    governance = new Governance(network);
    const { genesis, nodes } = network;
    residents = await foundTown(
      directory.path,
      RESIDENTS,
      networkIdOf(genesis),
      async (opening) => {
        const clients = nodes.map(({ client }) => client);
        const { result } = await submitTransaction(opening.bytes, { nodes: clients, genesis });
        assert.equal(result, "OK");
      },
    );
    payers = residents.map((resident, i) => {
      const context = { network, random: seededRandom(i + 1), onDecision: () => undefined };
      return new Payer(resident, { ...context, onContradiction: onViolation });
    });
    running = Promise.all([observer.run(nodes), ...payers.map((payer) => payer.run())]);
  });

  after(async () => {
    await network?.close();
    directory.remove();
  });

  const numbers = () => network.nodes.map(({ number }) => number);
  const payments = () => payers.flatMap(({ records }) => records);

  /** Clients are served now, not only some time. */
  async function paid(): Promise<void> {
    const height = Math.max(...(await network.statuses()).map((status) => status.appliedHeight));
    while (
      !payments().some(({ fate }) => fate.kind === "decided" && fate.decision.height > height)
    ) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  it("grows from three nodes to five", async () => {
    for (const _ of [4, 5]) await governance.join({ organisation: MUNICIPALITY, role: "voter" });
    await governance.settled();
    await paid();
    assert.deepEqual(numbers(), [1, 2, 3, 4, 5]);
  });

  it("loses the leader and another one with their disks, and has them replaced", async () => {
    const { node: leader } = await network.leader();
    const [other] = network.nodes.filter((node) => node !== leader && node.number <= 3);
    assert.ok(other !== undefined);
    const lost: ChaosNode[] = [leader, other];
    await Promise.all(lost.map((node) => node.kill()));
    for (const node of lost) {
      node.loseDisk();
      network.remove(node);
    }
    await paid();
    for (const { number } of lost) await governance.join({ replaces: number });
    await governance.settled();
    await paid();
    assert.deepEqual(numbers().slice(-2), [6, 7]);
  });

  it("shrinks to three nodes, none of which was lost", async () => {
    for (const node of network.nodes.slice(0, 2)) await governance.retire(node);
    await governance.settled();
    await paid();
    assert.equal(network.nodes.length, 3);
  });

  it("has everything that it ever answered, on every node", async () => {
    for (const client of [observer, ...payers]) client.stop();
    await running;
    const { genesis } = network;
    const wallets = residents.map(({ wallet }) => wallet);
    const told = payments();
    await judge({ network, directory: directory.path, wallets, payments: told, onViolation });
    assert.deepEqual(violations, []);
    const decided = told.flatMap(({ fate }) => (fate.kind === "decided" ? [fate.decision] : []));
    for (const { id, result } of decided) {
      for (const { patientClient } of network.nodes) {
        const receipt = decodeReceipt(await patientClient.receipt(id));
        assert.equal(verifyReceipt(receipt, genesis, verifySignature).result, result);
      }
    }
    const waits = told.map(({ waitedMs }) => waitedMs / network.electionTimeoutMs);
    const [longest, median] = [Math.max(...waits), medianOf(waits) ?? 0];
    process.stdout.write(
      `      ${decided.length} payments decided; a client waited ${median.toFixed(2)} election ` +
        `timeouts (median), ${longest.toFixed(1)} at most\n`,
    );
    assert.ok(longest * network.electionTimeoutMs < PAYMENT_WAIT_MS_MAX, "nobody gave up");
  });
});
