/**
 * Addresses of nodes: the one kind of multiaddr (multiformats.io/multiaddr) that the transport dials. Written
 * without the runtime's own checks: what stands in the chain is judged the same on every machine.
 */
import { pattern } from "../../ledger/schema.ts";
import { refined, withoutMyNumber } from "./fields.ts";

const TCP_MULTIADDR = /^\/(ip4|ip6|dns4|dns6|dns)\/([^/\s]{1,239})\/tcp\/([1-9][0-9]{0,4})$/;
const PORT_MAX = 65_535;
const HOST_NAME = /^(?!-)[a-z0-9-]{1,63}(?:\.(?!-)[a-z0-9-]{1,63})*\.?$/i;
const IPV4_NUMBER = /^(?:0|[1-9][0-9]{0,2})$/;
const IPV6_GROUP = /^[0-9a-f]{1,4}$/i;
const IPV6_GROUPS = 8;

/** `/ip4/192.0.2.1/tcp/7101`, `/dns4/node.example/tcp/7101`; its parts are checked by `tcpAddressOf`. */
export const tcpMultiaddr = pattern(
  TCP_MULTIADDR,
  "an address such as /ip4/192.0.2.1/tcp/7101 or /dns4/node.example/tcp/7101",
);

/** A `tcpMultiaddr` whose host and port can be. */
export const nodeAddress = refined(
  withoutMyNumber(tcpMultiaddr),
  "has no such host or port",
  (address) => tcpAddressOf(address) !== null,
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
  return isHost(protocol, host) && port <= PORT_MAX ? { protocol, host, port } : null;
}

function isHost(protocol: string, host: string): boolean {
  if (protocol === "ip4") return isIPv4(host);
  if (protocol === "ip6") return isIPv6(host);
  return HOST_NAME.test(host);
}

function isIPv4(host: string): boolean {
  const numbers = host.split(".");
  return (
    numbers.length === 4 && numbers.every((text) => IPV4_NUMBER.test(text) && Number(text) < 256)
  );
}

/** Groups, a run of zeros left out at most once (RFC 4291 section 2.2); no zone, no IPv4 inside. */
function isIPv6(host: string): boolean {
  const [before = "", after, ...more] = host.split("::");
  const groups = [before, after ?? ""].flatMap((half) => (half === "" ? [] : half.split(":")));
  const isComplete =
    after === undefined ? groups.length === IPV6_GROUPS : groups.length < IPV6_GROUPS;
  return isComplete && more.length === 0 && groups.every((group) => IPV6_GROUP.test(group));
}
