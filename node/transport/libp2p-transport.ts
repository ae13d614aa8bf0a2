/**
 * The members' network over libp2p. Each node opens one stream to each member and writes on it;
 * it reads from the stream that the member opened. It does not matter who dialled: a stream goes
 * over whatever connection there is, so two nodes that dial each other at once end with two
 * connections, one stream on each, and nothing to be decided.
 */
import assert from "node:assert/strict";
import type { Connection, Ed25519PrivateKey, Libp2p, PeerId, Stream } from "@libp2p/interface";
import { CODE_P2P, type Multiaddr } from "@multiformats/multiaddr";
import { type Backoff, DEFAULT_BACKOFF } from "./backoff.ts";
import { assertFrameable, FRAME_HEADER_BYTES } from "./framing.ts";
import { describe, Handlers } from "./handlers.ts";
import { dialAddress, peerIdOf, peerKeyOf, privateKeyFromSeed } from "./identity.ts";
import { InboundStream } from "./inbound-stream.ts";
import { createLibp2pNode } from "./libp2p-node.ts";
import {
  FRAME_SIZE_BYTES_MAX,
  MESSAGE_STREAMS_PER_CONNECTION_MAX,
  QUEUE_BYTES_MAX,
  QUEUE_MESSAGES_MAX,
} from "./limits.ts";
import { MemberGate } from "./member-gate.ts";
import { compareKeys, membersByKey } from "./members.ts";
import { OutboundChannel } from "./outbound-channel.ts";
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
import { YamuxFrameError } from "./yamux-frame-guard.ts";

/** Names our streams. The number also covers the framing and the yamux window. */
export const PROTOCOL_ID = "/mykey-ledger/consensus/1.0.0";

/** How to make a {@link Libp2pTransport}. */
export interface Libp2pTransportOptions {
  /** The node's Ed25519 seed, 32 bytes. */
  readonly seed: Uint8Array;
  /** Multiaddrs to listen on, such as `/ip4/0.0.0.0/tcp/7100`; port 0 takes a free one. */
  readonly listen: readonly string[];
  readonly log: TransportLog;
  /** @default FRAME_SIZE_BYTES_MAX; must be the same for all members */
  readonly frameSizeBytesMax?: number;
  /** @default QUEUE_BYTES_MAX, QUEUE_MESSAGES_MAX */
  readonly queue?: QueueLimits;
  /** @default DEFAULT_BACKOFF */
  readonly backoff?: Backoff;
  /** Spreads the attempts of nodes that lost each other; uniform in [0, 1). @default Math.random */
  readonly random?: () => number;
}

/** One admitted member. */
interface Member {
  /** Its address with its identity. */
  dial: Multiaddr;
  readonly state: PeerState;
  readonly channel: OutboundChannel;
  inbound?: InboundStream;
}

type Settings = Required<Omit<Libp2pTransportOptions, "seed">>;

/** See {@link Transport}; made by {@link Libp2pTransport.create}. */
export class Libp2pTransport implements Transport {
  /** This node's own key. */
  readonly key: PeerKey;
  readonly #privateKey: Ed25519PrivateKey;
  readonly #settings: Settings;
  readonly #handlers: Handlers;
  readonly #members = new Map<PeerKey, Member>();
  #libp2p: Libp2p | undefined;
  #stopping = false;
  #connectionsRefused = 0;
  #messagesUnaddressed = 0;

  private constructor(privateKey: Ed25519PrivateKey, settings: Settings) {
    this.key = Buffer.from(privateKey.publicKey.raw).toString("hex");
    this.#privateKey = privateKey;
    this.#settings = settings;
    this.#handlers = new Handlers(settings.log);
  }

  /** @throws {RangeError} when the seed or a limit makes no sense */
  static async create(options: Libp2pTransportOptions): Promise<Libp2pTransport> {
    const settings: Settings = {
      frameSizeBytesMax: FRAME_SIZE_BYTES_MAX,
      queue: { bytesMax: QUEUE_BYTES_MAX, messagesMax: QUEUE_MESSAGES_MAX },
      backoff: DEFAULT_BACKOFF,
      random: Math.random,
      ...options,
    };
    if (settings.queue.bytesMax < settings.frameSizeBytesMax + FRAME_HEADER_BYTES) {
      throw new RangeError("a queue must hold a frame of the largest size");
    }
    return new Libp2pTransport(await privateKeyFromSeed(options.seed), settings);
  }

  async start(): Promise<void> {
    assert(this.#libp2p === undefined, "a transport is started once");
    const libp2p = await createLibp2pNode({
      privateKey: this.#privateKey,
      listen: this.#settings.listen,
      gater: new MemberGate(
        (key) => this.#members.has(key),
        (peer) => this.#onRefused(peer),
      ),
    });
    this.#libp2p = libp2p;
    libp2p.addEventListener("connection:open", ({ detail }) => this.#onConnection(detail));
    await libp2p.handle(
      PROTOCOL_ID,
      (stream, { remotePeer }) => this.#onStream(stream, remotePeer),
      {
        maxInboundStreams: MESSAGE_STREAMS_PER_CONNECTION_MAX,
      },
    );
    await libp2p.start();
    for (const { channel } of this.#members.values()) channel.start();
    this.#settings.log("info", "TRANSPORT_STARTED", { addresses: this.listening().join(" ") });
  }

  async stop(): Promise<void> {
    if (this.#libp2p === undefined || this.#stopping) return;
    this.#stopping = true;
    const channels = [...this.#members.values()].map(({ channel }) => channel);
    await Promise.all(channels.map((channel) => channel.finish()));
    await this.#libp2p.stop();
    await Promise.all(channels.map((channel) => channel.ended));
    this.#settings.log("info", "TRANSPORT_STOPPED", {});
  }

  /** The addresses that are listened on, without identity; empty before `start`. */
  listening(): string[] {
    const addresses = this.#libp2p?.getMultiaddrs() ?? [];
    return addresses.map((address) => address.decapsulateCode(CODE_P2P).toString());
  }

  send(to: PeerKey, message: Uint8Array): void {
    assertFrameable(message, this.#settings.frameSizeBytesMax);
    const member = this.#members.get(to);
    if (member === undefined) this.#messagesUnaddressed++;
    else member.channel.send(message);
  }

  onMessage(handler: MessageHandler): void {
    this.#handlers.onMessage = handler;
  }

  onPeerChange(handler: PeerChangeHandler): void {
    this.#handlers.onPeerChange = handler;
  }

  setMembers(members: readonly PeerAddress[]): void {
    const wanted = membersByKey(members, this.key);
    const addresses = new Map([...wanted].map(([key, member]) => [key, dialAddress(member)]));
    for (const [key, member] of this.#members) {
      if (!wanted.has(key)) this.#remove(key, member);
    }
    for (const [key, dial] of addresses) {
      const known = this.#members.get(key);
      if (known === undefined) this.#admit(key, dial);
      else known.dial = dial;
    }
  }

  connectedPeers(): PeerKey[] {
    const connected = [...this.#members.values()].filter(({ state }) => state.connected);
    return connected.map(({ state }) => state.key).sort(compareKeys);
  }

  metrics(): TransportMetrics {
    return {
      peers: new Map([...this.#members].map(([key, { state }]) => [key, state.metrics()])),
      connectionsRefused: this.#connectionsRefused,
      messagesUnaddressed: this.#messagesUnaddressed,
    };
  }

  #admit(key: PeerKey, dial: Multiaddr): void {
    const { log, backoff, random, queue } = this.#settings;
    const state = new PeerState(key, queue);
    const channel = new OutboundChannel({
      peer: state,
      backoff,
      random,
      open: () => this.#open(key),
      onOpen: () => this.#onChange(state, true),
      onClose: (error) => this.#onChange(state, false, error && { cause: describe(error) }),
      onDialFailed: (error, waitMs) =>
        log("debug", "DIAL_FAILED", { peer: key, waitMs, cause: describe(error) }),
      onViolation: (error) => this.#onViolation(key, error),
    });
    this.#members.set(key, { dial, state, channel });
    if (this.#libp2p?.status === "started" && !this.#stopping) channel.start();
  }

  #remove(key: PeerKey, { channel }: Member): void {
    const reason = new Error("no longer a member");
    this.#members.delete(key);
    channel.abort(reason);
    // With them go the streams in both directions.
    for (const connection of this.#connectionsOf(key)) connection.abort(reason);
  }

  /** Reaches a member over the connection there is, or dials. */
  async #open(key: PeerKey): Promise<Stream> {
    const member = this.#members.get(key);
    assert(this.#libp2p !== undefined && member !== undefined, "only members are dialled");
    const connection = await this.#libp2p.dial(member.dial);
    try {
      return await connection.newStream(PROTOCOL_ID);
    } catch (error) {
      // A connection that carries no stream may be dead: the next attempt is to make a new one.
      connection.abort(new Error("no stream on this connection", { cause: error }));
      throw error;
    }
  }

  /** A connection in either direction, past the gate. */
  #onConnection(connection: Connection): void {
    // libp2p also announces connections that were lost while they were being set up.
    if (connection.status !== "open") return;
    const member = this.#memberOf(connection.remotePeer);
    if (member === undefined) {
      connection.abort(new Error("not a member"));
      return;
    }
    const { key } = member.state;
    connection.addEventListener("close", ({ error }) => {
      if (error instanceof YamuxFrameError) this.#onViolation(key, error);
    });
    if (connection.direction === "outbound") return;
    this.#supersede(connection, key);
    member.channel.wake();
  }

  /** A peer dials only when it has no connection: those it dialled before are dead. */
  #supersede(connection: Connection, key: PeerKey): void {
    for (const other of this.#connectionsOf(key)) {
      if (other.id === connection.id || other.direction !== "inbound") continue;
      other.abort(new Error("superseded by a newer connection"));
    }
  }

  /** A stream that a member opened to send to us; its newest is the one that counts. */
  #onStream(stream: Stream, peer: PeerId): void {
    const member = this.#memberOf(peer);
    if (member === undefined || this.#stopping) {
      stream.abort(new Error("not a member, or stopping"));
      return;
    }
    const { key } = member.state;
    member.inbound?.abort(new Error("superseded by a newer stream"));
    member.inbound = new InboundStream(stream, {
      frameSizeBytesMax: this.#settings.frameSizeBytesMax,
      onMessage: (message) => {
        member.state.received(message);
        return this.#stopping ? undefined : this.#handlers.message(key, message);
      },
      onViolation: (error) => this.#onViolation(key, error),
    });
  }

  #onChange(state: PeerState, connected: boolean, facts: { cause?: string } = {}): void {
    state.connected = connected;
    const event = connected ? "PEER_CONNECTED" : "PEER_DISCONNECTED";
    this.#settings.log("info", event, { peer: state.key, ...facts });
    this.#handlers.peerChange(state.key, connected);
  }

  #onRefused(peer: PeerId): void {
    this.#connectionsRefused++;
    this.#settings.log("warn", "CONNECTION_REFUSED", { peer: peerKeyOf(peer) ?? peer.toString() });
  }

  #onViolation(key: PeerKey, error: Error): void {
    const member = this.#members.get(key);
    if (member !== undefined) member.state.violations++;
    this.#settings.log("warn", "PROTOCOL_VIOLATED", { peer: key, cause: describe(error) });
  }

  #memberOf(peer: PeerId): Member | undefined {
    const key = peerKeyOf(peer);
    return key === undefined ? undefined : this.#members.get(key);
  }

  #connectionsOf(key: PeerKey): Connection[] {
    return this.#libp2p?.getConnections(peerIdOf(key)) ?? [];
  }
}
