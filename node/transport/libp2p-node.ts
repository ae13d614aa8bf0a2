/** A libp2p node that does nothing but carry our streams: TCP, noise, yamux, and no services. */
// First, because libp2p needs it on Node 20.
import "./promise-with-resolvers.ts";
import type { ConnectionGater, Libp2p, PrivateKey } from "@libp2p/interface";
import { tcp } from "@libp2p/tcp";
import { createLibp2p } from "libp2p";
import { boundedYamux } from "./bounded-yamux.ts";
import { gatheredNoise } from "./gathered-noise.ts";
import {
  CONNECTIONS_MAX,
  CONNECTIONS_PER_HOST_PER_SECOND_MAX,
  HANDSHAKES_PENDING_MAX,
} from "./limits.ts";

/** How often a connection is probed, ms. */
const PROBE_INTERVAL_MS = 10_000;
/**
 * When a probe counts as lost and its connection as dead, ms. A probe queues behind whatever is
 * under way: a full window takes 13 s at 10 Mbit/s, so be patient.
 */
const PROBE_TIMEOUT_MS = 30_000;
/** A handshake that takes longer is given up, ms; also frees the slot that a stranger holds. */
const HANDSHAKE_TIMEOUT_MS = 5000;

/** What differs from node to node. */
export interface Libp2pNodeOptions {
  readonly privateKey: PrivateKey;
  readonly listen: readonly string[];
  readonly gater: ConnectionGater;
}

/**
 * Makes a node that is not yet started. The connection monitor probes with `/ipfs/ping/1.0.0`,
 * which no member answers: being told "not supported" proves just as well that the peer lives.
 */
export async function createLibp2pNode(options: Libp2pNodeOptions): Promise<Libp2p> {
  return await createLibp2p({
    start: false,
    privateKey: options.privateKey,
    addresses: { listen: [...options.listen] },
    transports: [tcp()],
    connectionEncrypters: [gatheredNoise()],
    streamMuxers: [boundedYamux()],
    connectionGater: options.gater,
    connectionManager: {
      maxConnections: CONNECTIONS_MAX,
      maxIncomingPendingConnections: HANDSHAKES_PENDING_MAX,
      inboundConnectionThreshold: CONNECTIONS_PER_HOST_PER_SECOND_MAX,
      inboundUpgradeTimeout: HANDSHAKE_TIMEOUT_MS,
      // Reconnection is ours: libp2p's gives up after five attempts.
      reconnectRetries: 0,
    },
    connectionMonitor: {
      pingInterval: PROBE_INTERVAL_MS,
      pingTimeout: { minTimeout: PROBE_TIMEOUT_MS },
    },
  });
}
