/** The members as the driver knows them, by number: frames out, frames in, who is in reach. */
import { toHex } from "../ledger/bytes.ts";
import { LedgerFault } from "../ledger/faults.ts";
import type { Membership } from "../ledger/membership.ts";
import type { NodeLog } from "./logger.ts";
import type { Transport } from "./transport/transport.ts";
import { decodeFrame, encodeFrame, type Frame } from "./wire.ts";

/** Takes a frame of a member. While the promise is pending, nothing more is read from that member. */
export type FrameHandler = (from: number, frame: Frame) => Promise<void>;

/** Members by number, over a transport that knows them by key. */
export class Peers {
  readonly #transport: Transport;
  readonly #self: number;
  readonly #log: NodeLog;
  readonly #keyOf: ReadonlyMap<number, string>;
  readonly #numberOf: ReadonlyMap<string, number>;

  constructor(transport: Transport, self: number, membership: Membership, log: NodeLog) {
    this.#transport = transport;
    this.#self = self;
    this.#log = log;
    const keys = membership.members.map(
      ({ number, publicKey }) => [number, toHex(publicKey)] as const,
    );
    this.#keyOf = new Map(keys);
    this.#numberOf = new Map(keys.map(([number, key]) => [key, number]));
    transport.setMembers(
      membership.members.map(({ publicKey, address }) => ({
        key: toHex(publicKey),
        multiaddr: address,
      })),
    );
  }

  /** Queues a frame; whoever cannot be reached loses it. */
  send(to: number, frame: Frame): void {
    const key = this.#keyOf.get(to);
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
