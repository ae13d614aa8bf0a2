/** The network under test: real processes, and between them lines that are in our hands. */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createNetwork, nodeDirectory, nodeFileOf } from "../../client/network/create-network.ts";
import { localNetworkConfig } from "../../client/network/local-network.ts";
import type { NodeStatus } from "../../client/sdk/answers.ts";
import type { Genesis } from "../../ledger/genesis.ts";
import { loadNodeConfig } from "../../node/config.ts";
import { ChaosNode } from "./chaos-node.ts";
import { FreePorts } from "./free-ports.ts";
import { socketOwner } from "./socket-owner.ts";
import { Wiring } from "./wiring.ts";

const ASK_EVERY_MS = 50;

/** Where one node listens, for its members and for clients, and where others dial it: at our wiring. */
export interface NodePorts {
  readonly dialled: number;
  readonly listening: number;
  readonly apiPort: number;
}

/** Nodes and lines. */
export class ChaosNetwork {
  readonly directory: string;
  readonly genesis: Genesis;
  /** Members, and those that are about to be. */
  readonly nodes: ChaosNode[] = [];
  readonly wiring: Wiring;
  /** Without a leader for so long, or up to twice, a node asks for votes, ms. */
  readonly electionTimeoutMs: number;
  readonly #ports: FreePorts;
  readonly #onDeath: (how: string) => void;
  /** Nodes that are no members any more, and may still run. */
  readonly #retired: ChaosNode[] = [];

  private constructor(
    directory: string,
    genesis: Genesis,
    ports: FreePorts,
    onDeath: (how: string) => void,
  ) {
    this.directory = directory;
    this.genesis = genesis;
    this.#ports = ports;
    this.#onDeath = onDeath;
    this.wiring = new Wiring((at) => {
      const pids = this.#all().flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
      const owner = socketOwner(at, pids);
      return owner === undefined ? undefined : this.#all().find(({ pid }) => pid === owner)?.number;
    });
    const { electionTicks, tickIntervalMs } = loadNodeConfig(nodeFileOf(directory, 1));
    this.electionTimeoutMs = electionTicks * tickIntervalMs;
  }

  /** Makes a network in `directory` and starts it. @param onDeath hears of nodes that end by themselves. */
  static async open(
    directory: string,
    count: number,
    onDeath: (how: string) => void,
  ): Promise<ChaosNetwork> {
    const freePorts = new FreePorts();
    const config = localNetworkConfig(count);
    const ports: NodePorts[] = [];
    for (const _ of config.nodes) ports.push(await portsFrom(freePorts));
    const nodes = config.nodes.map((node, i) => {
      const { dialled = 0, listening = 0, apiPort = 0 } = ports[i] ?? {};
      return { ...node, address: loopback(dialled), peerListen: loopback(listening), apiPort };
    });
    const { genesis } = createNetwork({ ...config, nodes }, directory, Date.now());
    const network = new ChaosNetwork(directory, genesis, freePorts, onDeath);
    try {
      for (const [i, its] of ports.entries()) await network.add(i + 1, its);
      for (const node of network.nodes) node.start();
      await Promise.all(network.nodes.map((node) => node.ready()));
    } catch (error) {
      await network.close();
      throw error;
    }
    return network;
  }

  /** Ports for one more node. */
  newPorts(): Promise<NodePorts> {
    return portsFrom(this.#ports);
  }

  /** Takes a node in whose folder is there; it is not started. */
  async add(number: number, { dialled, listening, apiPort }: NodePorts): Promise<ChaosNode> {
    const folder = nodeDirectory(this.directory, number);
    const files = {
      number,
      configFile: nodeFileOf(this.directory, number),
      dataDirectory: join(folder, "data"),
      logFile: join(folder, "node.log"),
      apiUrl: `http://127.0.0.1:${apiPort}`,
    };
    const node = new ChaosNode(files, this.#onDeath);
    await this.wiring.open([{ node: number, dialled, listening }]);
    this.nodes.push(node);
    return node;
  }

  /** Nobody asks this node any more; it runs on until it is killed. */
  remove(node: ChaosNode): void {
    this.nodes.splice(this.nodes.indexOf(node), 1);
    this.#retired.push(node);
  }

  /** The leader of the highest term, as it sees itself. @throws Error when none is found for a minute. */
  async leader(): Promise<{ readonly node: ChaosNode; readonly term: number }> {
    const deadlineMs = performance.now() + 60_000;
    while (performance.now() < deadlineMs) {
      const found = await Promise.all(this.nodes.map(leadershipOf));
      const [highest] = found.filter((claim) => claim !== null).sort((a, b) => b.term - a.term);
      if (highest !== undefined) return highest;
      await delay(ASK_EVERY_MS);
    }
    throw new Error("no leader for a minute, although nothing is broken");
  }

  /** Statuses of all nodes. @throws what a node that does not answer throws. */
  statuses(): Promise<NodeStatus[]> {
    return Promise.all(this.nodes.map(({ client }) => client.status()));
  }

  /** How often a node ended because its disk was full. */
  get endsOnFullDisk(): number {
    return this.#all().reduce((sum, { endsOnFullDisk }) => sum + endsOnFullDisk, 0);
  }

  /** Ends everything at once, when this process ends: a frozen child cannot see that its parent is gone. */
  abandon(): void {
    for (const node of this.#all()) {
      void node.kill();
      node.disk?.unmount();
    }
  }

  /** Ends everything. */
  async close(): Promise<void> {
    await Promise.all(this.#all().map((node) => node.kill()));
    for (const { disk } of this.#all()) disk?.unmount();
    this.wiring.close();
  }

  #all(): ChaosNode[] {
    return [...this.nodes, ...this.#retired];
  }
}

async function leadershipOf(node: ChaosNode) {
  const status = await node.client.status().catch(() => null);
  return status?.role === "leader" ? { node, term: status.term } : null;
}

async function portsFrom(freePorts: FreePorts): Promise<NodePorts> {
  const [dialled = 0, listening = 0, apiPort = 0] = await freePorts.take(3);
  return { dialled, listening, apiPort };
}

/** Where a port of this machine is dialled. */
export function loopback(port: number): string {
  return `/ip4/127.0.0.1/tcp/${port}`;
}
