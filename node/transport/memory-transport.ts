/**
 * A network within one process, for tests and simulation. Nothing moves by itself: `deliver()`
 * first settles who is connected to whom, then hands over what was queued when it was called, in
 * the order of the keys. The same calls give the same history.
 */
import assert from "node:assert/strict";
import { assertFrameable } from "./framing.ts";
import { Handlers } from "./handlers.ts";
import { FRAME_SIZE_BYTES_MAX, QUEUE_BYTES_MAX, QUEUE_MESSAGES_MAX } from "./limits.ts";
import { compareKeys, membersByKey } from "./members.ts";
import type { QueueLimits } from "./outbound-queue.ts";
import { PeerState } from "./peer-state.ts";
import type {
  MessageHandler,
  PeerAddress,
  PeerChangeHandler,
  PeerKey,
  Transport,
  TransportMetrics,
} from "./transport.ts";
import type { TransportLog } from "./transport-log.ts";

/** How to make a {@link MemoryTransport}. */
export interface MemoryTransportOptions {
  readonly key: PeerKey;
  readonly log: TransportLog;
  /** @default FRAME_SIZE_BYTES_MAX */
  readonly frameSizeBytesMax?: number;
  /** @default QUEUE_BYTES_MAX, QUEUE_MESSAGES_MAX */
  readonly queue?: QueueLimits;
}

interface QueuedMessages {
  readonly from: MemoryTransport;
  readonly to: PeerState;
  readonly messages: number;
}

/** Connects the memory transports of one simulated network. */
export class MemoryNetwork {
  readonly #running = new Map<PeerKey, MemoryTransport>();

  /** Makes a node of this network; a node that was stopped may be made again under its key. */
  transport(options: MemoryTransportOptions): MemoryTransport {
    return new MemoryTransport(this, options);
  }

  /** One round; returns how many messages were handed over. */
  deliver(): number {
    const nodes = [...this.#running.values()].sort((a, b) => compareKeys(a.key, b.key));
    for (const node of nodes) node.settleConnections();
    // All are counted before the first is handed over: what handlers send belongs to the next round.
    const due = nodes.flatMap((node) => node.queued());
    return due.reduce((sum, link) => sum + link.from.deliverTo(link.to, link.messages), 0);
  }

  /** The running node of a key that has `from` among its members. */
  accepts(from: PeerKey, to: PeerKey): MemoryTransport | undefined {
    const node = this.#running.get(to);
    return node?.isMember(from) === true ? node : undefined;
  }

  join(node: MemoryTransport): void {
    assert(!this.#running.has(node.key), "this key is in use");
    this.#running.set(node.key, node);
  }

  leave(node: MemoryTransport): void {
    this.#running.delete(node.key);
  }
}

/** One node; see {@link Transport}. The addresses of members are not looked at. */
export class MemoryTransport implements Transport {
  readonly key: PeerKey;
  readonly #network: MemoryNetwork;
  readonly #handlers: Handlers;
  readonly #frameSizeBytesMax: number;
  readonly #queue: QueueLimits;
  readonly #peers = new Map<PeerKey, PeerState>();
  /** Peers whose last message is still being handled. */
  readonly #busy = new Set<PeerKey>();
  #running = false;
  #connectionsRefused = 0;
  #messagesUnaddressed = 0;

  /** Called by {@link MemoryNetwork.transport}. */
  constructor(network: MemoryNetwork, options: MemoryTransportOptions) {
    this.key = options.key;
    this.#network = network;
    this.#handlers = new Handlers(options.log);
    this.#frameSizeBytesMax = options.frameSizeBytesMax ?? FRAME_SIZE_BYTES_MAX;
    this.#queue = options.queue ?? { bytesMax: QUEUE_BYTES_MAX, messagesMax: QUEUE_MESSAGES_MAX };
  }

  async start(): Promise<void> {
    this.#network.join(this);
    this.#running = true;
  }

  async stop(): Promise<void> {
    if (!this.#running) return;
    this.#running = false;
    this.#network.leave(this);
    for (const peer of this.#sortedPeers()) this.#setConnected(peer, false);
  }

  send(to: PeerKey, message: Uint8Array): void {
    assertFrameable(message, this.#frameSizeBytesMax);
    const peer = this.#peers.get(to);
    if (peer === undefined) this.#messagesUnaddressed++;
    else peer.enqueue(message);
  }

  onMessage(handler: MessageHandler): void {
    this.#handlers.onMessage = handler;
  }

  onPeerChange(handler: PeerChangeHandler): void {
    this.#handlers.onPeerChange = handler;
  }

  setMembers(members: readonly PeerAddress[]): void {
    const wanted = membersByKey(members, this.key);
    for (const peer of this.#sortedPeers()) {
      if (wanted.has(peer.key)) continue;
      this.#peers.delete(peer.key);
      this.#setConnected(peer, false);
    }
    for (const key of wanted.keys()) {
      if (!this.#peers.has(key)) this.#peers.set(key, new PeerState(key, this.#queue));
    }
  }

  connectedPeers(): PeerKey[] {
    return this.#sortedPeers().flatMap(({ key, connected }) => (connected ? [key] : []));
  }

  metrics(): TransportMetrics {
    return {
      peers: new Map(this.#sortedPeers().map((peer) => [peer.key, peer.metrics()])),
      connectionsRefused: this.#connectionsRefused,
      messagesUnaddressed: this.#messagesUnaddressed,
    };
  }

  /** For {@link MemoryNetwork}. */
  isMember(key: PeerKey): boolean {
    const admitted = this.#peers.has(key);
    if (!admitted) this.#connectionsRefused++;
    return admitted;
  }

  /** For {@link MemoryNetwork}: connects to whoever runs and accepts this node. */
  settleConnections(): void {
    for (const peer of this.#sortedPeers()) {
      this.#setConnected(peer, this.#network.accepts(this.key, peer.key) !== undefined);
    }
  }

  /** For {@link MemoryNetwork}: how many messages wait for whom. */
  queued(): QueuedMessages[] {
    return this.#sortedPeers().map((to) => ({ from: this, to, messages: to.queue.length }));
  }

  /** For {@link MemoryNetwork}: hands over up to so many messages; returns how many. */
  deliverTo(peer: PeerState, messages: number): number {
    for (let delivered = 0; delivered < messages; delivered++) {
      if (!this.#sendNext(peer)) return delivered;
    }
    return messages;
  }

  #sendNext(peer: PeerState): boolean {
    const receiver = this.#network.accepts(this.key, peer.key);
    if (!peer.connected || receiver === undefined || receiver.#busy.has(this.key)) return false;
    // A full queue may have dropped some of the counted messages meanwhile.
    const [message] = peer.takeBatch(1);
    if (message === undefined) return false;
    receiver.#receive(this.key, message);
    return true;
  }

  #receive(from: PeerKey, message: Uint8Array): void {
    this.#peers.get(from)?.received(message);
    // A copy, as from a socket: what the receiver does to it stays its own affair.
    const pending = this.#handlers.message(from, message.slice());
    if (pending === undefined) return;
    this.#busy.add(from);
    void pending.then(() => this.#busy.delete(from));
  }

  #setConnected(peer: PeerState, connected: boolean): void {
    if (peer.connected === connected) return;
    peer.connected = connected;
    this.#handlers.peerChange(peer.key, connected);
  }

  #sortedPeers(): PeerState[] {
    return [...this.#peers.values()].sort((a, b) => compareKeys(a.key, b.key));
  }
}
