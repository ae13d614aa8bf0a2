import { decodeConfChange } from "../../../consensus/conf-change.ts";
import type { Config } from "../../../consensus/config.ts";
import type { ConfState } from "../../../consensus/membership.ts";
import { MemoryStorage } from "../../../consensus/memory-storage.ts";
import {
  type Entry,
  type Message,
  type MessageFields,
  type MessageType,
  makeMessage,
} from "../../../consensus/messages.ts";
import { seededRandom } from "../../../consensus/random.ts";
import { RawNode } from "../../../consensus/raw-node.ts";
import type { Ready } from "../../../consensus/ready.ts";
import type { HardState } from "../../../consensus/storage.ts";
import type { NodeId } from "../../../consensus/types.ts";
import { deepFreeze, votersAre } from "./values.ts";

/** What a lone node starts from. */
export interface SoloStart {
  readonly id?: NodeId;
  readonly confState?: ConfState;
  readonly log?: readonly Entry[];
  readonly hardState?: HardState;
  readonly storage?: MemoryStorage;
  readonly config?: Partial<Config>;
}

/** One node without a network: the test plays all others. Writes are synchronous. */
export class Solo {
  readonly id: NodeId;
  readonly storage: MemoryStorage;
  readonly raw: RawNode;
  /** All that was applied, in order. */
  readonly applied: Entry[] = [];
  /** Every Ready so far. */
  readonly readies: Ready[] = [];
  /** All log lines so far. */
  readonly lines: string[] = [];

  constructor(start: SoloStart = {}) {
    this.id = start.id ?? 1;
    this.storage = start.storage ?? new MemoryStorage(start.confState ?? votersAre(1, 2, 3));
    this.storage.append(start.log ?? []);
    if (start.hardState !== undefined) this.storage.setHardState(start.hardState);
    this.raw = new RawNode({
      id: this.id,
      storage: this.storage,
      random: seededRandom(this.id),
      electionTicks: 10,
      heartbeatTicks: 1,
      asyncStorageWrites: false,
      preVote: false,
      checkQuorum: false,
      logger: (level, line) => this.lines.push(`${level} ${line}`),
      ...start.config,
    });
  }

  /** Does all there is to do and answers what was sent meanwhile. */
  flush(): readonly Message[] {
    const sent: Message[] = [];
    while (this.raw.hasReady()) {
      const ready = this.raw.ready();
      this.readies.push(ready);
      if (ready.snapshot !== null) this.storage.applySnapshot(ready.snapshot);
      this.storage.append(ready.entries);
      if (ready.hardState !== null) this.storage.setHardState(ready.hardState);
      sent.push(...ready.messages);
      for (const committed of ready.committedEntries) this.#apply(committed);
      this.raw.advance();
    }
    return sent;
  }

  #apply(committed: Entry): void {
    this.applied.push(committed);
    if (committed.type === "EntryNormal") return;
    const change = decodeConfChange(committed.data);
    if (change !== null) this.raw.applyConfChange(change);
  }

  /** Steps a message, frozen, to this node and answers what it sends. */
  receive(fields: MessageFields): readonly Message[] {
    this.raw.step(deepFreeze(makeMessage({ to: this.id, ...fields })));
    return this.flush();
  }

  /** Lets time pass and answers what is sent. */
  tick(ticks = 1): readonly Message[] {
    const sent: Message[] = [];
    for (let tick = 0; tick < ticks; tick += 1) {
      this.raw.tick();
      sent.push(...this.flush());
    }
    return sent;
  }

  /** Makes this node candidate, for certain. */
  campaign(): readonly Message[] {
    this.raw.campaign();
    return this.flush();
  }

  /** Makes this node leader by the votes of the others. */
  lead(...voters: readonly NodeId[]): readonly Message[] {
    this.campaign();
    const { term } = this.raw.basicStatus();
    return voters.flatMap((from) => this.receive({ type: "MsgVoteResp", from, term }));
  }

  /** Acknowledges all of this leader's log in the name of others. */
  acknowledge(...followers: readonly NodeId[]): readonly Message[] {
    const { term, lastIndex } = this.raw.basicStatus();
    return followers.flatMap((from) =>
      this.receive({ type: "MsgAppResp", from, term, index: lastIndex }),
    );
  }

  /** The stable log. */
  get log(): readonly Entry[] {
    const first = this.storage.firstIndex();
    const entries = this.storage.entries(first, this.storage.lastIndex() + 1, Number.MAX_VALUE);
    return typeof entries === "string" ? [] : entries;
  }

  /** The terms of the stable log. */
  get terms(): readonly number[] {
    return this.log.map(({ term }) => term);
  }
}

/** The messages of one type. */
export function ofType(messages: readonly Message[], type: MessageType): readonly Message[] {
  return messages.filter((message) => message.type === type);
}

/** The only message of a type; fails when there is none, or more. */
export function theOnly(messages: readonly Message[], type: MessageType): Message {
  const [first, ...rest] = ofType(messages, type);
  if (first === undefined || rest.length > 0) {
    throw new Error(`expected one ${type} among ${messages.map((message) => message.type)}`);
  }
  return first;
}
