/** Builds the consensus core and the workers around it, and ties them together. */
import type { Entry } from "../../consensus/messages.ts";
import { seededRandom } from "../../consensus/random.ts";
import { RawNode } from "../../consensus/raw-node.ts";
import type { BlockControl } from "../../ledger/block.ts";
import type { LogPosition, SignatureContext } from "../../ledger/certificate.ts";
import type { Membership } from "../../ledger/membership.ts";
import { confChangeBetween } from "../chain/conf-change.ts";
import { Elections } from "../chain/elections.ts";
import type { Identity } from "../chain/identity.ts";
import type { ChainLink } from "../chain/ledger-chain.ts";
import type { NodeLog } from "../logger.ts";
import type { Mempool } from "../mempool.ts";
import type { OpenedChain } from "../open-chain.ts";
import type { SnapshotPolicy } from "../snapshot/policy.ts";
import { Snapshots } from "../snapshot/snapshots.ts";
import type { Frame } from "../wire.ts";
import { Applier } from "./applier.ts";
import { BlockExaminer } from "./block-examiner.ts";
import { BlockProducer } from "./block-producer.ts";
import { Driver } from "./driver.ts";
import { LogWriter } from "./log-writer.ts";
import { MembershipChanger } from "./membership-changer.ts";
import { Receiver } from "./receiver.ts";

const LIMITS = {
  /** Bytes of blocks in one MsgApp; a larger block travels alone. */
  maxMessageBytes: 4 * 1024 * 1024,
  /** Bytes of blocks under way to one follower. */
  maxInflightBytes: 32 * 1024 * 1024,
  /** Bytes that a leader appends beyond what is applied: it refuses more until a quorum follows. */
  maxUncommittedBytes: 64 * 1024 * 1024,
} as const;

/** Within how many heartbeats a member must have answered to count as alive when the membership changes. */
const HEARD_HEARTBEATS = 4;

/** How long a leader whose block was refused is passed over, in election timeouts. */
const SILENCE_ELECTIONS = 3;

/** What the consensus of a node is built from. */
export interface DriverSetup {
  readonly identity: Identity;
  readonly signatures: SignatureContext;
  readonly opened: OpenedChain;
  readonly mempool: Mempool;
  readonly timing: { readonly electionTicks: number; readonly heartbeatTicks: number };
  /** Smaller limits than usual, with which less is needed to reach them. */
  readonly limits?: { readonly [limit in keyof typeof LIMITS]?: number };
  /** Seed of the election jitter: another one for each node. */
  readonly jitterSeed: number;
  readonly nowMs: () => number;
  /** When the network began, ms since 1970. */
  readonly genesisTimeMs: number;
  readonly log: NodeLog;
  /** Null or left out: no snapshots are made, and all bodies of blocks are kept. */
  readonly snapshots?: SnapshotPolicy | null;
  readonly send: (to: number, frame: Frame) => void;
  readonly onApplied: (link: ChainLink) => void;
  readonly onFailure: (error: unknown) => void;
}

/** Builds the driver of a node. */
export function composeDriver(setup: DriverSetup): Driver {
  const { identity, signatures, opened, mempool, nowMs, log } = setup;
  const { blocks, chain, tail, certifier, memberships } = opened;
  const self = identity.number;
  const elections = new Elections(signatures, identity, memberships);
  const core = createCore(setup, (entry) => driver.seal(sealEntry(setup, elections, entry)));
  const leadingTerm = () => {
    const { state, term } = core.basicStatus();
    return state === "StateLeader" ? term : null;
  };
  const { electionTicks, heartbeatTicks } = setup.timing;
  const receiver = createReceiver(setup, core, elections);
  const writer = new LogWriter({
    self,
    blocks,
    certifier,
    elections,
    settleSnapshot: (hardState) => snapshots.settle(hardState),
    deliver: (response) => driver.deliver(response),
  });
  const applier = new Applier({
    chain,
    tail,
    onMembershipChange: (before, after) => applyChange(core, before, after),
    onApplied: (link) => {
      setup.onApplied(link);
      snapshots.applied(link);
    },
    deliver: (message) => driver.deliverApplied(message),
  });
  const producer = new BlockProducer({
    chain,
    tail,
    mempool,
    certifier,
    nowMs,
    log,
    leadingTerm,
    propose: (link) => driver.propose(link),
  });
  const hearingTicks = HEARD_HEARTBEATS * heartbeatTicks;
  const changer = new MembershipChanger({
    chain,
    tail,
    certifier,
    log,
    electionTicks,
    leadingTerm,
    status: () => core.status(),
    hearingTicks,
    hears: (member) => driver.hears(member, hearingTicks),
    propose: (change) => driver.changeMembership(change),
  });
  const { send, onFailure } = setup;
  const snapshots = new Snapshots({
    ...{ self, opened, signatures, core, electionTicks, log, send, onFailure },
    policy: setup.snapshots ?? null,
    appliedAll: () => applier.rest(),
    onTaken: () => {
      mempool.clear();
      setup.onApplied(chain.applied);
    },
  });
  const workers = { receiver, writer, applier, producer, changer, snapshots };
  const driver = new Driver({
    self,
    core,
    tail,
    certifier,
    elections,
    ...workers,
    mayLead: () => mayLead(opened),
    log,
    send,
    onFailure,
  });
  return driver;
}

function createReceiver(setup: DriverSetup, core: RawNode, elections: Elections): Receiver {
  const { opened, nowMs, log } = setup;
  const { blocks, chain, tail, certifier, memberships } = opened;
  const { electionTicks, heartbeatTicks } = setup.timing;
  const commit = () => core.basicStatus().commit;
  return new Receiver({
    examiner: new BlockExaminer({ chain, tail, certifier, log, commit }),
    tail,
    certifier,
    elections,
    memberships,
    log,
    term: () => core.basicStatus().term,
    ageMs: () => nowMs() - setup.genesisTimeMs,
    silenceHeartbeats: Math.ceil((SILENCE_ELECTIONS * electionTicks) / heartbeatTicks),
    regain: () => blocks.regain,
  });
}

/** @param sealOwn makes the block of an entry that the core appends by itself. */
function createCore(setup: DriverSetup, sealOwn: (entry: Entry) => Uint8Array): RawNode {
  const { blocks, chain } = setup.opened;
  return new RawNode({
    id: setup.identity.number,
    storage: blocks,
    random: seededRandom(setup.jitterSeed),
    ...setup.timing,
    applied: chain.applied.tip.height,
    ...LIMITS,
    ...setup.limits,
    // Transactions are forwarded, blocks never: only a leader can make one.
    proposalForwarding: false,
    commitBarrier: true,
    // What the driver proposes is a block already.
    seal: (entry) =>
      entry.type === "EntryNormal" && entry.data.length > 0 ? entry.data : sealOwn(entry),
  });
}

/** Neither whoever lost blocks that it acknowledged, nor whose core goes by a membership that its log cannot prove. */
function mayLead({ blocks, chain, tail, certifier }: OpenedChain): boolean {
  const changeHeight = tail.last.tip.memberships.pending?.changeHeight ?? 0;
  const isProvable =
    changeHeight > chain.applied.tip.height || changeHeight <= certifier.certifiedHeight;
  return blocks.regain === null && isProvable;
}

/** @throws Error when the core does not take it: chain and core would go by different memberships. */
function applyChange(core: RawNode, before: Membership, after: Membership): void {
  const { rejected } = core.applyConfChange(confChangeBetween(before, after));
  if (rejected !== null)
    throw new Error(`a certified change of membership was refused: ${rejected}`);
}

/** The block of an entry that the core appends by itself, or on the changer's word: always without transactions. */
function sealEntry(setup: DriverSetup, elections: Elections, entry: Entry): ChainLink {
  const { chain, tail } = setup.opened;
  const parent = tail.last;
  if (parent.tip.height !== entry.index - 1) {
    throw new Error(`the log ends at ${parent.tip.height}, not below ${entry.index}`);
  }
  const control =
    entry.type === "EntryNormal"
      ? elections.firstControl(entry.term, positionOf(parent))
      : changeControl(setup.opened);
  const draft = { term: entry.term, timestampMs: setup.nowMs(), control, transactions: [] };
  return chain.build(draft, { parent, state: { get: () => null, tree: parent.tree } });
}

function positionOf({ tip: { term, height, hash } }: ChainLink): LogPosition {
  return { term, height, hash };
}

/** A change of membership: the next step, which the chain says. */
function changeControl({ chain, tail, certifier }: OpenedChain): BlockControl {
  const lastCertificate = certifier.certified;
  const membershipChange = chain.nextMembership(tail.last, { lastCertificate });
  if (membershipChange === null) throw new Error("there is no next membership");
  return { lastCertificate, leaderCertificate: null, membershipChange };
}
