/** Moves a local network's description to ports that are free. */
import { createServer } from "node:net";
import { tcpAddressOf } from "../../contracts/fields/node-address.ts";
import { ClientError } from "../client-fault.ts";
import type { NetworkConfig, NodeEntry } from "./network-config.ts";

/** Tries before giving up: another process may take a port between our look and the node's. */
const TRIES_MAX = 100;

/** The description with every busy port replaced by a free one. @throws ClientError `NO_FREE_PORT`. */
export async function withFreePorts(config: NetworkConfig): Promise<NetworkConfig> {
  const taken = new Set<number>();
  const nodes: NodeEntry[] = [];
  for (const node of config.nodes) {
    const peerPort = await freePort(tcpAddressOf(node.peerListen)?.port ?? 0, taken);
    const apiPort = await freePort(node.apiPort, taken);
    const address = withPort(node.peerListen, peerPort);
    nodes.push({ ...node, address, peerListen: address, apiPort });
  }
  return { ...config, nodes };
}

/** The same address with another port. */
function withPort(multiaddr: string, port: number): string {
  return multiaddr.replace(/[0-9]+$/, String(port));
}

async function freePort(wanted: number, taken: Set<number>): Promise<number> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const port = await tryPort(tries === 0 ? wanted : 0);
    if (port !== null && !taken.has(port)) {
      taken.add(port);
      return port;
    }
  }
  throw new ClientError("NO_FREE_PORT");
}

/** Listens for a moment; null when the port is busy. Port 0 lets the system choose. */
function tryPort(wanted: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(null));
    server.listen(wanted, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : null;
      server.close(() => resolve(port));
    });
  });
}
