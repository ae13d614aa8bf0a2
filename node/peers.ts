/** The members as the driver knows them, by number: frames out, frames in, who is in reach. */
import { toHex } from "../ledger/bytes.ts";
import { LedgerFault } from "../ledger/faults.ts";
import type { Member, Membership } from "../ledger/membership.ts";
import type { NodeLog } from "./logger.ts";
import type { Transport } from "./transport/transport.ts";
import { decodeFrame, encodeFrame, type Frame } from "./wire.ts";

/** Takes a frame of a member. While the promise is pending, nothing more is read from that member. */
export type FrameHandler = (from: number, frame: Frame) => Promise<void>;

/** Where a member is reached. */
export type Contact = Pick<Member, "number" | "publicKey" | "address">;

/** Members by number, over a transport that knows them by key. */
export class Peers {
  readonly #transport: Transport;
  readonly #self: number;
  readonly #contacts: readonly Contact[];
  readonly #log: NodeLog;
  /** Keys of each member: two while one is rotated, the newer first. */
  #keysOf: ReadonlyMap<number, readonly string[]> = new Map();
  #numberOf: ReadonlyMap<string, number> = new Map();
  /** Where each key is reached. */
  #byKey: ReadonlyMap<string, Contact> = new Map();

  /** @param contacts who is asked although no membership that this node knows names him. */
  constructor(transport: Transport, self: number, contacts: readonly Contact[], log: NodeLog) {
    this.#transport = transport;
    this.#self = self;
    this.#contacts = contacts;
    this.#log = log;
    transport.onPeerChange((key, isConnected) => {
      if (isConnected) this.#forgetOlderKeys(key);
    });
  }

  /** Replaces the members: those of all these memberships, the first of which counts most. */
  setMembers(memberships: readonly Membership[]): void {
    const byKey = new Map<string, Contact>();
    const members = memberships.flatMap((membership) => membership.members);
    for (const member of [...members, ...this.#contacts]) {
      const key = toHex(member.publicKey);
      if (!byKey.has(key)) byKey.set(key, member);
    }
    // A member whose key was rotated is let in under the old one until it comes under the new one: how else could
    // it read that the new one is in force?
    const connected = new Set(this.#transport.connectedPeers());
    const awaited = new Set(
      [...byKey].flatMap(([key, { number }]) => (connected.has(key) ? [] : [number])),
    );
    for (const [key, member] of this.#byKey) {
      if (awaited.has(member.number) && !byKey.has(key)) byKey.set(key, member);
    }
    this.#let(byKey);
  }

  /** The member is there under this key: those that the membership no longer has are not let in any more. */
  #forgetOlderKeys(key: string): void {
    const number = this.#numberOf.get(key);
    const keys = number === undefined ? [] : (this.#keysOf.get(number) ?? []);
    const older = keys.slice(keys.indexOf(key) + 1);
    if (older.length === 0) return;
    this.#let(new Map([...this.#byKey].filter(([one]) => !older.includes(one))));
  }

  /** These members are in reach, and nobody else. */
  #let(byKey: ReadonlyMap<string, Contact>): void {
    this.#byKey = byKey;
    this.#numberOf = new Map([...byKey].map(([key, { number }]) => [key, number]));
    const keysOf = new Map<number, string[]>();
    for (const [key, number] of this.#numberOf) {
      keysOf.set(number, [...(keysOf.get(number) ?? []), key]);
    }
    this.#keysOf = keysOf;
    const others = [...byKey].filter(([, { number }]) => number !== this.#self);
    this.#transport.setMembers(others.map(([key, { address }]) => ({ key, multiaddr: address })));
  }

  /** Queues a frame; whoever cannot be reached loses it. */
  send(to: number, frame: Frame): void {
    const keys = this.#keysOf.get(to) ?? [];
    const connected = keys.length > 1 ? this.#transport.connectedPeers() : [];
    const key = keys.find((one) => connected.includes(one)) ?? keys[0];
    if (key !== undefined) this.#transport.send(key, encodeFrame(frame));
  }

  /** Frames that are no frames are noted and dropped. */
  onFrame(handle: FrameHandler): void {
    this.#transport.onMessage(async (key, message) => {
      const from = this.#numberOf.get(key);
      if (from === undefined) return;
      const frame = this.#decode(from, message);
      if (frame !== null) await handle(from, frame);
    });
  }

  /** Numbers of the members in reach, this node among them. */
  connected(): Set<number> {
    const others = this.#transport.connectedPeers().map((key) => this.#numberOf.get(key));
    return new Set([this.#self, ...others.filter((number) => number !== undefined)]);
  }

  #decode(from: number, message: Uint8Array): Frame | null {
    try {
      return decodeFrame(message);
    } catch (error) {
      if (!(error instanceof LedgerFault)) throw error;
      this.#log.warn("FRAME_REFUSED", { from, reason: error.message });
      return null;
    }
  }
}
