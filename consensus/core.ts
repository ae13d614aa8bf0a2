// Invariants
// - The term never falls; within a term the vote changes at most once, from nobody to somebody.
// - A message of an older term changes nothing here; one of a newer term first makes a follower.
// - What rests on durable state waits in `messagesAfterAppend` until that state is durable.
import { assert, assertCounter } from "./assert.ts";
import { CANDIDATE, hearRefusal } from "./candidate.ts";
import type { ResolvedConfig } from "./config.ts";
import { formatConfState, formatId } from "./describe.ts";
import { FOLLOWER } from "./follower.ts";
import { LEADER } from "./leader.ts";
import { Leadership } from "./leadership.ts";
import { RaftLog } from "./log.ts";
import { brokenRule, type ConfState, makeConfState, votersOf } from "./membership.ts";
import {
  type Entry,
  entriesBytes,
  type Message,
  type MessageFields,
  makeMessage,
  payloadBytes,
  type Snapshot,
  traitsOf,
} from "./messages.ts";
import { afterApplying } from "./reconfiguration.ts";
import type { StepResult } from "./step-result.ts";
import type { HardState } from "./storage.ts";
import { Tracker } from "./tracker.ts";
import {
  type Logger,
  type LogIndex,
  NO_NODE,
  type NodeId,
  type StateType,
  type Term,
  type Ticks,
} from "./types.ts";
import { handleVoteRequest, ignoresCandidate, rejectVote } from "./voter.ts";

/** What a node does in one of its states. */
export interface Role {
  step(core: Core, message: Message): StepResult;
  tick(core: Core): void;
}

const ROLES: Readonly<Record<StateType, Role>> = {
  StateFollower: FOLLOWER,
  StatePreCandidate: CANDIDATE,
  StateCandidate: CANDIDATE,
  StateLeader: LEADER,
};

/** A read that may be answered once the application has applied `index`. */
export interface ReadState {
  readonly index: LogIndex;
  /** What the reader gave to `readIndex`. */
  readonly context: Uint8Array;
}

/** One node: the state that all roles share, the checks that come before them, and the dispatch. */
export class Core {
  readonly config: ResolvedConfig;
  readonly id: NodeId;
  readonly logger: Logger | undefined;
  readonly log: RaftLog;
  readonly tracker: Tracker;

  #term: Term = 0;
  #vote: NodeId = NO_NODE;
  /** The leader of this term, as far as known. */
  lead: NodeId = NO_NODE;
  state: StateType = "StateFollower";
  leadership: Leadership = new Leadership();

  /** Ticks since this node heard from its leader, began to campaign, or last checked its quorum. */
  electionElapsed: Ticks = 0;
  /** When an election begins: drawn anew with each change of state. */
  randomizedElectionTicks: Ticks = 0;

  /** To other nodes, at once. */
  messages: Message[] = [];
  /** To other nodes and to this one, once all that is unstable now is durable. */
  messagesAfterAppend: Message[] = [];
  /** To the application. */
  readStates: ReadState[] = [];

  constructor(config: ResolvedConfig) {
    this.config = config;
    this.id = config.id;
    this.logger = config.logger;
    this.log = new RaftLog(config);
    this.tracker = new Tracker(config);
    const { hardState, confState } = config.storage.initialState();
    this.restoreMembership(confState);
    this.#loadHardState(hardState);
    if (config.applied !== undefined) this.log.appliedTo(config.applied, 0);
    this.becomeFollower(this.#term, NO_NODE);
    this.#logStart();
  }

  get term(): Term {
    return this.#term;
  }

  get vote(): NodeId {
    return this.#vote;
  }

  get hardState(): HardState {
    return { term: this.#term, vote: this.#vote, commit: this.log.committed };
  }

  /** A tick of the driver's clock. */
  tick(): void {
    ROLES[this.state].tick(this);
  }

  /** Takes a message, from another node or from this one. Never changes it. */
  step(message: Message): StepResult {
    hearRefusal(this, message);
    if (message.term > this.#term) {
      if (ignoresCandidate(this, message)) return null;
      this.#followHigherTerm(message);
    } else if (message.term !== 0 && message.term < this.#term) {
      this.#answerLowerTerm(message);
      return null;
    }
    switch (message.type) {
      case "MsgStorageAppendResp":
        return this.#onAppended(message);
      case "MsgStorageApplyResp":
        return this.#onApplied(message.entries);
      case "MsgVote":
      case "MsgPreVote":
        return handleVoteRequest(this, message, message.type);
      default:
        return ROLES[this.state].step(this, message);
    }
  }

  /** Queues a message; fills in who sends it and in which term. */
  send(fields: MessageFields): void {
    const { election, termless, afterAppend } = traitsOf(fields.type);
    const ownTerm = termless ? 0 : this.#term;
    const term = election ? (fields.term ?? 0) : ownTerm;
    const message = makeMessage(fields, fields.from || this.id, term);
    assert(!election || message.term > 0, () => `${message.type} without a term`);
    if (afterAppend) {
      this.messagesAfterAppend.push(message);
      return;
    }
    assert(message.to !== this.id, () => `${message.type} sent to oneself`);
    this.messages.push(message);
  }

  /** Follows `lead`, or nobody yet, in `term`. */
  becomeFollower(term: Term, lead: NodeId): void {
    this.reset(term);
    this.lead = lead;
    this.state = "StateFollower";
    this.logger?.("INFO", `${formatId(this.id)} became follower at term ${this.#term}`);
  }

  /** Begins a term, or begins this one again, without memory of what it was good for. */
  reset(term: Term): void {
    assertCounter("term", term);
    assert(term >= this.#term, () => `the term falls from ${this.#term} to ${term}`);
    if (term !== this.#term) {
      this.#term = term;
      this.#vote = NO_NODE;
    }
    this.lead = NO_NODE;
    this.electionElapsed = 0;
    const { electionTicks, random } = this.config;
    this.randomizedElectionTicks = electionTicks + random(electionTicks);
    this.tracker.resetProgress(this.id, this.log.lastIndex());
    this.leadership = new Leadership();
  }

  /** Votes, once a term (Raft paper, 5.2). */
  voteFor(id: NodeId): void {
    const free = this.#vote === NO_NODE || this.#vote === id;
    assert(free, () => `second vote in term ${this.#term}: ${this.#vote}, then ${id}`);
    this.#vote = id;
  }

  /**
   * Whether this node may campaign: it votes, and its log is not about to be replaced by a snapshot
   * that may say otherwise.
   */
  promotable(): boolean {
    const progress = this.tracker.progressOf(this.id);
    return progress !== undefined && !progress.isLearner && this.log.unstable.snapshot === null;
  }

  /** Takes over the membership that storage or a snapshot says. */
  restoreMembership(confState: ConfState): void {
    const broken = brokenRule(confState);
    assert(broken === null, () => `stored membership: ${broken}`);
    this.tracker.restore(makeConfState(confState), this.log.lastIndex());
    this.logMembership();
  }

  /** Tells who takes part from now on. */
  logMembership(): void {
    const confState = formatConfState(this.tracker.confState);
    this.logger?.("INFO", `${formatId(this.id)} switched to configuration ${confState}`);
  }

  #loadHardState(hardState: HardState): void {
    const { term, vote, commit } = hardState;
    const last = this.log.lastIndex();
    assert(commit <= last, () => `persisted commit ${commit} is behind the end of the log ${last}`);
    // It may lag behind what is compacted away: that was applied, hence committed.
    this.log.commitTo(commit);
    this.#term = term;
    this.#vote = vote;
  }

  #logStart(): void {
    const { committed, applied } = this.log;
    const { index, term } = this.log.lastId();
    const peers = votersOf(this.tracker.confState).map(formatId).join(",");
    this.logger?.(
      "INFO",
      `newRaft ${formatId(this.id)} [peers: [${peers}], term: ${this.#term}, ` +
        `commit: ${committed}, applied: ${applied}, lastindex: ${index}, lastterm: ${term}]`,
    );
  }

  /** A higher term makes a follower (Raft paper, 5.1), unless the message only asks "what if". */
  #followHigherTerm(message: Message): void {
    const { type, from, term } = message;
    // A pre-vote is about a term that has not begun; so is its grant, which the candidate awaits.
    if (type === "MsgPreVote" || (type === "MsgPreVoteResp" && !message.reject)) return;
    this.logger?.(
      "INFO",
      `${formatId(this.id)} [term: ${this.#term}] received a ${type} message ` +
        `with higher term from ${formatId(from)} [term: ${term}]`,
    );
    const fromLeader = type === "MsgApp" || type === "MsgHeartbeat" || type === "MsgSnap";
    this.becomeFollower(term, fromLeader ? from : NO_NODE);
  }

  #answerLowerTerm(message: Message): void {
    const { type, from } = message;
    const { checkQuorum, preVote } = this.config;
    if ((checkQuorum || preVote) && (type === "MsgHeartbeat" || type === "MsgApp")) {
      // This node's term ran ahead, and no candidate's term may be taken up to catch up with it:
      // votes are ignored in a lease, pre-votes change no term. So the leader must be told, or this
      // node would never be heard again (etcd issue 8243).
      this.send({ type: "MsgAppResp", to: from });
    } else if (type === "MsgPreVote") {
      // Silence would leave a candidate with a short log and a low term waiting (etcd issue 8501).
      rejectVote(this, message, type);
    } else if (type === "MsgStorageAppendResp") {
      this.#onAppendedInOlderTerm(message);
    } else {
      this.logger?.(
        "INFO",
        `${formatId(this.id)} [term: ${this.#term}] ignored a ${type} message ` +
          `with lower term from ${formatId(from)} [term: ${message.term}]`,
      );
    }
  }

  #onAppended(message: Message): null {
    if (message.index !== 0) {
      this.log.unstable.stableTo({ term: message.logTerm, index: message.index });
    }
    if (message.snapshot !== null) this.#onSnapshotApplied(message.snapshot);
    return null;
  }

  /**
   * A write finished whose entries may have been replaced since, in a later term, by entries that
   * have not reached the disk; even if the same entries have come back meanwhile, the disk may
   * still overwrite them (the ABA race, etcd-io/raft pull request 8). So entries do not count as
   * stable. A snapshot does: it holds committed state, which no term takes back.
   */
  #onAppendedInOlderTerm(message: Message): void {
    if (message.index !== 0) {
      this.logger?.(
        "INFO",
        `${formatId(this.id)} [term: ${this.#term}] ignored entry appends from a ${message.type} ` +
          `message with lower term [term: ${message.term}]`,
      );
    }
    if (message.snapshot !== null) this.#onSnapshotApplied(message.snapshot);
  }

  #onSnapshotApplied({ index }: Snapshot): void {
    this.log.unstable.stableSnapshotTo(index);
    this.#appliedTo(index, 0);
  }

  #onApplied(entries: readonly Entry[]): null {
    const last = entries.at(-1);
    if (last === undefined) return null;
    this.#appliedTo(last.index, entriesBytes(entries));
    const { leadership } = this;
    leadership.uncommittedBytes = Math.max(0, leadership.uncommittedBytes - payloadBytes(entries));
    return null;
  }

  #appliedTo(index: LogIndex, bytes: number): void {
    this.log.appliedTo(Math.max(index, this.log.applied), bytes);
    if (this.state === "StateLeader") afterApplying(this);
  }
}
