// Invariants
// - Synchronous writes: after each `ready()` comes one `advance()` before the next `ready()`.
// - Asynchronous writes: no `advance()`; the responses of the two local threads take its place.

import { reportSnapshot, reportUnreachable } from "./answers.ts";
import { assert } from "./assert.ts";
import { learnCommit, startElection } from "./candidate.ts";
import { type ConfChange, encodeConfChange } from "./conf-change.ts";
import { type Config, resolveConfig } from "./config.ts";
import { Core } from "./core.ts";
import { forgetLeader } from "./follower.ts";
import { type EntryType, type Message, makeMessage, traitsOf } from "./messages.ts";
import {
  makeStorageAppend,
  makeStorageAppendResp,
  makeStorageApply,
  makeStorageApplyResp,
  mustSync,
  type Ready,
  type SoftState,
  sameSoftState,
  type Work,
} from "./ready.ts";
import { type ApplyConfChangeResult, applyConfChange } from "./reconfiguration.ts";
import { type BasicStatus, basicStatusOf, type Status, statusOf } from "./status.ts";
import type { StepResult } from "./step-result.ts";
import { type HardState, sameHardState } from "./storage.ts";
import { type EntryId, isLocalThread, type NodeId, type Ticks } from "./types.ts";
import { malformation } from "./well-formed.ts";

/** The two spellings of a change of membership; the first is for the scenario files. */
export type ConfChangeEntryType = Exclude<EntryType, "EntryNormal">;

/**
 * One member of a Raft group: a deterministic state machine. The same calls in the same order give
 * the same answers; it knows no clock, no disk and no network. Not to be entered twice at a time.
 *
 * @throws {RangeError} from the constructor, when the configuration does not fit together
 * @throws {InvariantError} from any method, when going on could lose what is committed
 */
export class RawNode {
  readonly #core: Core;
  /** Synchronous writes are allowed to apply what is not yet durable here: a quorum has it. */
  readonly #applyUnstable: boolean;
  #softState: SoftState;
  #hardState: HardState;
  /** What `advance()` will tell the core, in order; null when no Ready is under way. */
  #onAdvance: readonly Message[] | null = null;

  constructor(config: Config) {
    const resolved = resolveConfig(config);
    this.#core = new Core(resolved);
    this.#applyUnstable = !resolved.asyncStorageWrites;
    this.#softState = this.#currentSoftState();
    this.#hardState = this.#core.hardState;
  }

  /** A tick of the driver's clock. */
  tick(): void {
    this.#core.tick();
  }

  /** Campaigns now. */
  campaign(): void {
    startElection(this.#core);
  }

  /** Proposes an entry. Taken is not committed: a later leader may replace it. */
  propose(data: Uint8Array): StepResult {
    return this.#propose("EntryNormal", data);
  }

  /** Proposes a change of membership. */
  proposeConfChange(
    change: ConfChange,
    type: ConfChangeEntryType = "EntryConfChangeV2",
  ): StepResult {
    return this.#propose(type, encodeConfChange(change));
  }

  /**
   * Takes a message: from another node, after the driver has made sure that `from` is who sent it,
   * or from one of the two local threads. The message is not changed.
   */
  step(message: Message): StepResult {
    const { type, from } = message;
    const { local, response } = traitsOf(type);
    if (local && !isLocalThread(from)) return { code: "LOCAL_MESSAGE" };
    const detail = malformation(message);
    if (detail !== null) return { code: "MALFORMED", detail };
    const isStranger = !isLocalThread(from) && this.#core.tracker.progressOf(from) === undefined;
    if (response && isStranger) return { code: "PEER_NOT_FOUND" };
    return this.#core.step(message);
  }

  /** Whether there is something to do. */
  hasReady(): boolean {
    const core = this.#core;
    const { log, hardState } = core;
    return (
      !sameSoftState(this.#currentSoftState(), this.#softState) ||
      !sameHardState(hardState, this.#hardState) ||
      log.unstable.nextSnapshot !== null ||
      core.messages.length > 0 ||
      core.messagesAfterAppend.length > 0 ||
      log.unstable.nextLength > 0 ||
      log.hasNextCommitted(this.#applyUnstable) ||
      core.readStates.length > 0
    );
  }

  /** Hands out what there is to do, once: the driver must do all of it. */
  ready(): Ready {
    assert(this.#onAdvance === null, () => "ready() was called twice without advance()");
    const core = this.#core;
    const work = this.#collect();
    const messages = core.messages;
    if (this.#applyUnstable) {
      this.#onAdvance = this.#acknowledgements(work);
      messages.push(...core.messagesAfterAppend.filter(({ to }) => to !== core.id));
    } else {
      const append = makeStorageAppend(core, work);
      if (append !== null) messages.push(append);
      const { committedEntries } = work;
      if (committedEntries.length > 0) messages.push(makeStorageApply(core, committedEntries));
    }
    this.#accept(work);
    return { ...work, messages };
  }

  /** Synchronous writes: says that all of the last Ready is done. */
  advance(): void {
    const messages = this.#onAdvance;
    assert(messages !== null, () => "advance() without a Ready, or under asynchronous writes");
    this.#onAdvance = null;
    for (const message of messages) this.#core.step(message);
  }

  /**
   * Applies a committed change of membership; called by whoever applies the entry, before it says
   * that the entry is applied.
   */
  applyConfChange(change: ConfChange): ApplyConfChangeResult {
    return applyConfChange(this.#core, change);
  }

  /**
   * Asks for an index that a linearizable read must wait for. It comes with a later Ready, under
   * the same context, or, when leadership changes meanwhile, never: the driver asks again.
   */
  readIndex(context: Uint8Array): StepResult {
    const entry = { term: 0, index: 0, type: "EntryNormal", data: context } as const;
    return this.#core.step(makeMessage({ type: "MsgReadIndex", entries: [entry] }));
  }

  /** Says that an entry is committed, by a proof that the driver has. It counts if the entry is in this log. */
  learnCommit(id: EntryId): void {
    learnCommit(this.#core, id);
  }

  /** Asks the leader to pass leadership to `transferee`. */
  transferLeader(transferee: NodeId): void {
    this.#core.step(makeMessage({ type: "MsgTransferLeader", from: transferee }));
  }

  /** Lets a follower forget its leader, so that it may vote at once. */
  forgetLeader(): void {
    forgetLeader(this.#core);
  }

  /** Says that the last message to `id` could not be sent. */
  reportUnreachable(id: NodeId): void {
    reportUnreachable(this.#core, id);
  }

  /** Says what became of the snapshot that was sent to `id`. */
  reportSnapshot(id: NodeId, succeeded: boolean): void {
    reportSnapshot(this.#core, id, succeeded);
  }

  /** This node and, on a leader, its view of all others. */
  status(): Status {
    return statusOf(this.#core);
  }

  /** This node at a glance. */
  basicStatus(): BasicStatus {
    return basicStatusOf(this.#core);
  }

  /** For scenario files: fixes when the next election begins, until the next change of state. */
  setRandomizedElectionTicks(ticks: Ticks): void {
    this.#core.randomizedElectionTicks = ticks;
  }

  #propose(type: EntryType, data: Uint8Array): StepResult {
    const entries = [{ term: 0, index: 0, type, data }];
    return this.#core.step(makeMessage({ type: "MsgProp", from: this.#core.id, entries }));
  }

  #currentSoftState(): SoftState {
    return { lead: this.#core.lead, state: this.#core.state };
  }

  #collect(): Work {
    const core = this.#core;
    const { log, hardState } = core;
    const softState = this.#currentSoftState();
    const entries = log.unstable.nextEntries();
    return {
      softState: sameSoftState(softState, this.#softState) ? null : softState,
      hardState: sameHardState(hardState, this.#hardState) ? null : hardState,
      readStates: core.readStates,
      entries,
      snapshot: log.unstable.nextSnapshot,
      committedEntries: log.nextCommitted(this.#applyUnstable),
      mustSync: mustSync(this.#hardState, hardState, entries),
    };
  }

  /** What the local threads would have answered: to oneself first, then writer, then applier. */
  #acknowledgements(work: Work): readonly Message[] {
    const core = this.#core;
    const appended = makeStorageAppendResp(core, work);
    const { committedEntries } = work;
    return [
      ...core.messagesAfterAppend.filter(({ to }) => to === core.id),
      ...(appended === null ? [] : [appended]),
      ...(committedEntries.length === 0 ? [] : [makeStorageApplyResp(core, committedEntries)]),
    ];
  }

  #accept(work: Work): void {
    const core = this.#core;
    this.#softState = work.softState ?? this.#softState;
    this.#hardState = work.hardState ?? this.#hardState;
    core.messages = [];
    core.messagesAfterAppend = [];
    core.readStates = [];
    core.log.unstable.acceptInProgress();
    if (work.committedEntries.length > 0) {
      core.log.acceptApplying(work.committedEntries, this.#applyUnstable);
    }
  }
}
