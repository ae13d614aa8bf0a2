/** Carries messages between nodes, and does to them what networks do. */
import type {
  MessageHandler,
  PeerAddress,
  PeerChangeHandler,
  PeerKey,
  Transport,
  TransportMetrics,
} from "../../node/transport/transport.ts";
import type { Dice } from "./dice.ts";
import type { NetworkOptions } from "./options.ts";
import type { Timeline } from "./timeline.ts";

/** How many times as long as usual a slow message takes. */
const SLOW_FACTOR = 20;
/** How long a straggler takes, from the first to the second, ms: until after an election, or until all is calm again. */
const STRAGGLER_MS = [1000, 90_000] as const;

/** What a network is made with. */
export interface SimulatedNetworkParts {
  readonly dice: Dice;
  readonly timeline: Timeline;
  readonly options: NetworkOptions;
  /** Node numbers by key; a node may have two. */
  readonly numbers: ReadonlyMap<PeerKey, number>;
  /** The network's end of a node that runs. */
  readonly endOf: (node: number) => SimulatedTransport | null;
  /** Hands a message to a node's machine, if that is on. */
  readonly arrive: (to: number, from: PeerKey, message: Uint8Array) => void;
}

/** All links of one run. A link has a direction, and can be cut in one alone. */
export class SimulatedNetwork {
  readonly #parts: SimulatedNetworkParts;
  readonly #cut = new Set<string>();
  /** Links over which a node is wrong about who is in reach. */
  readonly #misjudged = new Set<string>();
  /** Links that lose, repeat and delay nothing any more. */
  readonly #healed = new Set<string>();

  constructor(parts: SimulatedNetworkParts) {
    this.#parts = parts;
  }

  /** Cuts the link from one node to another. */
  cut(from: number, to: number): void {
    this.#cut.add(link(from, to));
  }

  /** Joins what was cut. */
  join(): void {
    this.#cut.clear();
  }

  /** A node is wrong about whether another is in reach, until it is not. */
  misjudge(node: number, other: number, isWrong: boolean): void {
    if (isWrong) this.#misjudged.add(link(node, other));
    else this.#misjudged.delete(link(node, other));
  }

  /** Whether whoever has one key takes whoever has the other for connected. */
  believes(key: PeerKey, other: PeerKey): boolean {
    const isSo = this.#endAt(other)?.letsIn(key) === true;
    return isSo !== this.#misjudged.has(link(this.#numberOf(key), this.#numberOf(other)));
  }

  /** The network is as bad as its options say, for all. */
  trouble(): void {
    this.#healed.clear();
  }

  /** From now on these nodes reach each other at once and always. */
  heal(nodes: readonly number[]): void {
    for (const from of nodes) {
      for (const to of nodes) {
        this.#cut.delete(link(from, to));
        this.#misjudged.delete(link(from, to));
        this.#healed.add(link(from, to));
      }
    }
  }

  /** A message leaves a node. */
  send(from: PeerKey, to: PeerKey, message: Uint8Array): void {
    const { dice, options } = this.#parts;
    const name = link(this.#numberOf(from), this.#numberOf(to));
    if (this.#healed.has(name)) {
      this.#carry(from, to, message, 1);
      return;
    }
    if (dice.chance(options.loss)) return;
    const copies = dice.chance(options.duplication) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const delayMs = dice.between(...options.delayMs);
      const factor = dice.chance(options.slowness) ? SLOW_FACTOR : 1;
      const isStraggler = options.straggling > 0 && dice.chance(options.straggling);
      const stragglerMs = isStraggler ? dice.between(...STRAGGLER_MS) : 0;
      this.#carry(from, to, message, delayMs * factor + stragglerMs);
    }
  }

  #carry(from: PeerKey, to: PeerKey, message: Uint8Array, delayMs: number): void {
    const target = this.#numberOf(to);
    const name = link(this.#numberOf(from), target);
    this.#parts.timeline.after(delayMs, () => {
      if (this.#cut.has(name) || this.#endAt(to) === null) return;
      this.#parts.arrive(target, from, message);
    });
  }

  /** The end at which that key is in reach now. */
  #endAt(key: PeerKey): SimulatedTransport | null {
    const end = this.#parts.endOf(this.#numberOf(key));
    return end?.key === key ? end : null;
  }

  #numberOf(key: PeerKey): number {
    const number = this.#parts.numbers.get(key);
    if (number === undefined) throw new RangeError(`no member has the key ${key}`);
    return number;
  }
}

/** What an end needs of the network. */
export interface SimulatedTransportParts {
  /** The key under which the process is in reach. */
  readonly key: PeerKey;
  readonly send: (from: PeerKey, to: PeerKey, message: Uint8Array) => void;
  /** Whether whoever has one key takes whoever has the other for connected. */
  readonly believes: (key: PeerKey, other: PeerKey) => boolean;
}

/** One process' end of the network. Two ends are connected while both run and each lets the other's key in, or so they believe. */
export class SimulatedTransport implements Transport {
  readonly key: PeerKey;
  readonly #parts: SimulatedTransportParts;
  #members: readonly PeerKey[] = [];
  #connected: ReadonlySet<PeerKey> = new Set();
  #handler: MessageHandler = () => {};
  #onPeerChange: PeerChangeHandler = () => {};

  constructor(parts: SimulatedTransportParts) {
    this.key = parts.key;
    this.#parts = parts;
  }

  /** A message arrives. */
  async receive(from: PeerKey, message: Uint8Array): Promise<void> {
    await this.#handler(from, message);
  }

  /** Tells who came and who went since the last call. */
  tick(): void {
    const before = this.#connected;
    this.#connected = new Set(this.connectedPeers());
    for (const key of before) if (!this.#connected.has(key)) this.#onPeerChange(key, false);
    for (const key of this.#connected) if (!before.has(key)) this.#onPeerChange(key, true);
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {}

  send(to: PeerKey, message: Uint8Array): void {
    this.#parts.send(this.key, to, message);
  }

  onMessage(handler: MessageHandler): void {
    this.#handler = handler;
  }

  onPeerChange(handler: PeerChangeHandler): void {
    this.#onPeerChange = handler;
  }

  setMembers(members: readonly PeerAddress[]): void {
    this.#members = members.map(({ key }) => key).filter((key) => key !== this.key);
  }

  connectedPeers(): PeerKey[] {
    return this.#members.filter((key) => this.#parts.believes(this.key, key)).sort();
  }

  /** True when whoever has that key is a member, as far as this process knows. */
  letsIn(key: PeerKey): boolean {
    return this.#members.includes(key);
  }

  metrics(): TransportMetrics {
    return { peers: new Map(), connectionsRefused: 0, messagesUnaddressed: 0 };
  }
}

function link(from: number, to: number): string {
  return `${from}>${to}`;
}
