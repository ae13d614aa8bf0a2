/**
 * Drives the consensus core: feeds it ticks and judged messages, and does all that it asks, in the order
 * that its contract demands (consensus/README.md). Between an input and the end of the work that follows from
 * it nothing is awaited; disk and network go on beside it.
 */
import type { ConfChange } from "../../consensus/conf-change.ts";
import type { Message } from "../../consensus/messages.ts";
import type { RawNode } from "../../consensus/raw-node.ts";
import type { BasicStatus, Status } from "../../consensus/status.ts";
import type { StepResult } from "../../consensus/step-result.ts";
import { LOCAL_APPEND_THREAD, LOCAL_APPLY_THREAD } from "../../consensus/types.ts";
import type { LeaderCertificate, LogPosition } from "../../ledger/certificate.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import type { Hash } from "../../ledger/hash.ts";
import { membershipHash } from "../../ledger/membership.ts";
import type { Certifier, VotedBlock } from "../chain/certifier.ts";
import type { ChainLink } from "../chain/chain-link.ts";
import type { Elections } from "../chain/elections.ts";
import type { Witness } from "../chain/witness.ts";
import type { NodeLog } from "../logger.ts";
import type { SnapshotStatus } from "../node-status.ts";
import type { Snapshots } from "../snapshot/snapshots.ts";
import type { BlockLog } from "../storage/block-log.ts";
import {
  type ConsensusFrame,
  type Frame,
  type SnapshotAnswer,
  type SnapshotQuestion,
  WIRE_ELECTIONS_MAX,
} from "../wire.ts";
import type { Applier } from "./applier.ts";
import type { BlockProducer } from "./block-producer.ts";
import type { DiskWatch } from "./disk-watch.ts";
import { requestsBehindWrite } from "./durable-requests.ts";
import type { LeaderWatch } from "./leader-watch.ts";
import type { DurableResponse, LogWriter } from "./log-writer.ts";
import type { MembershipChanger, MembershipWait } from "./membership-changer.ts";
import type { Receiver } from "./receiver.ts";
import type { Tail } from "./tail.ts";

/** What the driver brings together. */
export interface DriverParts {
  readonly self: number;
  readonly core: RawNode;
  readonly blocks: BlockLog;
  readonly tail: Tail;
  readonly certifier: Certifier;
  readonly elections: Elections;
  readonly receiver: Receiver;
  readonly witness: Witness;
  readonly writer: LogWriter;
  readonly disk: DiskWatch;
  readonly applier: Applier;
  readonly producer: BlockProducer;
  readonly changer: MembershipChanger;
  readonly leaderWatch: LeaderWatch;
  readonly snapshots: Snapshots;
  readonly log: NodeLog;
  readonly send: (to: number, frame: Frame) => void;
  /** False while nobody may be asked for a vote in a term: pre-votes that nobody gets elect nobody. */
  readonly mayLead: (term: number) => boolean;
  /** Called once when the node cannot go on: its disk failed, or an invariant is broken. */
  readonly onFailure: (error: unknown) => void;
}

/** The loop around one consensus core. */
export class Driver {
  readonly #parts: DriverParts;
  /** Links of received entries, until the core says that it took them. */
  readonly #offered = new Map<string, ChainLink>();
  /** The elections that came with the message being stepped: why blocks may be replaced. */
  #shown: readonly LeaderCertificate[] = [];
  readonly #committedAtStart: number;
  #inbox: Promise<void> = Promise.resolve();
  #stopped = false;
  #ticks = 0;
  /** When each member was heard last, in ticks. */
  readonly #heard = new Map<number, number>();

  constructor(parts: DriverParts) {
    this.#parts = parts;
    this.#committedAtStart = parts.core.basicStatus().commit;
  }

  /** Role, term, leader and positions. */
  get status(): BasicStatus {
    return this.#parts.core.basicStatus();
  }

  /** Status with the leader's view of all others. */
  get fullStatus(): Status {
    return this.#parts.core.status();
  }

  /** The state that auditors begin with; null when all blocks are whole. */
  openingState(): Iterable<Uint8Array> | null {
    return this.#parts.snapshots.openingState();
  }

  /** What this node has and does of snapshots. */
  get snapshots(): SnapshotStatus {
    return this.#parts.snapshots.status;
  }

  /** One tick of the consensus clock. */
  tick(): void {
    const { core, changer, disk, leaderWatch, snapshots } = this.#parts;
    this.#ticks += 1;
    this.#input(() => {
      for (const one of [disk, snapshots, core, leaderWatch]) one.tick();
    });
    if (!this.#stopped) changer.tick();
  }

  /** True when a member sent anything within so many ticks, or is this node. */
  hears(member: number, withinTicks: number): boolean {
    const heard = member === this.#parts.self ? this.#ticks : this.#heard.get(member);
    return heard !== undefined && this.#ticks - heard <= withinTicks;
  }

  /** What a change of membership waits for, on the leader. */
  get membershipWait(): MembershipWait | null {
    return this.#parts.changer.waiting;
  }

  /** A message of another member. Resolves when more may come: blocks are judged one message at a time. */
  async receive(from: number, frame: ConsensusFrame): Promise<void> {
    if (frame.message.from !== from || frame.message.to !== this.#parts.self) return;
    this.#heard.set(from, this.#ticks);
    this.#parts.witness.hear(frame);
    if (frame.message.type === "MsgApp") {
      const turn = this.#inbox.then(() => this.#receiveBlocks(frame));
      this.#inbox = turn;
      await turn;
      return;
    }
    try {
      const message = this.#parts.receiver.receive(frame);
      if (message?.type === "MsgSnap") {
        this.#inbox = this.#inbox.then(() => this.#receiveSnapshot(message));
      } else if (message !== null) this.#input(() => this.#step(message));
    } catch (error) {
      this.#refuse(frame, error);
    }
  }

  /** A question for, or a piece of, a snapshot. */
  receivePiece(from: number, frame: SnapshotQuestion | SnapshotAnswer): void {
    try {
      this.#parts.snapshots.receive(from, frame);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Something waits in the mempool: makes blocks if this node leads. */
  produce(): void {
    if (!this.#stopped) this.#start(this.#parts.producer.run());
  }

  /** Gives a block to the core at the end of the log. @returns false when it is not taken now. */
  propose(link: ChainLink): boolean {
    if (link.block === null) throw new Error("only a built block can be proposed");
    this.#offer(link);
    const { bytes } = link.block;
    let taken = false;
    this.#input(() => {
      taken = this.#parts.core.propose(bytes) === null;
    });
    return taken;
  }

  /** Finishes what is under way; no input is taken any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#parts.snapshots.stop();
    await this.#inbox;
    await this.#parts.producer.run();
    await this.#parts.writer.run();
    await this.#parts.applier.run();
  }

  async #receiveBlocks(frame: ConsensusFrame): Promise<void> {
    try {
      const { receiver } = this.#parts;
      const examined = await receiver.examine(frame);
      // Nothing is awaited from here to the step: what was found above holds until then.
      const message = examined === null ? null : receiver.admit(frame, examined);
      if (examined === null || message === null) return;
      for (const link of examined.links) this.#offer(link);
      this.#shown = frame.elections;
      this.#input(() => this.#step(message));
      receiver.adoptCertificates(frame, examined.links);
    } catch (error) {
      this.#refuse(frame, error);
    }
  }

  async #receiveSnapshot(message: Message): Promise<void> {
    try {
      const taken = await this.#parts.snapshots.offered(message);
      if (taken !== null) this.#input(() => this.#step(taken));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** What a member sent was wrong: noted, and nothing stops. Anything else is this node's own failure. */
  #refuse({ message }: ConsensusFrame, error: unknown): void {
    if (error instanceof LedgerFault) {
      const { from, type } = message;
      this.#parts.log.warn("MESSAGE_REFUSED", { from, type, reason: error.message });
    } else {
      this.#fail(error);
    }
  }

  #step(message: Message): void {
    const refusal = this.#parts.core.step(message);
    if (refusal !== null) {
      this.#parts.log.debug("MESSAGE_NOT_TAKEN", { type: message.type, ...refusal });
    }
  }

  /** Every input goes through here: input first, then all work that follows from it. */
  #input(input: () => void): void {
    if (this.#stopped) return;
    try {
      input();
      const { core, certifier } = this.#parts;
      const { certified } = certifier;
      // Whoever showed it, and in whatever term: he may be gone for good (docs/decisions/0010).
      if (certified !== null) core.learnCommit({ term: certified.term, index: certified.height });
      while (core.hasReady()) this.#work();
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#start(this.#parts.writer.run());
    this.#start(this.#parts.applier.run());
    this.#start(this.#parts.producer.run());
  }

  #work(): void {
    const { core, certifier, tail, log } = this.#parts;
    const { messages: given, hardState, softState } = core.ready();
    const messages = requestsBehindWrite(given);
    if (softState !== null) {
      const { term } = core.basicStatus();
      log.info("ROLE_CHANGED", { state: softState.state, leader: softState.lead, term });
    }
    for (const message of messages) if (message.to === LOCAL_APPEND_THREAD) this.#append(message);
    // What the core of a leader counts as committed is certified by the votes that backed its count. What was
    // committed before a crash may have lost its certificate: a later one will cover it.
    if (hardState !== null && hardState.commit > this.#committedAtStart) {
      const block = tail.blockAt(hardState.commit);
      if (block !== undefined) certifier.certify(block, tail.blockAt);
    }
    for (const message of messages) {
      if (message.to === LOCAL_APPLY_THREAD) this.#parts.applier.apply(message);
      else if (message.to !== LOCAL_APPEND_THREAD) this.#send({ message, votes: [], grant: null });
    }
  }

  #append(message: Message): void {
    const { tail, writer, elections, self, snapshots } = this.#parts;
    const [first] = message.entries;
    if (message.snapshot !== null) {
      this.#replaceAbove(message.snapshot.index);
      snapshots.use(message.snapshot.index);
    }
    if (first !== undefined) this.#replaceAbove(first.index - 1);
    const voted: VotedBlock[] = message.entries.map(({ index, term }) => {
      const link = this.#offered.get(offerKey(index, term));
      if (link === undefined) throw new Error(`entry ${index} of term ${term} was not executed`);
      tail.put(link);
      return { term, height: index, hash: link.tip.hash };
    });
    if (message.entries.length > 0) {
      this.#offered.clear();
      const shown = tail.last.block?.control.lastCertificate ?? null;
      if (shown !== null) this.#parts.certifier.adopt(shown, tail.blockAt);
    }
    const position = positionOf(tail.last);
    for (const { type, reject, to, term } of message.responses) {
      if (type !== "MsgVoteResp" || reject) continue;
      const { certified } = this.#parts.certifier;
      if (to === self)
        elections.stand({ term, position, membershipHash: this.#nextMembershipHash() }, certified);
      else elections.granted(term, to, position);
    }
    writer.write(message, voted);
  }

  /** Blocks go from the log, and this node may have voted for them: it keeps why. */
  #replaceAbove(height: number): void {
    const { tail, blocks, elections } = this.#parts;
    const replaced = tail.above(height);
    if (replaced.length === 0) return;
    blocks.gone.replaced(replaced, elections.provenOf(this.#shown));
  }

  /** Of the block that this node would append now: elections are held under that membership. */
  #nextMembershipHash(): Hash {
    const { tail, certifier } = this.#parts;
    const lastCertificate = certifier.certified;
    return membershipHash(tail.last.tip.memberships.nextAfter({ lastCertificate }));
  }

  /** An answer whose promise is on disk: to another node, or back into the core. */
  deliver(response: DurableResponse): void {
    const { message, grant } = response;
    if (message.to !== this.#parts.self) {
      this.#send(response);
      return;
    }
    const isVote = message.type === "MsgVoteResp" && !message.reject;
    // A vote for itself that this node may not sign is none; and its own alone may be enough.
    if (isVote && (grant === null || !this.#parts.mayLead(message.term))) return;
    if (grant !== null) this.#parts.elections.received(message.term, grant);
    this.#input(() => this.#step(message));
  }

  /** The applier's answer. */
  deliverApplied(message: Message): void {
    this.#input(() => this.#step(message));
  }

  /** Proposes the next change of membership. @returns null, or why the core does not take it now. */
  changeMembership(change: ConfChange): StepResult {
    let result: StepResult = null;
    this.#input(() => {
      result = this.#parts.core.proposeConfChange(change);
    });
    return result;
  }

  /** Registers a link so that the core's append finds it. */
  #offer(link: ChainLink): void {
    this.#offered.set(offerKey(link.tip.height, link.tip.term), link);
  }

  /** Called where the core gives a new entry its place: makes the block of an entry that it made itself. */
  seal(link: ChainLink): Uint8Array {
    if (link.block === null) throw new Error("only a built block can be sealed");
    this.#offer(link);
    return link.block.bytes;
  }

  #send({ message, votes, grant }: DurableResponse): void {
    const { certifier, disk, elections, tail, send } = this.#parts;
    const isLeaders = ["MsgApp", "MsgHeartbeat", "MsgSnap"].includes(message.type);
    const asksForVote = message.type === "MsgVote";
    // It may have lost the election, and its log have changed, while its promise was written.
    const { state, term } = this.#parts.core.basicStatus();
    if (asksForVote && (state !== "StateCandidate" || term !== message.term)) return;
    const isCandidates = asksForVote || message.type === "MsgPreVote";
    // Whose disk stands still must not lead on: it would keep the others from electing one who can.
    if (isLeaders ? disk.isStill : isCandidates && !this.#parts.mayLead(message.term)) return;
    send(message.to, {
      kind: "consensus",
      message,
      votes,
      grant,
      // A commit index is believed only with its certificate, whoever tells it.
      certificate: message.commit > 0 || message.type === "MsgSnap" ? certifier.certified : null,
      candidacy: asksForVote
        ? { lastHash: tail.last.tip.hash, membershipHash: this.#nextMembershipHash() }
        : null,
      leadership: isLeaders ? elections.proofOf(message.term) : null,
      elections: this.#electionsBefore(message),
    });
  }

  /** Of the terms through which the leader's log went between what a follower has and what he sends. */
  #electionsBefore({ type, entries, logTerm, term }: Message): readonly LeaderCertificate[] {
    if (type !== "MsgApp" || entries.length === 0) return [];
    const { blocks } = this.#parts;
    const firsts = blocks.firstsBetween(logTerm, term).slice(0, WIRE_ELECTIONS_MAX);
    return firsts.flatMap((height) => blocks.block(height).control.leaderCertificate ?? []);
  }

  #start(work: Promise<void>): void {
    work.catch((error) => this.#fail(error));
  }

  #fail(error: unknown): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#parts.onFailure(error);
  }
}

function positionOf({ tip: { term, height, hash } }: ChainLink): LogPosition {
  return { term, height, hash };
}

function offerKey(height: number, term: number): string {
  return `${height}/${term}`;
}
