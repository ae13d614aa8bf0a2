/** Prometheus metrics of one node. */
import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { NodeStatus } from "./node-status.ts";
import type { PeerMetrics, TransportMetrics } from "./transport/transport.ts";

/** What each gauge shows; read when the metrics are asked for. */
const GAUGES: readonly (readonly [name: string, help: string, (status: NodeStatus) => number])[] = [
  ["mykey_applied_height", "Height of the last applied block", (status) => status.tip.height],
  ["mykey_certified_height", "Height of the last certified block", (s) => s.certifiedHeight],
  ["mykey_last_height", "Height of the last block of the log", (status) => status.lastHeight],
  ["mykey_term", "Current term", (status) => status.term],
  ["mykey_is_leader", "1 while this node leads", (status) => Number(status.role === "leader")],
  ["mykey_has_leader", "1 while a leader is known", (status) => Number(status.leader !== 0)],
  ["mykey_pending_transactions", "Transactions not decided yet", (s) => s.pendingTransactions],
  ["mykey_verified_transactions", "Transactions checked since start", (s) => s.signaturesVerified],
  ["mykey_snapshot_height", "Height of the snapshot offered", (s) => s.snapshots.offeredHeight],
  ["mykey_whole_from_height", "First block that is kept whole", (s) => s.snapshots.wholeFrom],
  ["mykey_pruned_height", "Last block without witness", (s) => s.snapshots.prunedHeight],
  ["mykey_snapshot_chunks_arrived", "Chunks fetched", (s) => s.snapshots.arriving?.chunks ?? 0],
  [
    "mykey_snapshot_chunks_arriving",
    "Chunks of the snapshot that is fetched",
    (s) => s.snapshots.arriving?.chunksTotal ?? 0,
  ],
  ["mykey_convicted_members", "Members against whom there is evidence", (s) => s.culprits.length],
  ["mykey_connected_members", "Members in reach, this node included", (s) => s.connected.size],
];

/** What this node has exchanged with all members together since it started. */
const PEER_GAUGES: readonly (readonly [name: string, help: string, counted: keyof Counters])[] = [
  ["mykey_peer_bytes_sent", "Bytes sent to members, before encryption", "bytesSent"],
  ["mykey_peer_bytes_received", "Bytes received from members", "bytesReceived"],
  ["mykey_peer_messages_sent", "Messages sent to members", "messagesSent"],
  ["mykey_peer_messages_dropped", "Messages dropped because a queue was full", "messagesDropped"],
];

type Counters = Pick<
  PeerMetrics,
  "bytesSent" | "bytesReceived" | "messagesSent" | "messagesDropped"
>;

/** Makes the metrics. @returns the Prometheus text of the moment. */
export function createMetrics(
  status: () => NodeStatus,
  transport: () => TransportMetrics,
): () => Promise<string> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const show = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  for (const [name, help, read] of GAUGES) show(name, help, () => read(status()));
  for (const [name, help, counted] of PEER_GAUGES) {
    show(name, help, () =>
      [...transport().peers.values()].reduce((sum, peer) => sum + peer[counted], 0),
    );
  }
  return () => registry.metrics();
}
