/** Builds the consensus core and the workers around it, and ties them together. */
import type { RawNode } from "../../consensus/raw-node.ts";
import type { SignatureContext } from "../../ledger/certificate.ts";
import { votersOf } from "../../ledger/membership.ts";
import type { ChainLink } from "../chain/chain-link.ts";
import { Elections } from "../chain/elections.ts";
import type { Identity } from "../chain/identity.ts";
import { Witness } from "../chain/witness.ts";
import type { NodeLog } from "../logger.ts";
import type { Mempool } from "../mempool.ts";
import type { SnapshotPolicy } from "../snapshot/policy.ts";
import { Snapshots } from "../snapshot/snapshots.ts";
import type { Frame } from "../wire.ts";
import { Applier } from "./applier.ts";
import { BlockExaminer } from "./block-examiner.ts";
import { BlockProducer, type BlockProducerParts } from "./block-producer.ts";
import { applyChange, type ChainCoreSetup, createCore, mayLead, sealEntry } from "./chain-core.ts";
import { DiskWatch } from "./disk-watch.ts";
import { Driver } from "./driver.ts";
import { LeaderWatch } from "./leader-watch.ts";
import { LogWriter } from "./log-writer.ts";
import { MembershipChanger } from "./membership-changer.ts";
import { Receiver } from "./receiver.ts";

/** Within how many heartbeats a member must have answered to count as alive when the membership changes. */
const HEARD_HEARTBEATS = 4;

/** How long a write may take before the disk is said to stand still, in election timeouts. */
const STILL_ELECTIONS = 3;
/** How long a leader whose block was refused is passed over, in election timeouts. */
const SILENCE_ELECTIONS = 3;

/** What the consensus of a node is built from. */
export interface DriverSetup
  extends Omit<ChainCoreSetup, "self">,
    Pick<BlockProducerParts, "loopTimes" | "after" | "pipelinedMin"> {
  readonly identity: Identity;
  readonly signatures: SignatureContext;
  readonly mempool: Mempool;
  readonly nowMs: () => number;
  /** When the network began, ms since 1970. */
  readonly genesisTimeMs: number;
  readonly log: NodeLog;
  /** Null or left out: no snapshots are made, and all bodies of blocks are kept. */
  readonly snapshots?: SnapshotPolicy | null;
  /** Removes the databases that were set aside; left out where there can be none. */
  readonly removeSetAside?: () => Promise<void>;
  readonly send: (to: number, frame: Frame) => void;
  /** Members in reach. */
  readonly connected: () => ReadonlySet<number>;
  readonly onApplied: (link: ChainLink) => void;
  readonly onFailure: (error: unknown) => void;
}

/** Builds the driver of a node. */
export function composeDriver(setup: DriverSetup): Driver {
  const { identity, signatures, opened, nowMs, log, send, onFailure } = setup;
  const { blocks, chain, tail, certifier, memberships } = opened;
  const self = identity.number;
  const elections = new Elections(signatures, identity, memberships, blocks.gone.justify);
  const core = createCore({ ...setup, self }, (entry) =>
    driver.seal(sealEntry(opened, elections, entry, nowMs())),
  );
  const leadingTerm = () => {
    const { state, term } = core.basicStatus();
    return state === "StateLeader" ? term : null;
  };
  const { electionTicks, heartbeatTicks } = setup.timing;
  const witness = new Witness({
    context: { ...signatures, membershipOf: (hash) => memberships.named(hash) },
    store: opened.evidence,
    standing: () => elections.standing,
    log,
    onFailure,
  });
  const receiver = composeReceiver(setup, core, { elections, witness });
  const disk = new DiskWatch(STILL_ELECTIONS * electionTicks);
  const writer = new LogWriter({
    self,
    blocks,
    certifier,
    elections,
    disk,
    settleSnapshot: (hardState) => snapshots.settle(hardState),
    deliver: (response) => driver.deliver(response),
  });
  const applier = new Applier({
    chain,
    tail,
    disk,
    syncCertificate: () => writer.syncCertificate(),
    onMembershipChange: (before, after) => applyChange(core, before, after),
    onApplied: setup.onApplied,
    deliver: (message) => {
      driver.deliverApplied(message);
      // Not before the core knows: it looks through all blocks that it does not know to be applied.
      snapshots.applied(chain.applied);
    },
  });
  const producer = new BlockProducer({
    ...setup,
    ...opened,
    leadingTerm,
    propose: (link) => driver.propose(link),
    wake: () => driver.produce(),
  });
  const hearingTicks = HEARD_HEARTBEATS * heartbeatTicks;
  const changer = new MembershipChanger({
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
  const leaderWatch = watchLeader(core, setup);
  const snapshots = composeSnapshots(setup, core, applier);
  const watches = { changer, disk, leaderWatch, snapshots };
  const workers = { receiver, witness, writer, applier, producer, ...watches };
  const driver = new Driver({
    self,
    core,
    ...opened,
    elections,
    ...workers,
    mayLead: (term) => mayLead(opened, term),
    log,
    send,
    onFailure,
  });
  return driver;
}

function watchLeader(core: RawNode, { identity, opened, connected }: DriverSetup): LeaderWatch {
  return new LeaderWatch({
    self: identity.number,
    status: () => core.basicStatus(),
    connected,
    voters: () => votersOf(opened.tail.last.tip.memberships.current),
    forgetLeader: () => core.forgetLeader(),
    campaign: () => core.campaign(),
  });
}

function composeSnapshots(setup: DriverSetup, core: RawNode, applier: Applier): Snapshots {
  return new Snapshots({
    ...setup,
    self: setup.identity.number,
    core,
    policy: setup.snapshots ?? null,
    electionTicks: setup.timing.electionTicks,
    appliedAll: () => applier.rest(),
    onTaken: () => {
      setup.mempool.clear();
      setup.onApplied(setup.opened.chain.applied);
    },
  });
}

function composeReceiver(
  { opened, timing, log, nowMs, genesisTimeMs }: DriverSetup,
  core: RawNode,
  { elections, witness }: { readonly elections: Elections; readonly witness: Witness },
): Receiver {
  const { blocks, chain, tail, certifier, memberships } = opened;
  const term = () => core.basicStatus().term;
  const commit = () => core.basicStatus().commit;
  return new Receiver({
    examiner: new BlockExaminer({ chain, tail, certifier, witness, log, term, commit }),
    tail,
    certifier,
    elections,
    memberships,
    log,
    term,
    ageMs: () => nowMs() - genesisTimeMs,
    silenceHeartbeats: Math.ceil(
      (SILENCE_ELECTIONS * timing.electionTicks) / timing.heartbeatTicks,
    ),
    gone: blocks.gone,
  });
}
