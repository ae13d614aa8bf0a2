/**
 * Builds a node from its parts and starts and stops them in order. The only file where concrete classes meet.
 *
 * Start: directory → verifier → consensus → transport → API → clock. Stop: the same backwards, after the door
 * is closed and what was under way is on disk.
 */
import { mkdirSync } from "node:fs";
import type { FastifyInstance } from "fastify";
import type { Entry } from "../consensus/messages.ts";
import { RawNode } from "../consensus/raw-node.ts";
import { seededRandom } from "../consensus/random.ts";
import { equalBytes, toHex } from "../ledger/bytes.ts";
import type { CertificateContext } from "../ledger/certificate.ts";
import { LedgerFault } from "../ledger/faults.ts";
import { genesisMembership, networkIdOf } from "../ledger/genesis.ts";
import { useSha256 } from "../ledger/hash.ts";
import { memberOf } from "../ledger/membership.ts";
import { type Signer, signerOfSeed } from "../ledger/native/ed25519-signer.ts";
import { nativeSha256 } from "../ledger/native/sha256.ts";
import { verifySignature } from "../ledger/native/verify-signature.ts";
import { Admission } from "./admission.ts";
import { createApi } from "./api/server.ts";
import { BlockEvents } from "./block-events.ts";
import { Elections } from "./chain/elections.ts";
import type { ChainLink } from "./chain/ledger-chain.ts";
import type { NodeConfig } from "./config.ts";
import { Applier } from "./driver/applier.ts";
import { BlockProducer } from "./driver/block-producer.ts";
import { Driver } from "./driver/driver.ts";
import { LogWriter } from "./driver/log-writer.ts";
import { Receiver } from "./driver/receiver.ts";
import { Forwarder } from "./forwarder.ts";
import { Ledger } from "./ledger-reader.ts";
import type { NodeLog } from "./logger.ts";
import { decisionOf, Mempool } from "./mempool.ts";
import { createMetrics } from "./metrics.ts";
import type { NodeStatus } from "./node-status.ts";
import { openChain } from "./open-chain.ts";
import { openDatabase } from "./storage/database.ts";
import { Libp2pTransport } from "./transport/libp2p-transport.ts";
import { TransactionVerifier } from "./verification/transaction-verifier.ts";
import { VERSION } from "./version.ts";
import { decodeFrame, encodeFrame, type Frame } from "./wire.ts";

/** Bytes of blocks in one MsgApp; a larger block travels alone. */
const MESSAGE_BYTES_MAX: number = 4 * 1024 * 1024;
/** Bytes of blocks under way to one follower. */
const INFLIGHT_BYTES_MAX: number = 32 * 1024 * 1024;
/** Bytes that a leader appends beyond what is applied: it refuses more until a quorum follows. */
const UNCOMMITTED_BYTES_MAX: number = 64 * 1024 * 1024;

/** A running node. */
export interface RunningNode {
  /** Where its API answers, such as `http://127.0.0.1:8101`. */
  readonly apiUrl: string;
  readonly status: () => NodeStatus;
  /** Stops it; resolves when everything is closed. */
  stop(): Promise<void>;
}

/**
 * Starts a node.
 * @param onFailure called when it cannot go on: its disk failed, or an invariant is broken.
 * @throws StorageError, LedgerFault or the operating system's error when it cannot start.
 */
export async function startNode(
  config: NodeConfig,
  log: NodeLog,
  onFailure: (error: unknown) => void,
): Promise<RunningNode> {
  useSha256(nativeSha256);
  const signer = signerOfSeed(config.seed);
  assertIsMember(config, signer);
  const node = await composeNode(config, signer, log, onFailure);
  await node.transport.start();
  const apiUrl = await node.api.listen({ host: config.apiHost, port: config.apiPort });
  const clock = setInterval(node.tick, config.tickIntervalMs);
  return {
    apiUrl,
    status: node.status,
    stop: async () => {
      clearInterval(clock);
      await node.close();
    },
  };
}

/** The key in the file is the one that the genesis names for this number. */
function assertIsMember(config: NodeConfig, signer: Signer): void {
  const member = memberOf(genesisMembership(config.genesis), config.nodeNumber);
  if (member === undefined || !equalBytes(member.publicKey, signer.publicKey)) {
    throw new LedgerFault("INVALID_FIELD", {
      path: "keyFile",
      problem: `the key is not that of node ${config.nodeNumber} in the genesis`,
    });
  }
}

/** A node's parts, connected, before the network and the clock move them. */
interface ComposedNode {
  readonly api: FastifyInstance;
  readonly transport: Libp2pTransport;
  readonly status: () => NodeStatus;
  readonly tick: () => void;
  close(): Promise<void>;
}

async function composeNode(
  config: NodeConfig,
  signer: Signer,
  log: NodeLog,
  onFailure: (error: unknown) => void,
): Promise<ComposedNode> {
  const { genesis, nodeNumber: self } = config;
  const networkId = networkIdOf(genesis);
  const membership = genesisMembership(genesis);
  const context: CertificateContext = { networkId, membership, verify: verifySignature };
  const nowMs = Date.now;
  mkdirSync(config.dataDirectory, { recursive: true });
  const database = await openDatabase(config.dataDirectory);
  const verifier = new TransactionVerifier();
  const opened = await openChain({
    database,
    genesis,
    context,
    self: { number: self, signer },
    verifyTransactions: (transactions) => verifier.verify(transactions.map(({ source }) => source)),
    nowMs,
  });
  const { blocks, store, chain, tail, certifier } = opened;

  const mempool = new Mempool();
  const events = new BlockEvents();
  const elections = new Elections(context, self, signer);
  const ledger = new Ledger({ blocks, store, chain, certifier, networkId });
  const transport = await Libp2pTransport.create({
    seed: config.seed,
    listen: [config.peerListen],
    log: (level, code, facts) => log[level](code, facts),
  });
  const keyOf = new Map(membership.members.map((m) => [m.number, toHex(m.publicKey)]));
  const numberOf = new Map(membership.members.map((m) => [toHex(m.publicKey), m.number]));
  const send = (to: number, frame: Frame) => {
    const key = keyOf.get(to);
    if (key !== undefined) transport.send(key, encodeFrame(frame));
  };

  const core = new RawNode({
    id: self,
    storage: blocks,
    random: seededRandom(Number.parseInt(toHex(signer.publicKey).slice(0, 8), 16)),
    electionTicks: config.electionTicks,
    heartbeatTicks: config.heartbeatTicks,
    applied: chain.applied.tip.height,
    maxMessageBytes: MESSAGE_BYTES_MAX,
    maxInflightBytes: INFLIGHT_BYTES_MAX,
    maxUncommittedBytes: UNCOMMITTED_BYTES_MAX,
    proposalForwarding: false,
    commitBarrier: true,
    seal: (entry) => sealEntry(entry),
  });

  /** The core's own entries, such as the first of a term, become empty blocks; ours are blocks already. */
  const sealEntry = (entry: Entry): Uint8Array => {
    if (entry.data.length > 0) return entry.data;
    const parent = tail.last;
    if (parent.tip.height !== entry.index - 1) throw new Error("the log's end is not at hand");
    const { term, height, hash } = parent.tip;
    const leaderCertificate = elections.leaderCertificate(entry.term, { term, height, hash });
    const link = chain.build(
      {
        term: entry.term,
        timestampMs: nowMs(),
        control: {
          lastCertificate: certifier.certified,
          leaderCertificate,
          membershipChange: null,
        },
        transactions: [],
      },
      { parent, state: { get: () => null, tree: parent.tree } },
    );
    return driver.seal(link);
  };

  const receiver = new Receiver({
    chain,
    tail,
    certifier,
    elections,
    log,
    term: () => core.basicStatus().term,
    commit: () => core.basicStatus().commit,
  });
  const writer = new LogWriter({
    self,
    blocks,
    certifier,
    elections,
    deliver: (response) => driver.deliver(response),
  });
  const applier = new Applier({
    chain,
    tail,
    onApplied: (link) => announce(link, mempool, events),
    deliver: (message) => driver.deliverApplied(message),
  });
  const producer = new BlockProducer({
    chain,
    tail,
    mempool,
    certifier,
    nowMs,
    leadingTerm: () => {
      const { state, term } = core.basicStatus();
      return state === "StateLeader" ? term : null;
    },
    propose: (link) => driver.propose(link),
  });
  const driver = new Driver({
    self,
    core,
    tail,
    certifier,
    elections,
    receiver,
    writer,
    applier,
    producer,
    log,
    send,
    onFailure,
  });
  const forwarder = new Forwarder({ self, mempool, leader: () => core.basicStatus().lead, send });
  const admission = new Admission({
    networkId,
    chain,
    ledger,
    mempool,
    verifier,
    nowMs,
    onAdmitted: ({ source }) => {
      forwarder.admitted(source.bytes);
      driver.produce();
    },
  });

  transport.setMembers(
    membership.members.map(({ publicKey, address }) => ({
      key: toHex(publicKey),
      multiaddr: address,
    })),
  );
  transport.onMessage(async (from, message) => {
    const number = numberOf.get(from);
    if (number === undefined) return;
    try {
      const frame = decodeFrame(message);
      if (frame.kind === "consensus") await driver.receive(number, frame);
      else for (const item of frame.transactions) await admission.admit(item);
    } catch (error) {
      if (!(error instanceof LedgerFault)) throw error;
      log.warn("FRAME_REFUSED", { from: number, reason: error.message });
    }
  });

  const status = (): NodeStatus => {
    const { state, term, lead, lastIndex } = core.basicStatus();
    const connected = transport.connectedPeers().flatMap((key) => numberOf.get(key) ?? []);
    return {
      self,
      role: ROLES[state],
      term,
      leader: lead,
      lastHeight: lastIndex,
      certifiedHeight: certifier.certifiedHeight,
      tip: chain.applied.tip,
      stateRoot: chain.applied.tree.root,
      pendingTransactions: mempool.size,
      signaturesVerified: verifier.verifiedTransactions,
      membership,
      connected: new Set([self, ...connected]),
    };
  };
  const api = await createApi(
    {
      version: VERSION,
      genesis,
      networkId: toHex(networkId),
      admission,
      mempool,
      ledger,
      certifier,
      store,
      events,
      status,
      metrics: createMetrics(status),
    },
    log,
  );
  return {
    api,
    transport,
    status,
    tick: () => {
      driver.tick();
      forwarder.tick();
    },
    close: async () => {
      admission.close();
      await api.close();
      await transport.stop();
      await driver.stop();
      await verifier.close();
      await database.close();
    },
  };
}

const ROLES = {
  StateFollower: "follower",
  StateCandidate: "candidate",
  StatePreCandidate: "candidate",
  StateLeader: "leader",
} as const;

/** Whoever waits for a transaction of the block is told, and whoever watches the chain. */
function announce(link: ChainLink, mempool: Mempool, events: BlockEvents): void {
  const { block, transactions, tip } = link;
  if (block === null) return;
  transactions.forEach(({ source }, index) => {
    const decision = decisionOf(block.results[index] ?? "", tip.height, index);
    mempool.decided(source.id, source.leaf, decision);
  });
  mempool.expire(tip.timestampMs);
  events.emit(block);
}
