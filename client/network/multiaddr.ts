/** Addresses of nodes: the one kind of multiaddr (multiformats.io/multiaddr) that the transport dials. */
import { isIPv4, isIPv6 } from "node:net";
import { pattern } from "../../ledger/schema.ts";

const TCP_MULTIADDR = /^\/(ip4|ip6|dns4|dns6|dns)\/([^/\s]{1,239})\/tcp\/([1-9][0-9]{0,4})$/;
const HOST_NAME = /^(?!-)[a-z0-9-]{1,63}(?:\.(?!-)[a-z0-9-]{1,63})*\.?$/i;

/** `/ip4/192.0.2.1/tcp/7101`, `/dns4/node.example/tcp/7101`; its parts are checked by `tcpAddressOf`. */
export const tcpMultiaddr = pattern(
  TCP_MULTIADDR,
  "an address such as /ip4/192.0.2.1/tcp/7101 or /dns4/node.example/tcp/7101",
);

/** What such an address names. */
export interface TcpAddress {
  readonly protocol: string;
  readonly host: string;
  readonly port: number;
}

/** The parts of a `tcpMultiaddr`; null when host or port cannot be. */
export function tcpAddressOf(multiaddr: string): TcpAddress | null {
  const [, protocol = "", host = "", digits] = TCP_MULTIADDR.exec(multiaddr) ?? [];
  const port = Number(digits);
  return isHost(protocol, host) && port <= 65_535 ? { protocol, host, port } : null;
}

function isHost(protocol: string, host: string): boolean {
  if (protocol === "ip4") return isIPv4(host);
  if (protocol === "ip6") return isIPv6(host);
  return HOST_NAME.test(host);
}
