/** The network under test: real processes, and between them lines that are in our hands. */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createNetwork, nodeDirectory, nodeFileOf } from "../../client/network/create-network.ts";
import { localNetworkConfig } from "../../client/network/local-network.ts";
import type { NodeStatus } from "../../client/sdk/answers.ts";
import type { Genesis } from "../../ledger/genesis.ts";
import { loadNodeConfig } from "../../node/config.ts";
import { ChaosNode } from "./chaos-node.ts";
import { freePorts } from "./free-ports.ts";
import { socketOwner } from "./socket-owner.ts";
import { type PeerPorts, Wiring } from "./wiring.ts";

/** Ports of a node: dialled by others, its own two. */
const PORTS_PER_NODE = 3;
const ASK_EVERY_MS = 50;

interface Parts {
  readonly genesis: Genesis;
  readonly nodes: readonly ChaosNode[];
  readonly wiring: Wiring;
  readonly electionTimeoutMs: number;
}

/** Nodes and lines. */
export class ChaosNetwork {
  readonly genesis: Genesis;
  readonly nodes: readonly ChaosNode[];
  readonly wiring: Wiring;
  /** Without a leader for so long, or up to twice, a node asks for votes, ms. */
  readonly electionTimeoutMs: number;

  private constructor(parts: Parts) {
    this.genesis = parts.genesis;
    this.nodes = parts.nodes;
    this.wiring = parts.wiring;
    this.electionTimeoutMs = parts.electionTimeoutMs;
  }

  /** Makes a network in `directory` and starts it. @param onDeath hears of nodes that end by themselves. */
  static async open(
    directory: string,
    count: number,
    onDeath: (how: string) => void,
  ): Promise<ChaosNetwork> {
    const ports = await freePorts(count * PORTS_PER_NODE);
    const config = localNetworkConfig(count);
    const entries = config.nodes.map((node, i) => {
      const [dialled = 0, listening = 0, apiPort = 0] = ports.slice(i * PORTS_PER_NODE);
      const address = `/ip4/127.0.0.1/tcp/${dialled}`;
      const peerListen = `/ip4/127.0.0.1/tcp/${listening}`;
      return { entry: { ...node, address, peerListen, apiPort }, dialled, listening };
    });
    const described = { ...config, nodes: entries.map(({ entry }) => entry) };
    const { genesis } = createNetwork(described, directory, Date.now());
    const nodes = entries.map(({ entry: { number, apiPort } }) => {
      const configFile = nodeFileOf(directory, number);
      const logFile = join(nodeDirectory(directory, number), "node.log");
      const apiUrl = `http://127.0.0.1:${apiPort}`;
      return new ChaosNode({ number, configFile, logFile, apiUrl }, onDeath);
    });
    const wiring = new Wiring((at) => {
      const pids = nodes.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
      const owner = socketOwner(at, pids);
      return owner === undefined ? undefined : nodes.find(({ pid }) => pid === owner)?.number;
    });
    const peerPorts: PeerPorts[] = entries.map(({ entry, dialled, listening }) => ({
      node: entry.number,
      dialled,
      listening,
    }));
    await wiring.open(peerPorts);
    const { electionTicks, tickIntervalMs } = loadNodeConfig(nodeFileOf(directory, 1));
    const electionTimeoutMs = electionTicks * tickIntervalMs;
    const network = new ChaosNetwork({ genesis, nodes, wiring, electionTimeoutMs });
    try {
      for (const node of nodes) node.start();
      await Promise.all(nodes.map((node) => node.ready()));
    } catch (error) {
      await network.close();
      throw error;
    }
    return network;
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

  /** Ends everything. */
  async close(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill()));
    this.wiring.close();
  }
}

async function leadershipOf(node: ChaosNode) {
  const status = await node.client.status().catch(() => null);
  return status?.role === "leader" ? { node, term: status.term } : null;
}
