// A random walk of a group through a hostile world: messages are lost, doubled and reordered,
// writes take their time, nodes crash and forget what was not durable, membership changes, logs are
// compacted. After each step the invariants of Raft are checked from outside. The seed is all that
// a walk depends on.
import assert from "node:assert/strict";
import {
  type ConfChangeSingle,
  decodeConfChange,
  LEAVE_JOINT,
} from "../../../consensus/conf-change.ts";
import type { Config } from "../../../consensus/config.ts";
import { type ConfState, isJoint } from "../../../consensus/membership.ts";
import { MemoryStorage } from "../../../consensus/memory-storage.ts";
import {
  EMPTY_BYTES,
  type Entry,
  type Message,
  type Snapshot,
} from "../../../consensus/messages.ts";
import { jointVote } from "../../../consensus/quorum.ts";
import { type RandomBelow, seededRandom } from "../../../consensus/random.ts";
import { RawNode } from "../../../consensus/raw-node.ts";
import { type LogIndex, NO_NODE, type NodeId, type Term } from "../../../consensus/types.ts";
import { bytes, deepFreeze, text, votersAre } from "./values.ts";

const IDS: readonly NodeId[] = [1, 2, 3, 4, 5];
const FOUNDERS = votersAre(1, 2, 3);

/** How far a node has applied the log, and what that has led to. */
interface Applied {
  readonly index: LogIndex;
  readonly term: Term;
  readonly digest: string;
  readonly confState: ConfState;
}

function snapshotOf({ applied }: { readonly applied: Applied }): Snapshot {
  const { index, term, confState, digest } = applied;
  return { index, term, confState, data: bytes(digest) };
}

function appliedOf({ index, term, confState, data }: Snapshot): Applied {
  return { index, term, confState, digest: text(data) };
}

/** A storage that makes its snapshots when they are asked for, of what is applied by then. */
class FreshStorage extends MemoryStorage {
  makeSnapshot: () => Snapshot = () => this.stored;

  /** The snapshot that a crash leaves. */
  get stored(): Snapshot {
    return super.snapshot();
  }

  override snapshot(): Snapshot {
    return this.makeSnapshot();
  }
}

/** What outlives a crash, and what runs on top of it. */
interface Walker {
  readonly id: NodeId;
  readonly storage: FreshStorage;
  raw: RawNode;
  appendWork: Message[];
  applyWork: Message[];
  applied: Applied;
  /** The terms of all entries that the node took up, durable or not. */
  readonly terms: Map<LogIndex, Term>;
  /** What the last check saw. */
  seen: { readonly term: Term; readonly commit: LogIndex; readonly leads: boolean };
}

/** How a walk is set up. */
export interface WalkOptions {
  readonly seed: number;
  readonly config: Partial<Config>;
}

/** A group on its walk. */
export class Walk {
  readonly #random: RandomBelow;
  readonly #config: Partial<Config>;
  readonly #walkers: readonly Walker[];
  #network: Message[] = [];
  /** The node that hears nothing and is not heard, or nobody. */
  #cutOff: NodeId = NO_NODE;
  #proposals = 0;
  readonly #leaders = new Map<Term, NodeId>();
  /** What the first node that applied an index had applied by then. */
  readonly #history = new Map<LogIndex, string>();
  /** The highest index that anybody knew to be committed when a read began. */
  readonly #reads = new Map<string, LogIndex>();
  #committed: LogIndex = 0;
  /** How much happened: a walk on which nothing does proves nothing. */
  readonly happened = { applied: 0, reads: 0, crashes: 0, snapshots: 0, changes: 0 };

  constructor({ seed, config }: WalkOptions) {
    this.#random = seededRandom(seed);
    this.#config = config;
    this.#walkers = IDS.map((id) => {
      const storage = new FreshStorage(FOUNDERS);
      const walker: Walker = {
        id,
        storage,
        raw: this.#start(id, storage),
        appendWork: [],
        applyWork: [],
        applied: { index: 0, term: 0, digest: "", confState: FOUNDERS },
        terms: new Map([[0, 0]]),
        seen: { term: 0, commit: 0, leads: false },
      };
      storage.makeSnapshot = () => snapshotOf(walker);
      return walker;
    });
  }

  #start(id: NodeId, storage: MemoryStorage): RawNode {
    return new RawNode({
      electionTicks: 5,
      heartbeatTicks: 1,
      maxInflightMessages: 4,
      maxMessageBytes: 100,
      maxApplyingBytes: 200,
      ...this.#config,
      id,
      storage,
      random: this.#random,
      asyncStorageWrites: true,
    });
  }

  #pick<T>(items: readonly T[]): T {
    const item = items[this.#random(items.length)];
    assert.ok(item !== undefined, "nothing to pick from");
    return item;
  }

  /** Does one thing, at random. */
  step(): void {
    const walker = this.#pick(this.#walkers);
    const action = this.#random(100);
    if (action < 48) this.#deliver();
    else if (action < 66) this.#work(walker);
    else if (action < 72) walker.raw.tick();
    else if (action < 83) this.#finishAppend(walker);
    else if (action < 90) this.#finishApply(walker);
    else if (action < 95) this.#propose(walker);
    else if (action < 96) this.#read(walker);
    else if (action < 98) this.#compact(walker);
    else if (action < 99) this.#changeMembership(walker);
    else this.#disturb(walker);
    for (const each of this.#walkers) this.#check(each);
  }

  /** Ends all faults and lets the group work until every voter has applied all that is proposed. */
  settle(): void {
    this.#cutOff = NO_NODE;
    for (const walker of this.#walkers) this.#crash(walker);
    for (let round = 0; round < 2000 && !this.#isSettled(); round += 1) {
      for (const walker of this.#walkers) this.#workOff(walker);
      const messages = this.#network;
      this.#network = [];
      for (const message of messages) this.#receive(message);
      if (round % 50 !== 0) continue;
      for (const walker of this.#walkers) {
        this.#propose(walker);
        walker.raw.proposeConfChange(LEAVE_JOINT);
      }
    }
    assert.ok(this.#isSettled(), "the group did not come to rest");
  }

  #workOff(walker: Walker): void {
    walker.raw.tick();
    do {
      this.#work(walker);
      this.#finishAppend(walker);
      this.#check(walker);
      this.#finishApply(walker);
      this.#check(walker);
    } while (walker.raw.hasReady() || walker.appendWork.length + walker.applyWork.length > 0);
  }

  /** Whether all voters agree that one of them leads, and have applied all that is committed. */
  #isSettled(): boolean {
    const leader = this.#walkers.find(({ raw }) => raw.basicStatus().state === "StateLeader");
    if (leader === undefined) return false;
    const { term, commit, applied, lastIndex } = leader.raw.basicStatus();
    const { confState } = leader.applied;
    if (commit !== lastIndex || applied !== commit || isJoint(confState)) return false;
    if (leader.terms.get(commit) !== term) return false;
    return this.#walkers
      .filter(({ id }) => confState.voters.includes(id))
      .every((walker) => walker.applied.digest === leader.applied.digest);
  }

  #deliver(): void {
    if (this.#network.length === 0) return;
    const position = this.#random(this.#network.length);
    const [message] = this.#network.splice(position, 1);
    if (message === undefined) return;
    const fate = this.#random(20);
    const isCut = message.from === this.#cutOff || message.to === this.#cutOff;
    if (fate === 0 || isCut) return;
    if (fate === 1) this.#network.push(message);
    this.#receive(message);
  }

  #receive(message: Message): void {
    const target = this.#walkers.find(({ id }) => id === message.to);
    target?.raw.step(deepFreeze(message));
  }

  #work(walker: Walker): void {
    while (walker.raw.hasReady()) {
      const { messages, entries, readStates } = walker.raw.ready();
      for (const { index, term } of entries) walker.terms.set(index, term);
      for (const message of messages) {
        if (message.type === "MsgStorageAppend") walker.appendWork.push(message);
        else if (message.type === "MsgStorageApply") walker.applyWork.push(message);
        else this.#network.push(message);
      }
      for (const { index, context } of readStates) {
        const floor = this.#reads.get(text(context)) ?? 0;
        assert.ok(index >= floor, `a read saw ${index}, but ${floor} was committed before it`);
        this.happened.reads += 1;
      }
    }
  }

  #finishAppend(walker: Walker): void {
    const work = walker.appendWork.shift();
    if (work === undefined) return;
    const { term, vote, commit, snapshot, entries, responses } = work;
    if (term !== 0) walker.storage.setHardState({ term, vote, commit });
    if (snapshot !== null) this.#install(walker, snapshot);
    walker.storage.append(entries);
    this.#answer(walker, responses);
  }

  #install(walker: Walker, snapshot: Snapshot): void {
    walker.storage.applySnapshot(snapshot);
    walker.terms.set(snapshot.index, snapshot.term);
    walker.applied = appliedOf(snapshot);
    this.#checkHistory(walker);
    this.happened.snapshots += 1;
  }

  #finishApply(walker: Walker): void {
    const work = walker.applyWork.shift();
    if (work === undefined) return;
    for (const entry of work.entries) this.#apply(walker, entry);
    this.#answer(walker, work.responses);
  }

  #apply(walker: Walker, entry: Entry): void {
    // A snapshot overtook the applier.
    if (entry.index <= walker.applied.index) return;
    assert.equal(entry.index, walker.applied.index + 1, "entries are applied one after another");
    let { confState } = walker.applied;
    const change = entry.type === "EntryNormal" ? null : decodeConfChange(entry.data);
    if (change !== null) {
      ({ confState } = walker.raw.applyConfChange(change));
      this.happened.changes += 1;
    }
    const digest = digestOf(walker.applied.digest, entry);
    walker.applied = { index: entry.index, term: entry.term, digest, confState };
    this.#checkHistory(walker);
    this.happened.applied += 1;
  }

  #checkHistory({ applied }: Walker): void {
    const before = this.#history.get(applied.index);
    if (before === undefined) this.#history.set(applied.index, applied.digest);
    else assert.equal(applied.digest, before, `two histories at index ${applied.index}`);
  }

  #answer(walker: Walker, responses: readonly Message[]): void {
    for (const response of responses) {
      if (response.to === walker.id) walker.raw.step(response);
      else this.#network.push(response);
    }
  }

  #propose(walker: Walker): void {
    this.#proposals += 1;
    walker.raw.propose(bytes(`p${this.#proposals}`));
  }

  #read(walker: Walker): void {
    const name = `r${this.#reads.size}`;
    this.#reads.set(name, this.#committed);
    walker.raw.readIndex(bytes(name));
  }

  #changeMembership(walker: Walker): void {
    const types = [
      "ConfChangeAddNode",
      "ConfChangeRemoveNode",
      "ConfChangeAddLearnerNode",
    ] as const;
    const transitions = [
      "ConfChangeTransitionAuto",
      "ConfChangeTransitionJointImplicit",
      "ConfChangeTransitionJointExplicit",
    ] as const;
    const changes = Array.from({ length: this.#random(3) }, (): ConfChangeSingle => {
      return { type: this.#pick(types), nodeId: this.#pick(IDS) };
    });
    const transition = this.#pick(transitions);
    walker.raw.proposeConfChange({ transition, changes, context: EMPTY_BYTES });
  }

  #compact({ storage, applied, raw }: Walker): void {
    const { index, digest, confState } = applied;
    if (index < storage.firstIndex() || raw.basicStatus().applied < index) return;
    if (storage.lastIndex() < index) return;
    storage.createSnapshot(index, confState, bytes(digest));
    storage.compact(index);
  }

  #disturb(walker: Walker): void {
    const choice = this.#random(10);
    if (choice < 3) this.#crash(walker);
    else if (choice < 5) this.#cutOff = this.#pick([NO_NODE, walker.id]);
    else if (choice < 7) walker.raw.transferLeader(this.#pick(IDS));
    else if (choice < 8) walker.raw.reportUnreachable(this.#pick(IDS));
    else if (choice < 9) walker.raw.reportSnapshot(this.#pick(IDS), this.#random(2) === 0);
    else this.#network = [];
  }

  /**
   * Everything that is not durable is gone. What is applied is learnt again from the snapshot on.
   */
  #crash(walker: Walker): void {
    const { storage } = walker;
    walker.appendWork = [];
    walker.applyWork = [];
    walker.applied = appliedOf(storage.stored);
    walker.terms.clear();
    for (let at = storage.firstIndex() - 1; at <= storage.lastIndex(); at += 1) {
      walker.terms.set(at, Number(storage.term(at)));
    }
    walker.raw = this.#start(walker.id, storage);
    const { term } = storage.initialState().hardState;
    walker.seen = { term, commit: 0, leads: false };
    this.happened.crashes += 1;
  }

  #check(walker: Walker): void {
    const { term, commit, state, lastIndex, applied } = walker.raw.basicStatus();
    assert.ok(term >= walker.seen.term, "a term fell");
    assert.ok(commit >= walker.seen.commit, "a commit index fell");
    assert.ok(applied <= commit && commit <= lastIndex, "applied <= commit <= last");
    const leads = state === "StateLeader";
    if (leads) {
      const other = this.#leaders.get(term) ?? walker.id;
      assert.equal(other, walker.id, `two leaders in term ${term}`);
      this.#leaders.set(term, walker.id);
      // Before it led, it may have learnt of commitments in another way.
      const ledBefore = walker.seen.leads && walker.seen.term === term;
      if (ledBefore && commit > walker.seen.commit) this.#checkCommit(walker, commit);
    }
    walker.seen = { term, commit, leads };
    this.#committed = Math.max(this.#committed, commit);
  }

  /** A leader commits entries of its own term that a quorum has on disk (Raft paper, figure 8). */
  #checkCommit({ raw, terms }: Walker, commit: LogIndex): void {
    const { term, confState } = raw.status();
    if (!this.#config.commitBarrier) {
      assert.equal(terms.get(commit), term, `the leader of term ${term} committed ${commit}`);
    }
    const holds = (id: NodeId): boolean => {
      const storage = this.#walkers.find((walker) => walker.id === id)?.storage;
      return storage?.term(commit) === terms.get(commit) || (storage?.firstIndex() ?? 0) > commit;
    };
    assert.equal(jointVote(confState, holds), "VoteWon", `${commit} is not on a quorum of disks`);
  }
}

/**
 * A number that stands for all that was applied; collisions would only hide faults, not make them.
 */
function digestOf(before: string, { term, index, data }: Entry): string {
  let digest = 0x81_1c_9d_c5;
  for (const byte of bytes(`${before}|${term}/${index}:${text(data)}`)) {
    digest = Math.imul(digest ^ byte, 0x01_00_01_93) >>> 0;
  }
  return digest.toString(16);
}
