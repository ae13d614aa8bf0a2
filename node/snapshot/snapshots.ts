/**
 * All that a node does with snapshots, as its driver sees it: offers its own, takes those of others, and on the leader
 * tells followers that they need one.
 */
import type { Message } from "../../consensus/messages.ts";
import type { RawNode } from "../../consensus/raw-node.ts";
import type { HardState } from "../../consensus/storage.ts";
import type { SignatureContext } from "../../ledger/certificate.ts";
import type { ChainLink } from "../chain/chain-link.ts";
import { confStateAfter } from "../chain/conf-change.ts";
import type { NodeLog } from "../logger.ts";
import type { SnapshotStatus } from "../node-status.ts";
import type { OpenedChain } from "../open-chain.ts";
import type { SnapshotAnswer, SnapshotQuestion } from "../wire.ts";
import { Intake } from "./intake.ts";
import { Offering } from "./offering.ts";
import type { SnapshotPolicy } from "./policy.ts";
import { stateSequence } from "./state-sequence.ts";
import { WitnessEraser } from "./witness-eraser.ts";

/** How long a member may take to answer a question for a piece of a snapshot, in election timeouts. */
const PATIENCE_ELECTIONS = 3;

/** What snapshots are made and taken with. */
export interface SnapshotsParts {
  readonly self: number;
  readonly opened: OpenedChain;
  readonly signatures: SignatureContext;
  readonly core: Pick<RawNode, "basicStatus" | "status" | "reportSnapshot">;
  /** Null makes none, and keeps all bodies of blocks. */
  readonly policy: SnapshotPolicy | null;
  readonly electionTicks: number;
  readonly log: NodeLog;
  readonly send: (to: number, frame: SnapshotQuestion | SnapshotAnswer) => void;
  /** Resolves when nothing is being applied. */
  readonly appliedAll: () => Promise<void>;
  /** The state is that of a snapshot now, and blocks up to it were passed over. */
  readonly onTaken: () => void;
  /** Removes the databases that were set aside; left out where there can be none. */
  readonly removeSetAside?: () => Promise<void>;
  readonly onFailure: (error: unknown) => void;
}

/** The snapshots of one node. */
export class Snapshots {
  readonly #parts: SnapshotsParts;
  readonly #offering: Offering;
  readonly #intake: Intake;
  readonly #eraser: WitnessEraser;
  #ticks = 0;

  constructor(parts: SnapshotsParts) {
    this.#parts = parts;
    const { opened, policy, electionTicks, self } = parts;
    this.#offering = new Offering({
      ...parts,
      ...opened,
      policy,
      isNeeded: () => this.#eraser.needsSnapshot || this.#isOutOfReach,
      onMade: () => this.#eraser.look(),
    });
    this.#eraser = new WitnessEraser({
      ...parts,
      ...opened,
      offered: () => this.#offering.offered,
    });
    this.#intake = new Intake({
      ...parts,
      ...opened,
      members: () => othersOf(opened, self),
      patienceTicks: PATIENCE_ELECTIONS * electionTicks,
    });
  }

  /** What this node has and does of snapshots. */
  get status(): SnapshotStatus {
    return {
      offeredHeight: this.#offering.height,
      wholeFrom: this.#parts.opened.blocks.firstIndex(),
      bodiesFrom: this.#parts.opened.blocks.stored.bodiesFrom,
      prunedHeight: this.#eraser.prunedHeight,
      arriving: this.#intake.progress,
    };
  }

  /** Whoever is behind the log's first block would get nothing from this node: it took a snapshot, and has none to give. */
  get #isOutOfReach(): boolean {
    return this.#offering.offered === null && this.#parts.opened.blocks.firstIndex() > 1;
  }

  /** The state that auditors begin with; null when all blocks are whole, or no snapshot is offered. */
  openingState(): Iterable<Uint8Array> | null {
    const { offered } = this.#offering;
    if (offered === null || this.#eraser.prunedHeight === 0) return null;
    return stateSequence(this.#parts.opened.database, offered);
  }

  /** One tick of the consensus clock, before the core's. */
  tick(): void {
    this.#offering.tick();
    this.#intake.tick();
    this.#ticks += 1;
    if (this.#ticks % this.#parts.electionTicks === 0) this.#tellAgain();
  }

  /** A block was applied, and nothing after it; the core knows. */
  applied(link: ChainLink): void {
    this.#eraser.look();
    this.#offering.applied(link);
  }

  /** A question for, or a piece of, a snapshot. @throws StorageError. */
  receive(from: number, frame: SnapshotQuestion | SnapshotAnswer): void {
    if (frame.kind === "answer") this.#intake.answered(from, frame);
    else this.#parts.send(from, this.#offering.answer(frame));
  }

  /**
   * The leader no longer sends what this node needs (MsgSnap). Which snapshot is taken does not matter: one that was
   * fetched earlier, or elsewhere, will do (Raft section 7).
   * @returns what the core may be told in this very turn; null while the snapshot is fetched.
   */
  async offered(message: Message): Promise<Message | null> {
    const { opened, core, appliedAll } = this.#parts;
    const { certifier, tail } = opened;
    const { snapshot, from } = message;
    if (snapshot === null) return null;
    const { index, term } = snapshot;
    const isHere = index <= certifier.certifiedHeight && tail.blockAt(index)?.term === term;
    if (isHere || index <= core.basicStatus().commit) return message;
    const arrived = this.#intake.offered(from);
    if (arrived === null) return null;
    // Nothing may be under way that would be applied to the state that is replaced.
    await appliedAll();
    // The log may have come as far meanwhile: then the core goes on with it.
    certifier.adopt(arrived.manifest.certificate, tail.blockAt);
    const { tip } = arrived;
    const confState = confStateAfter(tip.memberships, tip.height);
    const taken = { index: tip.height, term: tip.term, confState, data: snapshot.data };
    return { ...message, snapshot: taken };
  }

  /** The core has put a snapshot in the place of its log: all that is executed from now on goes on from it. */
  use(height: number): void {
    this.#intake.use(height);
  }

  /** Makes it last. */
  async settle(hardState: HardState | null): Promise<void> {
    await this.#intake.settle(hardState);
    this.#offering.withdraw();
    this.#parts.onTaken();
    // What is to be offered or destroyed after it does not wait for a block, which may be long in coming.
    this.applied(this.#parts.opened.chain.applied);
  }

  /** Lets go of what is under way. */
  async stop(): Promise<void> {
    await Promise.all([this.#offering.stop(), this.#intake.stop(), this.#eraser.stop()]);
  }

  /** The core says once that a follower needs a snapshot; it is said until the follower has one. */
  #tellAgain(): void {
    const { core } = this.#parts;
    if (core.basicStatus().state !== "StateLeader") return;
    for (const [id, { state }] of core.status().progress) {
      if (state === "StateSnapshot") core.reportSnapshot(id, false);
    }
  }
}

/** Numbers of the other members, as far as this node knows. */
function othersOf({ memberships }: OpenedChain, self: number): number[] {
  const members = memberships.current().flatMap((membership) => membership.members);
  return [...new Set(members.map(({ number }) => number))].filter((number) => number !== self);
}
