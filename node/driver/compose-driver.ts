/** Builds the consensus core and the workers around it, and ties them together. */
import type { Entry } from "../../consensus/messages.ts";
import { seededRandom } from "../../consensus/random.ts";
import { RawNode } from "../../consensus/raw-node.ts";
import type { CertificateContext } from "../../ledger/certificate.ts";
import type { Signer } from "../../ledger/native/ed25519-signer.ts";
import { Elections } from "../chain/elections.ts";
import type { ChainLink } from "../chain/ledger-chain.ts";
import type { NodeLog } from "../logger.ts";
import type { Mempool } from "../mempool.ts";
import type { OpenedChain } from "../open-chain.ts";
import { Intake } from "../snapshot/intake.ts";
import { Offering } from "../snapshot/offering.ts";
import type { SnapshotPolicy } from "../snapshot/policy.ts";
import type { Frame } from "../wire.ts";
import { Applier } from "./applier.ts";
import { BlockExaminer } from "./block-examiner.ts";
import { BlockProducer } from "./block-producer.ts";
import { Driver } from "./driver.ts";
import { LogWriter } from "./log-writer.ts";
import { Receiver } from "./receiver.ts";

const LIMITS = {
  /** Bytes of blocks in one MsgApp; a larger block travels alone. */
  maxMessageBytes: 4 * 1024 * 1024,
  /** Bytes of blocks under way to one follower. */
  maxInflightBytes: 32 * 1024 * 1024,
  /** Bytes that a leader appends beyond what is applied: it refuses more until a quorum follows. */
  maxUncommittedBytes: 64 * 1024 * 1024,
} as const;

/** How long a member may take to answer a question for a piece of a snapshot, in election timeouts. */
const PATIENCE_ELECTIONS = 3;

/** How long a leader whose block was refused is passed over, in election timeouts. */
const SILENCE_ELECTIONS = 3;

/** What the consensus of a node is built from. */
export interface DriverSetup {
  readonly self: number;
  readonly signer: Signer;
  readonly context: CertificateContext;
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
  const { self, signer, context, opened, mempool, nowMs, log } = setup;
  const { blocks, chain, tail, certifier } = opened;
  const elections = new Elections(context, self, signer);
  const core = createCore(setup, (entry) => driver.seal(sealEntry(setup, elections, entry)));
  const commit = () => core.basicStatus().commit;
  const { electionTicks, heartbeatTicks } = setup.timing;
  const receiver = new Receiver({
    examiner: new BlockExaminer({ chain, tail, certifier, log, commit }),
    tail,
    certifier,
    elections,
    log,
    term: () => core.basicStatus().term,
    ageMs: () => nowMs() - setup.genesisTimeMs,
    silenceHeartbeats: Math.ceil((SILENCE_ELECTIONS * electionTicks) / heartbeatTicks),
    regain: () => blocks.regain,
  });
  const writer = new LogWriter({
    self,
    blocks,
    certifier,
    elections,
    settleSnapshot: async (hardState) => {
      await intake.settle(hardState);
      offering.withdraw();
      mempool.clear();
      setup.onApplied(chain.applied);
    },
    deliver: (response) => driver.deliver(response),
  });
  const applier = new Applier({
    chain,
    tail,
    onApplied: (link) => {
      setup.onApplied(link);
      offering.applied(link);
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
    leadingTerm: () => {
      const { state, term } = core.basicStatus();
      return state === "StateLeader" ? term : null;
    },
    propose: (link) => driver.propose(link),
  });
  const { send, onFailure } = setup;
  const offering = new Offering({ ...opened, policy: setup.snapshots ?? null, log, onFailure });
  const intake = new Intake({
    ...opened,
    context,
    send,
    members: () => others(setup),
    patienceTicks: PATIENCE_ELECTIONS * electionTicks,
    log,
    onFailure,
  });
  const workers = { receiver, writer, applier, producer, offering, intake };
  const driver = new Driver({
    self,
    core,
    tail,
    certifier,
    elections,
    ...workers,
    isRegaining: () => blocks.regain !== null,
    firstIndex: () => blocks.firstIndex(),
    offerTicks: electionTicks,
    log,
    send,
    onFailure,
  });
  return driver;
}

/** Numbers of the other members. */
function others({ self, context }: DriverSetup): number[] {
  const numbers = context.membership.members.map(({ number }) => number);
  return numbers.filter((number) => number !== self);
}

/** @param sealOwn makes the block of an entry that the core appends by itself. */
function createCore(setup: DriverSetup, sealOwn: (entry: Entry) => Uint8Array): RawNode {
  const { blocks, chain } = setup.opened;
  return new RawNode({
    id: setup.self,
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
    seal: (entry) => (entry.data.length > 0 ? entry.data : sealOwn(entry)),
  });
}

/** The first block of a term: empty, with the proof of its leader's election. */
function sealEntry(setup: DriverSetup, elections: Elections, entry: Entry): ChainLink {
  const { chain, tail, certifier } = setup.opened;
  const parent = tail.last;
  const { term, height, hash } = parent.tip;
  if (height !== entry.index - 1)
    throw new Error(`the log ends at ${height}, not below ${entry.index}`);
  const control = {
    lastCertificate: certifier.certified,
    leaderCertificate: elections.leaderCertificate(entry.term, { term, height, hash }),
    membershipChange: null,
  };
  const draft = { term: entry.term, timestampMs: setup.nowMs(), control, transactions: [] };
  return chain.build(draft, { parent, state: { get: () => null, tree: parent.tree } });
}
