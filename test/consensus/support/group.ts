import { decodeConfChange } from "../../../consensus/conf-change.ts";
import type { Config } from "../../../consensus/config.ts";
import type { ReadState } from "../../../consensus/core.ts";
import type { ConfState } from "../../../consensus/membership.ts";
import { MemoryStorage } from "../../../consensus/memory-storage.ts";
import type { Entry, Message } from "../../../consensus/messages.ts";
import { seededRandom } from "../../../consensus/random.ts";
import { RawNode } from "../../../consensus/raw-node.ts";
import type { ApplyConfChangeResult } from "../../../consensus/reconfiguration.ts";
import type { NodeId } from "../../../consensus/types.ts";
import { text, votersAre } from "./values.ts";

/** What a group starts from. */
export interface GroupStart {
  readonly ids?: readonly NodeId[];
  readonly confState?: ConfState;
  readonly config?: Partial<Config>;
  /** The log that a node starts with. */
  readonly logs?: Readonly<Record<NodeId, readonly Entry[]>>;
}

/** A member of a group. */
export interface Member {
  readonly id: NodeId;
  raw: RawNode;
  readonly storage: MemoryStorage;
  readonly applied: Entry[];
  readonly reads: ReadState[];
  readonly confChanges: ApplyConfChangeResult[];
}

/** Several nodes and a network between them that loses what the test says, and nothing else. */
export class Group {
  readonly members: ReadonlyMap<NodeId, Member>;
  readonly #config: Partial<Config>;
  /** What the network loses. */
  lose: (message: Message) => boolean = () => false;
  /** All log lines so far. */
  readonly lines: string[] = [];
  /** All messages so far, the lost ones included. */
  readonly traffic: Message[] = [];

  constructor(start: GroupStart = {}) {
    const ids = start.ids ?? [1, 2, 3];
    this.#config = start.config ?? {};
    this.members = new Map(
      ids.map((id) => {
        const storage = new MemoryStorage(start.confState ?? votersAre(...ids));
        const log = start.logs?.[id] ?? [];
        storage.append(log);
        const term = log.at(-1)?.term ?? 0;
        storage.setHardState({ term, vote: 0, commit: 0 });
        const raw = this.#start(id, storage);
        return [id, { id, raw, storage, applied: [], reads: [], confChanges: [] }];
      }),
    );
  }

  #start(id: NodeId, storage: MemoryStorage): RawNode {
    return new RawNode({
      id,
      storage,
      random: seededRandom(id),
      electionTicks: 10,
      heartbeatTicks: 1,
      asyncStorageWrites: false,
      logger: (level, line) => this.lines.push(`${level} ${line}`),
      ...this.#config,
    });
  }

  member(id: NodeId): Member {
    const member = this.members.get(id);
    if (member === undefined) throw new Error(`there is no member ${id}`);
    return member;
  }

  /** Starts a node anew from what its storage holds. */
  restart(id: NodeId): void {
    const member = this.member(id);
    member.raw = this.#start(id, member.storage);
    member.applied.length = 0;
  }

  /** Loses all that goes to or comes from these nodes. */
  isolate(...ids: readonly NodeId[]): void {
    this.lose = ({ from, to }) => ids.includes(from) !== ids.includes(to);
  }

  /** Loses nothing any more. */
  heal(): void {
    this.lose = () => false;
  }

  /** Lets all work and talk until nothing is left to do. */
  settle(): void {
    let sent: readonly Message[];
    do {
      sent = [...this.members.values()].flatMap((member) => this.#work(member));
      this.traffic.push(...sent);
      for (const message of sent) {
        if (!this.lose(message)) this.members.get(message.to)?.raw.step(message);
      }
    } while (sent.length > 0);
  }

  #work(member: Member): readonly Message[] {
    const sent: Message[] = [];
    while (member.raw.hasReady()) {
      const ready = member.raw.ready();
      if (ready.snapshot !== null) member.storage.applySnapshot(ready.snapshot);
      member.storage.append(ready.entries);
      if (ready.hardState !== null) member.storage.setHardState(ready.hardState);
      member.reads.push(...ready.readStates);
      for (const entry of ready.committedEntries) this.#apply(member, entry);
      sent.push(...ready.messages);
      member.raw.advance();
    }
    return sent;
  }

  #apply(member: Member, entry: Entry): void {
    member.applied.push(entry);
    if (entry.type === "EntryNormal") return;
    const change = decodeConfChange(entry.data);
    if (change !== null) member.confChanges.push(member.raw.applyConfChange(change));
  }

  /** Lets time pass on all nodes, or on some. */
  tick(ticks: number, ids: readonly NodeId[] = [...this.members.keys()]): void {
    for (let tick = 0; tick < ticks; tick += 1) {
      for (const id of ids) this.member(id).raw.tick();
      this.settle();
    }
  }

  /** Lets a node campaign, and all react. */
  campaign(id: NodeId): void {
    this.member(id).raw.campaign();
    this.settle();
  }

  /** Proposes to a node, and lets all react. */
  propose(id: NodeId, data: string): void {
    this.member(id).raw.propose(new TextEncoder().encode(data));
    this.settle();
  }

  /** Who leads, by the word of those who say so of themselves. */
  get leaders(): readonly NodeId[] {
    return [...this.members.values()]
      .filter(({ raw }) => raw.basicStatus().state === "StateLeader")
      .map(({ id }) => id);
  }

  /** What a node has applied, as texts, without what says nothing. */
  appliedTexts(id: NodeId): readonly string[] {
    return this.member(id)
      .applied.filter(({ type, data }) => type === "EntryNormal" && data.length > 0)
      .map(({ data }) => text(data));
  }
}
