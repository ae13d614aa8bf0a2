/**
 * Builds a node from its parts and starts and stops them in order. The only file where concrete classes meet.
 *
 * Start: directory → consensus → API → transport → clock. Stop: the door is closed, then the same backwards,
 * after what was under way is on disk.
 */
import { setTimeout as delay } from "node:timers/promises";
import { equalBytes, toHex } from "../ledger/bytes.ts";
import type { CertificateContext } from "../ledger/certificate.ts";
import { LedgerFault } from "../ledger/faults.ts";
import { genesisMembership, networkIdOf } from "../ledger/genesis.ts";
import { useSha256 } from "../ledger/hash.ts";
import { type Membership, memberOf } from "../ledger/membership.ts";
import { type Signer, signerOfSeed } from "../ledger/native/ed25519-signer.ts";
import { nativeSha256 } from "../ledger/native/sha256.ts";
import { verifySignature } from "../ledger/native/verify-signature.ts";
import { Admission } from "./admission.ts";
import { closeApi, createApi } from "./api/server.ts";
import { BlockEvents } from "./block-events.ts";
import type { ChainLink } from "./chain/ledger-chain.ts";
import type { NodeConfig } from "./config.ts";
import { composeDriver } from "./driver/compose-driver.ts";
import type { Driver } from "./driver/driver.ts";
import { Forwarder } from "./forwarder.ts";
import { Ledger } from "./ledger-reader.ts";
import type { NodeLog } from "./logger.ts";
import { decisionOf, Mempool } from "./mempool.ts";
import { createMetrics } from "./metrics.ts";
import { type NodeStatus, roleOf } from "./node-status.ts";
import type { OpenedChain } from "./open-chain.ts";
import { openDirectory } from "./open-directory.ts";
import { Peers } from "./peers.ts";
import { Shutdown } from "./shutdown.ts";
import { scrub } from "./storage/scrub.ts";
import { Libp2pTransport } from "./transport/libp2p-transport.ts";
import { TransactionVerifier } from "./verification/transaction-verifier.ts";
import { VERSION } from "./version.ts";
import type { Frame } from "./wire.ts";

/** Between two reads of old blocks, ms: a million are read in some minutes, beside the node's work. */
const SCRUB_REST_MS = 10;

/** A running node. */
export interface RunningNode {
  /** Where its API answers, such as `http://127.0.0.1:8101`. */
  readonly apiUrl: string;
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
  const shutdown = new Shutdown();
  try {
    const apiUrl = await start(config, log, onFailure, shutdown);
    return { apiUrl, stop: () => shutdown.run() };
  } catch (error) {
    await shutdown.run();
    throw error;
  }
}

/** @returns where the API answers. What must be undone at the end is added to `shutdown`. */
async function start(
  config: NodeConfig,
  log: NodeLog,
  onFailure: (error: unknown) => void,
  shutdown: Shutdown,
): Promise<string> {
  const signer = memberSigner(config);
  const { opened, context, verifier } = await openMember(config, signer, log, shutdown);
  const { genesis, nodeNumber: self } = config;
  const { networkId, membership } = context;
  const mempool = new Mempool();
  const events = new BlockEvents();
  const transport = await Libp2pTransport.create({
    seed: config.seed,
    listen: [config.peerListen],
    log: (level, code, facts) => log[level](code, facts),
  });
  const peers = new Peers(transport, self, membership, log);
  const send = (to: number, frame: Frame) => peers.send(to, frame);
  const driver = composeDriver({
    self,
    signer,
    context,
    opened,
    mempool,
    timing: config,
    jitterSeed: Number.parseInt(toHex(signer.publicKey).slice(0, 8), 16),
    nowMs: Date.now,
    genesisTimeMs: genesis.createdAtMs,
    snapshots: config.snapshots,
    log,
    send,
    onApplied: (link) => announce(link, mempool, events),
    onFailure,
  });
  shutdown.add(() => driver.stop());
  const forwarder = new Forwarder({
    self,
    mempool,
    leader: () => driver.status.lead,
    send,
    defer: setImmediate,
  });
  const ledger = new Ledger(opened);
  const admission = new Admission({
    networkId,
    chain: opened.chain,
    ledger,
    mempool,
    verifier,
    nowMs: Date.now,
    after: (delayMs, work) => {
      const timer = setTimeout(work, delayMs);
      return () => clearTimeout(timer);
    },
    onAdmitted: ({ source }) => {
      forwarder.admitted(source.bytes);
      driver.produce();
    },
  });
  receiveFrames(peers, driver, admission, log);
  const status = () => statusOf(driver, opened, { self, membership, mempool, verifier, peers });
  const { store, certifier } = opened;
  const about = { version: VERSION, genesis, networkId: toHex(networkId), status };
  const parts = { ...about, admission, mempool, ledger, certifier, store, events };
  const api = await createApi({ ...parts, metrics: createMetrics(status) }, log);

  shutdown.add(() => transport.stop());
  await transport.start();
  shutdown.add(() => closeApi(api));
  const apiUrl = await api.listen({ host: config.apiHost, port: config.apiPort });
  const clock = setInterval(() => {
    driver.tick();
    forwarder.tick();
  }, config.tickIntervalMs);
  shutdown.add(async () => clearInterval(clock));
  shutdown.add(async () => admission.close());
  shutdown.add(startScrub(opened, onFailure));
  return apiUrl;
}

/** A node's chain on its disk, and what checks new blocks of it. */
interface OpenMember {
  readonly context: CertificateContext;
  readonly verifier: TransactionVerifier;
  readonly opened: OpenedChain;
}

async function openMember(
  config: NodeConfig,
  signer: Signer,
  log: NodeLog,
  shutdown: Shutdown,
): Promise<OpenMember> {
  const { genesis, nodeNumber: number, dataDirectory } = config;
  const verifier = new TransactionVerifier();
  shutdown.add(() => verifier.close());
  const context: CertificateContext = {
    networkId: networkIdOf(genesis),
    membership: genesisMembership(genesis),
    verify: verifySignature,
  };
  const { opened, close } = await openDirectory({
    directory: dataDirectory,
    log,
    chain: {
      genesis,
      context,
      self: { number, signer },
      verifyTransactions: (items) => verifier.verify(items.map(({ source }) => source)),
      nowMs: Date.now,
      check: "recent",
    },
  });
  shutdown.add(close);
  return { context, verifier, opened };
}

/** Reads what the start did not, some blocks at a time. @returns how to end it. */
function startScrub(
  { database, store, chain }: OpenedChain,
  onFailure: (error: unknown) => void,
): () => Promise<void> {
  let isStopped = false;
  const rest = async () => {
    await delay(SCRUB_REST_MS);
    return !isStopped;
  };
  const { height } = chain.applied.tip;
  const scrubbed = scrub({ database, store, height, rest }).catch(onFailure);
  return async () => {
    isStopped = true;
    await scrubbed;
  };
}

/** The key in the file must be the one that the genesis names for this number. */
function memberSigner({ seed, genesis, nodeNumber }: NodeConfig): Signer {
  const signer = signerOfSeed(seed);
  const member = memberOf(genesisMembership(genesis), nodeNumber);
  if (member === undefined || !equalBytes(member.publicKey, signer.publicKey)) {
    throw new LedgerFault("INVALID_FIELD", {
      path: "keyFile",
      problem: `the key is not that of node ${nodeNumber} in the genesis`,
    });
  }
  return signer;
}

/** Whoever waits for a transaction of the block is told, and whoever watches the chain. */
function announce({ block, transactions, tip }: ChainLink, mempool: Mempool, events: BlockEvents) {
  if (block === null) return;
  transactions.forEach(({ source }, index) => {
    const decision = decisionOf(block.results[index] ?? "", tip.height, index);
    mempool.decided(source.id, source.leaf, decision);
  });
  mempool.expire(tip.timestampMs);
  events.emit();
}

/** Frames of other members: into consensus, or through the same door as everybody's transactions. */
function receiveFrames(peers: Peers, driver: Driver, admission: Admission, log: NodeLog): void {
  peers.onFrame(async (from, frame) => {
    if (frame.kind === "consensus") return driver.receive(from, frame);
    if (frame.kind !== "transactions") return driver.receivePiece(from, frame);
    const admitted = await Promise.allSettled(
      frame.transactions.map((transaction) => admission.admit(transaction)),
    );
    for (const outcome of admitted) {
      if (outcome.status === "fulfilled") continue;
      if (!(outcome.reason instanceof LedgerFault)) throw outcome.reason;
      log.debug("FORWARDED_TRANSACTION_REFUSED", { from, reason: outcome.reason.message });
    }
  });
}

function statusOf(
  driver: Driver,
  { chain, certifier }: OpenedChain,
  parts: {
    readonly self: number;
    readonly membership: Membership;
    readonly mempool: Mempool;
    readonly verifier: TransactionVerifier;
    readonly peers: Peers;
  },
): NodeStatus {
  const { self, membership, mempool, verifier, peers } = parts;
  const { state, term, lead, lastIndex } = driver.status;
  return {
    self,
    role: roleOf(state, memberOf(membership, self)?.role),
    term,
    leader: lead,
    lastHeight: lastIndex,
    certifiedHeight: certifier.certifiedHeight,
    tip: chain.applied.tip,
    stateRoot: chain.applied.tree.root,
    pendingTransactions: mempool.size,
    signaturesVerified: verifier.verifiedTransactions,
    membership,
    connected: peers.connected(),
    snapshots: driver.snapshots,
  };
}
