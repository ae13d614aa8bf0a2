// The world of an interaction scenario: nodes, the messages between them, and what all of them
// print.

import { decodeConfChange } from "../../consensus/conf-change.ts";
import type { Config } from "../../consensus/config.ts";
import { describeEntries, describeMessage, describeReady } from "../../consensus/describe.ts";
import { type ConfState, NO_MEMBERS } from "../../consensus/membership.ts";
import { MemoryStorage } from "../../consensus/memory-storage.ts";
import {
  EMPTY_BYTES,
  type Entry,
  type EntryType,
  type Message,
  type MessageType,
  type Snapshot,
} from "../../consensus/messages.ts";
import { seededRandom } from "../../consensus/random.ts";
import { RawNode } from "../../consensus/raw-node.ts";
import type { StepResult } from "../../consensus/step-result.ts";
import { EMPTY_HARD_STATE, type HardState, sameHardState } from "../../consensus/storage.ts";
import { isLocalThread, type NodeId } from "../../consensus/types.ts";
import { Output } from "./output.ts";
import { DirectiveError } from "./scenario.ts";
import { respell, type Spelling } from "./spelling.ts";

/** What the files may set for a node. */
export type NodeOptions = Omit<Config, "id" | "storage" | "random" | "logger">;

/** A storage whose snapshot is always the node's newest state. */
class HistoryStorage extends MemoryStorage {
  readonly history: Snapshot[];

  constructor(first: Snapshot) {
    super();
    this.history = [first];
  }

  get newest(): Snapshot {
    const newest = this.history.at(-1);
    if (newest === undefined) throw new DirectiveError("a node without history");
    return newest;
  }

  override snapshot(): Snapshot {
    return this.newest;
  }
}

/** A node of a scenario, with the work of its two local threads. */
export interface ScenarioNode {
  readonly id: NodeId;
  readonly raw: RawNode;
  readonly storage: HistoryStorage;
  readonly options: NodeOptions;
  readonly appendWork: Message[];
  readonly applyWork: Message[];
}

/** Who receives, and whether the messages are delivered or lost. */
export interface Recipient {
  readonly id: NodeId;
  readonly drop: boolean;
}

/** The nodes of a scenario. The text of every step goes to `output`. */
export class Environment {
  readonly nodes: ScenarioNode[] = [];
  readonly output: Output;
  #messages: Message[] = [];
  /** What kind of entry the proposal that is just being handled holds; for the spelling. */
  #proposed: EntryType = "EntryNormal";

  constructor(spelling: Spelling) {
    this.output = new Output((text) => respell(text, spelling, this.#proposed));
  }

  node(id: NodeId): ScenarioNode {
    const node = this.nodes[id - 1];
    if (node === undefined) throw new DirectiveError(`there is no node ${id}`);
    return node;
  }

  /** Adds a node that starts from a snapshot, or from nothing. */
  addNode(options: NodeOptions, snapshot: Snapshot | null): void {
    const id = this.nodes.length + 1;
    const start = snapshot ?? { index: 0, term: 0, confState: NO_MEMBERS, data: EMPTY_BYTES };
    const storage = new HistoryStorage(start);
    if (snapshot !== null) storage.applySnapshot(snapshot);
    const raw = new RawNode({
      ...options,
      id,
      storage,
      random: seededRandom(id),
      logger: this.output.logger,
    });
    this.nodes.push({ id, raw, storage, options, appendWork: [], applyWork: [] });
  }

  /** Proposes to a node, which may append, pass on, or drop. */
  propose(type: EntryType, action: () => StepResult): void {
    this.#proposed = type;
    const refusal = showRefusal(action());
    if (refusal !== null) throw new DirectiveError(refusal);
  }

  /** Puts a message on its way. */
  enqueue(message: Message): void {
    this.#messages.push(message);
  }

  /**
   * Delivers or drops what is on its way to the recipients. Answers how many messages that were.
   */
  deliver(type: MessageType | null, recipients: readonly Recipient[]): number {
    let handled = 0;
    for (const recipient of recipients) {
      const isMeant = (message: Message): boolean =>
        message.to === recipient.id &&
        (type === null || message.type === type) &&
        !(recipient.drop && isLocal(message));
      const meant = this.#messages.filter(isMeant);
      this.#messages = this.#messages.filter((message) => !isMeant(message));
      handled += meant.length;
      for (const message of meant) this.#deliverOne(message, recipient.drop);
    }
    return handled;
  }

  #deliverOne(message: Message, drop: boolean): void {
    this.output.write(`${drop ? "dropped: " : ""}${describeMessage(message)}\n`);
    if (drop) return;
    this.#proposed = message.entries[0]?.type ?? "EntryNormal";
    const refusal = showRefusal(this.node(message.to).raw.step(message));
    if (refusal !== null) this.output.write(`${refusal}\n`);
  }

  /** Takes a Ready and does what it says, or hands it to the local threads. */
  processReady(node: ScenarioNode): void {
    const ready = node.raw.ready();
    this.output.write(describeReady(ready));
    const { asyncStorageWrites } = node.options;
    if (!asyncStorageWrites) {
      append(node, ready.hardState, ready.entries, ready.snapshot);
      apply(node, ready.committedEntries);
    }
    for (const message of ready.messages) {
      if (message.type === "MsgStorageAppend") node.appendWork.push(message);
      else if (message.type === "MsgStorageApply") node.applyWork.push(message);
      else this.enqueue(message);
    }
    if (!asyncStorageWrites) node.raw.advance();
  }

  /** Does one piece of the local writer's work. */
  processAppendThread(node: ScenarioNode): void {
    const work = node.appendWork.shift();
    if (work === undefined) {
      this.output.write("no append work to perform");
      return;
    }
    this.#processWork(work, () => {
      const hardState = { term: work.term, vote: work.vote, commit: work.commit };
      const isEmpty = sameHardState(hardState, EMPTY_HARD_STATE);
      append(node, isEmpty ? null : hardState, work.entries, work.snapshot);
    });
  }

  /** Does one piece of the local applier's work. */
  processApplyThread(node: ScenarioNode): void {
    const work = node.applyWork.shift();
    if (work === undefined) {
      this.output.write("no apply work to perform");
      return;
    }
    this.#processWork(work, () => apply(node, work.entries));
  }

  #processWork(work: Message, action: () => void): void {
    this.output.write(`Processing:\n${describeMessage({ ...work, responses: [] })}\n`);
    action();
    const responses = work.responses.map((response) => `${describeMessage(response)}\n`);
    this.output.write(`Responses:\n${responses.join("")}`);
    this.#messages.push(...work.responses);
  }

  /** Lets the nodes work and talk until nothing is left to do. */
  stabilize(nodes: readonly ScenarioNode[]): void {
    while (this.#stabilizeOnce(nodes));
  }

  #stabilizeOnce(nodes: readonly ScenarioNode[]): boolean {
    let busy = false;
    const round = (
      title: string,
      isReady: (node: ScenarioNode) => boolean,
      action: (node: ScenarioNode) => void,
    ): void => {
      for (const node of nodes.filter(isReady)) {
        this.output.write(`> ${node.id} ${title}\n`);
        do this.output.indented(() => action(node));
        while (title.startsWith("processing") && isReady(node));
        busy = true;
      }
    };
    round(
      "handling Ready",
      ({ raw }) => raw.hasReady(),
      (node) => this.processReady(node),
    );
    round(
      "receiving messages",
      ({ id }) => this.#messages.some(({ to }) => to === id),
      ({ id }) => this.deliver(null, [{ id, drop: false }]),
    );
    round(
      "processing append thread",
      ({ appendWork }) => appendWork.length > 0,
      (node) => this.processAppendThread(node),
    );
    round(
      "processing apply thread",
      ({ applyWork }) => applyWork.length > 0,
      (node) => this.processApplyThread(node),
    );
    return busy;
  }

  /** Prints the stable log of a node. */
  printLog({ storage }: ScenarioNode): void {
    const first = storage.firstIndex();
    const last = storage.lastIndex();
    const entries = storage.entries(first, last + 1, Number.MAX_VALUE);
    this.output.write(
      last < first || typeof entries === "string"
        ? `log is empty: first index=${first}, last index=${last}`
        : describeEntries(entries),
    );
  }
}

/** Local messages are never lost. */
function isLocal({ from, to }: Message): boolean {
  return from === to || isLocalThread(from) || isLocalThread(to);
}

/** What a refusal is called in the files. */
function showRefusal(result: StepResult): string | null {
  switch (result?.code) {
    case undefined:
    case "READ_DROPPED":
      return null;
    case "PROPOSAL_DROPPED":
      return "raft proposal dropped";
    case "PEER_NOT_FOUND":
      return "raft: cannot step as peer not found";
    case "LOCAL_MESSAGE":
      return "raft: cannot step raft local message";
    case "MALFORMED":
      return `malformed: ${result.detail}`;
  }
}

function append(
  { storage }: ScenarioNode,
  hardState: HardState | null,
  entries: readonly Entry[],
  snapshot: Snapshot | null,
): void {
  if (hardState !== null) storage.setHardState(hardState);
  if (snapshot === null) {
    storage.append(entries);
    return;
  }
  if (entries.length > 0) {
    throw new DirectiveError("can't apply snapshot and entries at the same time");
  }
  if (!storage.applySnapshot(snapshot)) {
    throw new DirectiveError("requested index is older than the existing snapshot");
  }
}

/** The state machine of the scenarios: all data so far, one after another. */
function apply(node: ScenarioNode, entries: readonly Entry[]): void {
  for (const entry of entries) {
    const { newest, history } = node.storage;
    let confState: ConfState = newest.confState;
    let update = entry.data;
    if (entry.type !== "EntryNormal") {
      const change = decodeConfChange(entry.data);
      if (change === null) throw new DirectiveError(`entry ${entry.index} is no conf change`);
      ({ confState } = node.raw.applyConfChange(change));
      update = change.context;
    }
    const data = Uint8Array.from([...newest.data, ...update]);
    history.push({ index: entry.index, term: entry.term, confState, data });
  }
}
