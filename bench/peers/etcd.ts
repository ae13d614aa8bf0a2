/** etcd: three nodes on the loopback address, fsync before every answer, a put of the payment under its id. */
import { peekTransactionId } from "../../ledger/transaction.ts";
import { cpuTimeOf } from "../process-usage.ts";
import { GrpcPuts } from "./grpc-puts.ts";
import { type Peer, PeerMissing } from "./peer.ts";
import { end, eventually, freePorts, pidOf, run, start } from "./processes.ts";

const NODES = 3;
const READY_TIMEOUT_MS = 30_000;
/** Puts in a connection: with more, the connection is what waits. */
const PUTS_PER_CONNECTION = 32;
/** All that is put may stay. */
const QUOTA_BYTES: number = 8 * 1024 ** 3;

/** Starts it. @throws PeerMissing */
export async function startEtcd(directory: string): Promise<Peer> {
  try {
    run("etcd", ["--version"]);
  } catch (error) {
    throw new PeerMissing("etcd is not installed (Debian: apt-get install etcd-server)", {
      cause: error,
    });
  }
  const ports = await freePorts(2 * NODES);
  const members = Array.from({ length: NODES }, (_, i) => ({
    name: `etcd-${i + 1}`,
    client: ports[i] ?? 0,
    peerUrl: `http://127.0.0.1:${ports[NODES + i]}`,
  }));
  const cluster = members.map(({ name, peerUrl }) => `${name}=${peerUrl}`).join(",");
  const nodes = members.map(({ name, client, peerUrl }) =>
    start("etcd", [
      ...["--name", name, "--data-dir", `${directory}/${name}`, "--log-level", "error"],
      ...["--listen-client-urls", `http://127.0.0.1:${client}`],
      ...["--advertise-client-urls", `http://127.0.0.1:${client}`],
      ...["--listen-peer-urls", peerUrl, "--initial-advertise-peer-urls", peerUrl],
      ...["--initial-cluster", cluster, "--quota-backend-bytes", `${QUOTA_BYTES}`],
    ]),
  );
  const stop = async () => {
    await Promise.all(nodes.map((node) => end(node, "SIGTERM")));
  };
  try {
    const clients = members.map(({ client }) => client);
    const leader = await eventually(READY_TIMEOUT_MS, () => leaderOf(clients));
    return {
      name: "etcd, 3 nodes",
      underWayTried: [128, 512, 1024],
      // At the leader: the others would hand it on.
      doors: async (underWay) =>
        Array.from(
          { length: Math.ceil(underWay / PUTS_PER_CONNECTION) },
          () => new GrpcPuts(leader, idOf),
        ),
      cpuS: () => nodes.reduce((sum, node) => sum + cpuTimeOf(pidOf(node)).totalS, 0),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function idOf(payment: Uint8Array): Uint8Array {
  return Buffer.from(peekTransactionId(payment), "latin1");
}

/** The client port of the leader. @throws Error while there is none. */
async function leaderOf(ports: readonly number[]): Promise<number> {
  for (const port of ports) {
    const url = `http://127.0.0.1:${port}/v3/maintenance/status`;
    const answer = await fetch(url, { method: "POST", body: "{}" });
    const { leader, header } = (await answer.json()) as {
      leader?: string;
      header?: { member_id?: string };
    };
    if (leader !== undefined && leader === header?.member_id) return port;
  }
  throw new Error("etcd has no leader");
}
