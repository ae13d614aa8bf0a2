/**
 * Three real processes, a stream of card-signed payments, and kill -9 of every node in turn, the leader
 * first. What was answered "committed" is there afterwards, on all three, and the money is counted.
 */
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import { assembleCast, type Cast } from "../../client/demo/cast.ts";
import { PREPARATION } from "../../client/demo/story.ts";
import { readGenesis } from "../../client/files.ts";
import { createNetwork, genesisFileOf, nodeFileOf } from "../../client/network/create-network.ts";
import { localNetworkConfig } from "../../client/network/local-network.ts";
import type { NetworkConfig } from "../../client/network/network-config.ts";
import { withFreePorts } from "../../client/network/ports.ts";
import { LedgerClient } from "../../client/sdk/ledger-client.ts";
import { type Decision, submitTransaction } from "../../client/sdk/submit.ts";
import { pay } from "../../client/terminal/till.ts";
import { toHex } from "../../ledger/bytes.ts";
import { type Genesis, networkIdOf } from "../../ledger/genesis.ts";
import { NodeChild } from "../support/node-child.ts";
import { makeTemporaryDirectory } from "../support/temporary-directory.ts";

const GRANTED_PT = 500;
const PAYMENTS_MAX = 400;

describe("kill -9 under load", function () {
  this.timeout(180_000);
  const directory = makeTemporaryDirectory();
  const nodes: NodeChild[] = [];
  const clients: LedgerClient[] = [];
  let genesis: Genesis;
  let cast: Cast;

  before(async () => {
    createNetwork(await withFreePorts(ownPorts(localNetworkConfig(3))), directory.path, Date.now());
    genesis = readGenesis(genesisFileOf(directory.path));
    for (const { number } of genesis.members) {
      nodes.push(new NodeChild(nodeFileOf(directory.path, number)));
    }
    const urls = await Promise.all(nodes.map((node) => node.start()));
    clients.push(...urls.map((url) => new LedgerClient(url)));
    cast = await assembleCast(directory.path);
    for (const step of PREPARATION) {
      const { bytes } = await step.sign(cast, context());
      const { result } = await submitTransaction(bytes, { nodes: clients, genesis });
      assert.equal(result, "OK", step.en);
    }
  });

  after(async () => {
    await Promise.all(nodes.map((node) => node.kill()));
    directory.remove();
  });

  const context = () => ({ networkId: networkIdOf(genesis), nowMs: Date.now() });

  it("loses nothing that was committed, and the killed node comes back", async () => {
    const payments = new PaymentStream(cast, clients, genesis);
    const stream = payments.run();
    for (const victim of await killingOrder(clients)) {
      await payments.reached(payments.committed.length + 3);
      await nodes[victim]?.kill();
      // The others go on without it …
      await payments.reached(payments.committed.length + 5);
      // … and it comes back while they do.
      await nodes[victim]?.start();
    }
    await payments.reached(payments.committed.length + 3);
    payments.stop();
    await stream;

    const heights = await waitForEqual(clients);
    assert.equal(new Set(heights).size, 1);
    const wallet = toHex(cast.registrar.walletOf(cast.certificate, Date.now()).handle);
    for (const client of clients) {
      const { balancePt } = await client.wallet(wallet);
      assert.equal(balancePt, GRANTED_PT - payments.committed.length);
      for (const { id, height } of payments.committed) {
        const state = await client.transaction(id);
        assert.deepEqual([state.status, state.height], ["committed", height]);
      }
    }
  });
});

/** The network on ports that nobody takes while one of its nodes is down. */
function ownPorts(config: NetworkConfig): NetworkConfig {
  const base = 10_000 + (process.pid % 1000) * 20;
  const nodes = config.nodes.map((node, i) => {
    const peerListen = `/ip4/127.0.0.1/tcp/${base + i}`;
    return { ...node, peerListen, address: peerListen, apiPort: base + 10 + i };
  });
  return { ...config, nodes };
}

/** Payments of 1 pt, one after the other, until it is told to stop. */
class PaymentStream {
  readonly committed: Decision[] = [];
  readonly #cast: Cast;
  readonly #clients: readonly LedgerClient[];
  readonly #genesis: Genesis;
  #isStopped = false;

  constructor(cast: Cast, clients: readonly LedgerClient[], genesis: Genesis) {
    this.#cast = cast;
    this.#clients = clients;
    this.#genesis = genesis;
  }

  async run(): Promise<void> {
    const { registrar, terminalKey: key } = this.#cast;
    const genesis = this.#genesis;
    for (let i = 0; !this.#isStopped && i < PAYMENTS_MAX; i++) {
      const nowMs = Date.now();
      const walletOf = (certificate: Uint8Array) => registrar.walletOf(certificate, nowMs);
      const till = { merchant: "sugamo-bakery", terminal: "sugamo-bakery-1", key, walletOf };
      const payment = { amountPt: 1, pin: this.#cast.typePin() };
      const networkId = networkIdOf(genesis);
      const { bytes } = await pay(till, await this.#cast.placeCard(), payment, {
        networkId,
        nowMs,
      });
      const nodes = this.#clients.map((_, at) => this.#clients[(at + i) % this.#clients.length]);
      const decision = await submitTransaction(bytes, {
        nodes: nodes.filter((node) => node !== undefined),
        genesis,
        timeoutMs: 60_000,
      });
      assert.equal(decision.result, "OK");
      this.committed.push(decision);
    }
    this.#isStopped = true;
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Waits until so many are committed. */
  async reached(count: number): Promise<void> {
    while (this.committed.length < count) {
      assert.ok(!this.#isStopped, "the stream of payments has ended");
      await delay(50);
    }
  }
}

/** The leader first, then the others: indexes. */
async function killingOrder(clients: readonly LedgerClient[]): Promise<number[]> {
  const statuses = await Promise.all(clients.map((client) => client.status()));
  const leader = statuses.findIndex(({ role }) => role === "leader");
  return [leader, ...[0, 1, 2].filter((index) => index !== leader)];
}

/** Waits until all nodes have the same block applied. @returns "height hash stateRoot" of each. */
async function waitForEqual(clients: readonly LedgerClient[]): Promise<string[]> {
  for (;;) {
    const statuses = await Promise.all(clients.map((client) => client.status()));
    const tips = statuses.map((s) => `${s.appliedHeight} ${s.blockHash} ${s.stateRoot}`);
    if (new Set(tips).size === 1) return tips;
    await delay(100);
  }
}
