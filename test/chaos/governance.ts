/** Changes of membership as operators and governors make them, in a network under test. */
import { setTimeout as delay } from "node:timers/promises";
import { readKeyFile } from "../../client/files.ts";
import { keyFileOf, nodeDirectory } from "../../client/network/create-network.ts";
import { type Entry, joinNetwork } from "../../client/network/join-network.ts";
import { rotateKey } from "../../client/network/rotate-key.ts";
import type { NetworkMembership } from "../../client/sdk/answers.ts";
import { countersign, type PartlySigned, readPartlySigned } from "../../client/sdk/countersign.ts";
import { firstAnswer } from "../../client/sdk/first-answer.ts";
import { submitTransaction } from "../../client/sdk/submit.ts";
import { officer, signDraft } from "../../client/sdk/transaction-builder.ts";
import { governorsOf } from "../../contracts/governance/governors.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { networkIdOf } from "../../ledger/genesis.ts";
import type { JsonValue } from "../../ledger/schema.ts";
import { type ChaosNetwork, loopback } from "./chaos-network.ts";
import type { ChaosNode } from "./chaos-node.ts";

/** How long a decision may take to come true when enough nodes are up, ms. */
const SETTLE_TIMEOUT_MS = 120_000;
const ASK_EVERY_MS = 100;

/** Those who govern, all at one desk. */
export class Governance {
  readonly #network: ChaosNetwork;

  constructor(network: ChaosNetwork) {
    this.#network = network;
  }

  /** A new node joins, and is started. @returns when it is decided. */
  async join(entry: Entry): Promise<ChaosNode> {
    const network = this.#network;
    const { genesis, directory } = network;
    const ports = await network.newPorts();
    const membership = await this.#membership();
    const folder = nodeDirectory(directory, membership.nextNumber);
    const listening = {
      address: loopback(ports.dialled),
      peerListen: loopback(ports.listening),
      apiHost: "127.0.0.1",
      apiPort: ports.apiPort,
    };
    const joining = { genesis, membership, entry, force: false, ...listening };
    const { transaction, number } = await joinNetwork(folder, joining);
    const node = await network.add(number, ports);
    node.start();
    await node.ready();
    await this.#decide(transaction);
    return node;
  }

  /** A node is to leave. Nobody asks it any more; it runs until it has read that it may go. */
  async retire(node: ChaosNode): Promise<void> {
    await this.#draft("NODE_RETIRE", { number: node.number });
    this.#network.remove(node);
    await until(`node ${node.number} to read that it may go`, async () =>
      node.hasSaid("NODE_MAY_BE_SWITCHED_OFF"),
    );
    await node.kill();
  }

  /** Takes a node's vote away. */
  demote({ number }: ChaosNode): Promise<void> {
    return this.#draft("NODE_DEMOTE", { number });
  }

  /** Gives a node a vote. */
  promote({ number }: ChaosNode): Promise<void> {
    return this.#draft("NODE_PROMOTE", { number });
  }

  /** A node is started again with a second key, which takes the place of the first. */
  async rotateKey(node: ChaosNode): Promise<void> {
    const { genesis } = this.#network;
    const membership = await this.#membership();
    const context = { genesis, membership, address: null };
    const { transaction } = await rotateKey(node.configFile, context);
    await node.kill();
    node.start();
    await node.ready();
    await this.#decide(transaction);
    await until(`node ${node.number} to change over`, async () => node.hasSaid("NODE_KEY_CHANGED"));
  }

  /** Waits until all members agree that everything decided has come true. */
  settled(): Promise<void> {
    const { nodes } = this.#network;
    return until("the membership to be as wished", async () => {
      const seen = await Promise.all(
        nodes.map(({ client }) => client.membership().catch(() => null)),
      );
      const members = nodes.map(({ number }) => number).sort((a, b) => a - b);
      return seen.every((one) => one !== null && isSettled(one, members));
    });
  }

  #membership(): Promise<NetworkMembership> {
    const clients = this.#network.nodes.map(({ patientClient }) => patientClient);
    return firstAnswer(clients, (client) => client.membership());
  }

  async #draft(type: string, fields: { readonly [field: string]: JsonValue }): Promise<void> {
    const networkId = networkIdOf(this.#network.genesis);
    const draft = { type, public: { ...fields, force: false }, private: null };
    const { bytes } = await signDraft(draft, [], { networkId, nowMs: Date.now() });
    await this.#decide(readPartlySigned(bytes, networkId));
  }

  /** Everybody signs, and the network takes it. */
  async #decide(partly: PartlySigned): Promise<void> {
    const { genesis, directory, nodes } = this.#network;
    const governors = governorsOf(genesis).organisations.map((id) =>
      officer(readKeyFile(keyFileOf(directory, id, "governor"))),
    );
    const { transaction } = await countersign([partly], governors);
    const clients = nodes.map(({ client }) => client);
    const context = { nodes: clients, genesis, timeoutMs: SETTLE_TIMEOUT_MS };
    await until("the quorum to be in reach", async () => {
      const decision = await unlessAtRisk(submitTransaction(transaction.bytes, context));
      if (decision === null) return false;
      const { result } = decision;
      if (result !== "OK") throw new Error(`${transaction.envelope.type}: ${result}`);
      return true;
    });
  }
}

/** Null when the node that was asked has too few others in reach: one that was just started has none at first. */
async function unlessAtRisk<T>(submitted: Promise<T>): Promise<T | null> {
  try {
    return await submitted;
  } catch (error) {
    if (error instanceof LedgerFault && error.code === "QUORUM_AT_RISK") return null;
    throw error;
  }
}

function isSettled({ waiting, inForce }: NetworkMembership, members: readonly number[]): boolean {
  return waiting === null && inForce.map(({ number }) => number).join() === members.join();
}

/** @throws Error when it takes too long. */
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + SETTLE_TIMEOUT_MS;
  while (!(await holds())) {
    if (performance.now() > deadlineMs) throw new Error(`waited too long for ${what}`);
    await delay(ASK_EVERY_MS);
  }
}
