/**
 * Builds a node: a member of the network (`member.ts`) with disk, transport, clock and API around it; starts and stops
 * them in order.
 *
 * Start: directory → consensus → API → transport → clock. Stop: the door is closed, then the same backwards,
 * after what was under way is on disk.
 */
import { setTimeout as delay } from "node:timers/promises";
import { RULE_VERSION_KEY } from "../contracts/governance/rule-version.ts";
import { toHex } from "../ledger/bytes.ts";
import type { SignatureContext } from "../ledger/certificate.ts";
import { networkIdOf } from "../ledger/genesis.ts";
import { useSha256 } from "../ledger/hash.ts";
import { type Membership, memberOf } from "../ledger/membership.ts";
import { signerOfSeed } from "../ledger/native/ed25519-signer.ts";
import { nativeSha256 } from "../ledger/native/sha256.ts";
import { verifySignature } from "../ledger/native/verify-signature.ts";
import { closeApi, createApi } from "./api/server.ts";
import { BlockEvents } from "./block-events.ts";
import { Identity } from "./chain/identity.ts";
import { type Clock, clockOf, RehearsalClock } from "./clock.ts";
import type { NodeConfig } from "./config.ts";
import { loopTimes } from "./driver/rest.ts";
import type { NodeLog } from "./logger.ts";
import { composeMember, type Member } from "./member.ts";
import { MembershipWatch } from "./membership-watch.ts";
import { createMetrics } from "./metrics.ts";
import { type NodeStatus, roleOf } from "./node-status.ts";
import type { OpenedChain } from "./open-chain.ts";
import { openDirectory } from "./open-directory.ts";
import { AloneWatch, isOutOfReach, type OwnKey, ownSeed } from "./own-key.ts";
import { RulesWatch } from "./rules-watch.ts";
import { Shutdown } from "./shutdown.ts";
import { scrub } from "./storage/scrub.ts";
import { removeSetAside } from "./storage/set-aside.ts";
import { Libp2pTransport } from "./transport/libp2p-transport.ts";
import { TransactionVerifier } from "./verification/transaction-verifier.ts";
import { VERSION } from "./version.ts";

/** Between two reads of old blocks, ms: a million are read in some minutes, beside the node's work. */
const SCRUB_REST_MS = 10;

/** Between two looks at which rules are in force, ms: less than a block may be ahead of this clock. */
const RULES_EVERY_MS = 1000;

/** A running node. */
export interface RunningNode {
  /** Where its API answers, such as `http://127.0.0.1:8101`. */
  readonly apiUrl: string;
  /** Stops it; resolves when everything is closed. */
  stop(): Promise<void>;
}

/** What a running node tells its process. */
export interface NodeEvents {
  /** It cannot go on: its disk failed, or an invariant is broken. */
  readonly onFailure: (error: unknown) => void;
  /** It has to be started again, to be in reach under that key. */
  readonly onOtherKey: (key: OwnKey) => void;
}

/**
 * Starts a node.
 * @param key under which it is in reach at first.
 * @throws StorageError, LedgerFault or the operating system's error when it cannot start.
 */
export async function startNode(
  config: NodeConfig,
  log: NodeLog,
  nodeEvents: NodeEvents,
  key: OwnKey = "in force",
): Promise<RunningNode> {
  useSha256(nativeSha256);
  const shutdown = new Shutdown();
  try {
    const apiUrl = await start(config, log, { ...nodeEvents, key }, shutdown);
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
  { onFailure, onOtherKey, key }: NodeEvents & { readonly key: OwnKey },
  shutdown: Shutdown,
): Promise<string> {
  const { genesis, nodeNumber: self } = config;
  const clock = clockOf(genesis);
  const nowMs = () => clock.nowMs();
  const { identity, signatures, opened, verifier } = await openMember(config, log, {
    nowMs,
    shutdown,
  });
  resumeRehearsal(clock, opened, log);
  const events = new BlockEvents();
  const { periods } = opened.chain.applied.tip.memberships;
  const known = [...periods.map(({ membership }) => membership), opened.memberships.inForce];
  const seed = ownSeed(config, known, key);
  const { publicKey } = signerOfSeed(seed);
  const transport = await Libp2pTransport.create({
    seed,
    listen: [config.peerListen],
    log: (level, code, facts) => log[level](code, facts),
  });
  const watch = new MembershipWatch(self, publicKey, log, () => onOtherKey("in force"));
  watch.look(opened.chain.applied.tip.memberships);
  const member = composeMember({
    identity,
    signatures,
    opened,
    transport,
    contacts: config.contacts,
    verifier,
    timing: config,
    jitterSeed: Number.parseInt(toHex(publicKey).slice(0, 8), 16),
    nowMs,
    loopTimes,
    after: (delayMs, work) => {
      const timer = setTimeout(work, delayMs);
      return () => clearTimeout(timer);
    },
    defer: setImmediate,
    genesisTimeMs: genesis.createdAtMs,
    snapshots: config.snapshots,
    removeSetAside: () => removeSetAside(config.dataDirectory),
    log,
    onApplied: ({ tip }) => {
      events.emit();
      watch.look(tip.memberships);
    },
    onFailure,
  });
  const { driver, admission } = member;
  shutdown.add(() => driver.stop());
  const status = () => statusOf(member, opened, self, verifier);
  const { store, certifier, evidence } = opened;
  const networkId = toHex(signatures.networkId);
  const about = { version: VERSION, genesis, networkId, clock, status };
  const parts = { ...about, ...member, certifier, store, evidence, events };
  const metrics = createMetrics(status, () => transport.metrics());
  const openingState = () => driver.openingState();
  const api = await createApi(
    { ...parts, metrics, openingState },
    log,
    config.apiRequestsPerSecondMax,
  );

  shutdown.add(() => transport.stop());
  await transport.start();
  shutdown.add(() => closeApi(api));
  const apiUrl = await api.listen({ host: config.apiHost, port: config.apiPort });
  const alone = watchReach(member, opened, { config, key, known, onOtherKey });
  const tick = () => {
    member.tick();
    alone.tick();
  };
  const ticking = setInterval(tick, config.tickIntervalMs);
  shutdown.add(async () => clearInterval(ticking));
  shutdown.add(startRulesWatch(opened, new RulesWatch(log, onFailure), nowMs));
  shutdown.add(async () => admission.close());
  shutdown.add(startScrub(opened, onFailure));
  return apiUrl;
}

/** What tells when nobody is in reach under this key, and somebody may be under the other. */
function watchReach(
  { peers }: Member,
  { memberships }: OpenedChain,
  { config, key, known, onOtherKey }: ReachParts,
): AloneWatch {
  const { nodeNumber: self, electionTicks } = config;
  const seed = ownSeed(config, known, key);
  const { publicKey } = signerOfSeed(seed);
  const otherKey = key === "other" ? "in force" : "other";
  const hasOtherKey = ownSeed(config, known, otherKey) !== seed;
  return new AloneWatch(self, electionTicks, {
    isOut: () => {
      const { inForce } = memberships;
      const connected = peers.connected();
      return hasOtherKey && isOutOfReach({ self, publicKey, inForce, connected });
    },
    onAlone: () => onOtherKey(otherKey),
  });
}

/** Under which key a node is in reach, and by which memberships it may be under another. */
interface ReachParts extends Pick<NodeEvents, "onOtherKey"> {
  readonly config: NodeConfig;
  readonly key: OwnKey;
  readonly known: readonly Membership[];
}

/** A node's chain on its disk, and what checks new blocks of it. */
interface OpenMember {
  readonly identity: Identity;
  readonly signatures: SignatureContext;
  readonly verifier: TransactionVerifier;
  readonly opened: OpenedChain;
}

async function openMember(
  config: NodeConfig,
  log: NodeLog,
  { nowMs, shutdown }: { readonly nowMs: () => number; readonly shutdown: Shutdown },
): Promise<OpenMember> {
  const { genesis, nodeNumber, dataDirectory } = config;
  const verifier = new TransactionVerifier();
  shutdown.add(() => verifier.close());
  const signatures = { networkId: networkIdOf(genesis), verify: verifySignature };
  const identity = new Identity(nodeNumber, config.seeds.map(signerOfSeed));
  const { opened, close } = await openDirectory({
    directory: dataDirectory,
    log,
    chain: {
      genesis,
      signatures,
      identity,
      verifyTransactions: (items) => verifier.verify(items.map(({ source }) => source)),
      nowMs,
      check: "recent",
    },
  });
  shutdown.add(close);
  return { identity, signatures, verifier, opened };
}

/** A rehearsal goes on at the time of its last block. */
function resumeRehearsal(clock: Clock, { chain }: OpenedChain, log: NodeLog): void {
  if (!(clock instanceof RehearsalClock)) return;
  clock.moveTo(chain.applied.tip.timestampMs);
  log.warn("REHEARSAL", { nowMs: clock.nowMs() });
}

/** Looks at the rules in force now and from now on. @returns how to end it. */
function startRulesWatch(
  { store }: OpenedChain,
  watch: RulesWatch,
  nowMs: () => number,
): () => Promise<void> {
  const look = () => watch.look(store.get(RULE_VERSION_KEY.text) ?? null, nowMs());
  look();
  const looking = setInterval(look, RULES_EVERY_MS);
  return async () => clearInterval(looking);
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

function statusOf(
  { driver, mempool, peers }: Member,
  { chain, certifier, evidence }: OpenedChain,
  self: number,
  verifier: TransactionVerifier,
): NodeStatus {
  const { state, term, lead, lastIndex } = driver.status;
  const membership = chain.applied.tip.memberships.current;
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
    membershipWait: driver.membershipWait,
    culprits: evidence.culprits,
    connected: peers.connected(),
    snapshots: driver.snapshots,
  };
}
