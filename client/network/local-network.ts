/** A whole network on this machine: one process per node, opened, watched and closed together. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Genesis, Organisation } from "../../ledger/genesis.ts";
import { ClientError } from "../client-fault.ts";
import { readGenesis, readJson } from "../files.ts";
import { LedgerClient } from "../sdk/ledger-client.ts";
import { createNetwork, genesisFileOf, nodeFileOf } from "./create-network.ts";
import { type NetworkConfig, networkConfigSchema } from "./network-config.ts";
import { NodeProcess } from "./node-process.ts";
import { withFreePorts } from "./ports.ts";

const LOCAL_3 = fileURLToPath(
  new URL("../../../network-config/local-3/network.json", import.meta.url),
);

/** A node of the local network. */
export interface LocalNode {
  readonly number: number;
  readonly organisation: Organisation;
  readonly client: LedgerClient;
  readonly process: NodeProcess;
}

/** How long all nodes together may take to serve, ms. */
const READY_TIMEOUT_MS = 60_000;

/** The description of a local network of `count` nodes, the organisations of local-3 in turn. */
export function localNetworkConfig(count: number): NetworkConfig {
  const local3 = readJson(LOCAL_3, networkConfigSchema);
  const nodes = Array.from({ length: count }, (_, i) => {
    const model = local3.nodes[i % local3.nodes.length];
    if (model === undefined) throw new ClientError("FILE_MALFORMED", { file: LOCAL_3 });
    const number = i + 1;
    const address = `/ip4/127.0.0.1/tcp/${7100 + number}`;
    return { ...model, number, address, peerListen: address, apiPort: 8100 + number };
  });
  return { ...local3, name: `local-${count}`, nodes };
}

/** Nodes of a local network when nobody says how many. */
export const NODES_DEFAULT = 3;

/**
 * Makes the network in `directory` unless one is there.
 * @param count nodes it must have; left out: as many as it has, `NODES_DEFAULT` for a new one.
 * @returns the numbers of the nodes that were given other ports than usual, for those were busy.
 * @throws ClientError `OTHER_SIZE` when the network that is there has another number of nodes.
 */
export async function ensureLocalNetwork(
  directory: string,
  count?: number,
): Promise<readonly number[]> {
  if (existsSync(genesisFileOf(directory))) {
    const { length: nodes } = readGenesis(genesisFileOf(directory)).members;
    if (count === undefined || count === nodes) return [];
    throw new ClientError("OTHER_SIZE", { directory, nodes, wanted: count });
  }
  const usual = localNetworkConfig(count ?? NODES_DEFAULT);
  const config = await withFreePorts(usual);
  createNetwork(config, directory, Date.now());
  const moved = config.nodes.filter(({ address, apiPort }, i) => {
    const node = usual.nodes[i];
    return node?.address !== address || node.apiPort !== apiPort;
  });
  return moved.map(({ number }) => number);
}

/** Hears of a node that ended although nobody stopped it. */
export type OnNodeExit = (node: number, error: ClientError) => void;

/** A network that is up. */
export class LocalNetwork {
  readonly genesis: Genesis;
  readonly nodes: readonly LocalNode[];

  private constructor(genesis: Genesis, nodes: readonly LocalNode[]) {
    this.genesis = genesis;
    this.nodes = nodes;
  }

  /**
   * Starts every node of the network in `directory` and waits until all serve.
   * @throws ClientError `NODE_EXITED`, `NOT_READY`; then none is left running.
   */
  static async open(directory: string, onNodeExit: OnNodeExit): Promise<LocalNetwork> {
    const genesis = readGenesis(genesisFileOf(directory));
    const starting = genesis.members.map(({ number, organisation }) => ({
      number,
      organisation: organisationOf(genesis, organisation),
      process: new NodeProcess(nodeFileOf(directory, number)),
    }));
    try {
      const nodes = await Promise.all(
        starting.map(async (node) => ({
          ...node,
          client: new LedgerClient(await node.process.ready(READY_TIMEOUT_MS)),
        })),
      );
      for (const { number, process } of nodes)
        process.onUnexpectedExit((e) => onNodeExit(number, e));
      return new LocalNetwork(genesis, nodes);
    } catch (error) {
      await Promise.all(starting.map(({ process }) => process.stop()));
      throw error;
    }
  }

  /** Settles when every node is gone, whoever ended it. */
  async ended(): Promise<void> {
    await Promise.all(this.nodes.map(({ process }) => process.exited));
  }

  /** Stops every node. Idempotent. */
  async stop(): Promise<void> {
    await Promise.all(this.nodes.map(({ process }) => process.stop()));
  }
}

function organisationOf(genesis: Genesis, id: string): Organisation {
  const organisation = genesis.organisations.find((candidate) => candidate.id === id);
  if (organisation === undefined) throw new RangeError(`no organisation ${id} in the genesis`);
  return organisation;
}
