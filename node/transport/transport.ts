/**
 * What the node's driver needs of a network: unreliable, ordered delivery of whole messages
 * between members. A message may be lost (a queue was full, a connection broke), it is never
 * altered, and what arrives over one connection arrives in the order sent. Consensus needs no more.
 */

/** A member's identity: lower-case hex of its 32-byte Ed25519 public key. */
export type PeerKey = string;

/** Where a member is reached. */
export interface PeerAddress {
  readonly key: PeerKey;
  /** Such as `/dns4/node.example.jp/tcp/7100`, without `/p2p`: the key is the identity. */
  readonly multiaddr: string;
}

/** Counters of one member since it was admitted, and its queue now. */
export interface PeerMetrics {
  readonly connected: boolean;
  /** Bytes of frames handed to the connection. */
  readonly bytesSent: number;
  /** Bytes of whole frames that were received. */
  readonly bytesReceived: number;
  readonly messagesSent: number;
  readonly messagesReceived: number;
  /** Messages that gave way to newer ones in a full queue. */
  readonly messagesDropped: number;
  /** Times this member's stream was reset because it broke the protocol. */
  readonly violations: number;
  readonly queuedMessages: number;
  readonly queuedBytes: number;
}

/** Counters of a transport. */
export interface TransportMetrics {
  readonly peers: ReadonlyMap<PeerKey, PeerMetrics>;
  /** Connections that were refused because the other end is not a member. */
  readonly connectionsRefused: number;
  /** Messages that were to be sent to somebody who is not (or no longer) a member. */
  readonly messagesUnaddressed: number;
}

/** Takes one message. While the promise it returns is pending, nothing more is read from `from`. */
export type MessageHandler = (from: PeerKey, message: Uint8Array) => void | Promise<void>;

/** Told when messages to a member can leave (`connected`) and when they no longer can. */
export type PeerChangeHandler = (peer: PeerKey, connected: boolean) => void;

/** A network among members. Handlers are set before `start`; a transport is started once. */
export interface Transport {
  /** Accepts and dials members; rejects when it cannot listen. */
  start(): Promise<void>;
  /** Sends what can still be sent in a short while, closes everything; no handler runs after. */
  stop(): Promise<void>;
  /**
   * Queues a message. Beyond the limits of the queue the **oldest** waiting messages are dropped
   * and counted. An unreachable or unknown peer is no error; the message must not be changed later.
   * @throws {RangeError} when the message is empty or larger than a frame may be
   */
  send(to: PeerKey, message: Uint8Array): void;
  onMessage(handler: MessageHandler): void;
  onPeerChange(handler: PeerChangeHandler): void;
  /**
   * Replaces the members; this node itself may be among them. Who is no longer a member is
   * disconnected at once, and what was queued for it is dropped.
   * @throws {RangeError} when a key or an address is malformed, or a key occurs twice
   */
  setMembers(members: readonly PeerAddress[]): void;
  /** Members to which messages can leave now, sorted. */
  connectedPeers(): PeerKey[];
  metrics(): TransportMetrics;
}
