/**
 * Sends what waits here to the leader, and again when the leader has changed or has not decided it for a
 * while. A transaction may arrive twice; the leader's own mempool and the ledger make that harmless.
 */
import type { CheckedTransaction } from "../contracts/check-transaction.ts";
import type { Mempool } from "./mempool.ts";
import { type Frame, WIRE_TRANSACTIONS_MAX } from "./wire.ts";

/** After so many ticks, what has waited as long is sent again; what came since has only just been sent. */
const RESEND_TICKS = 10;
/** Bytes of one frame of transactions. */
const FRAME_SIZE_BYTES_MAX: number = 4 * 1024 * 1024;

/** What the forwarder works with. */
export interface ForwarderParts {
  readonly self: number;
  readonly mempool: Mempool;
  /** The leader known now; 0 for none. */
  readonly leader: () => number;
  readonly send: (to: number, frame: Frame) => void;
  /** Runs work at the end of this turn of the event loop. */
  readonly defer: (work: () => void) => void;
}

/** The follower's way to the leader. */
export class Forwarder {
  readonly #parts: ForwarderParts;
  #fresh: Uint8Array[] = [];
  #lastLeader = 0;
  #ticksSinceResend = 0;
  /** What waited then. */
  #waitedBefore: ReadonlySet<CheckedTransaction> = new Set();

  constructor(parts: ForwarderParts) {
    this.#parts = parts;
  }

  /** A transaction was admitted here: it leaves with the others of the same turn of the event loop. */
  admitted(transaction: Uint8Array): void {
    this.#fresh.push(transaction);
    if (this.#fresh.length === 1) this.#parts.defer(() => this.#sendFresh());
  }

  /** One tick of the consensus clock. */
  tick(): void {
    const leader = this.#parts.leader();
    this.#ticksSinceResend += 1;
    const isNew = leader !== this.#lastLeader;
    if (!isNew && this.#ticksSinceResend < RESEND_TICKS) return;
    const before = this.#waitedBefore;
    const all = this.#parts.mempool.take(WIRE_TRANSACTIONS_MAX, FRAME_SIZE_BYTES_MAX);
    const waiting = isNew ? all : all.filter((one) => before.has(one));
    this.#lastLeader = leader;
    this.#ticksSinceResend = 0;
    this.#waitedBefore = new Set(all);
    this.#send(waiting.map(({ source }) => source.bytes));
  }

  #sendFresh(): void {
    const fresh = this.#fresh;
    this.#fresh = [];
    for (const frame of inFrames(fresh)) this.#send(frame);
  }

  #send(transactions: readonly Uint8Array[]): void {
    const leader = this.#parts.leader();
    const isElsewhere = leader !== 0 && leader !== this.#parts.self;
    if (isElsewhere && transactions.length > 0) {
      this.#parts.send(leader, { kind: "transactions", transactions });
    }
  }
}

/** The transactions in order, as many at a time as one frame may hold. */
function inFrames(transactions: readonly Uint8Array[]): Uint8Array[][] {
  const frames: Uint8Array[][] = [];
  let sizeBytes = 0;
  for (const transaction of transactions) {
    const frame = frames.at(-1);
    sizeBytes += transaction.length;
    if (
      frame === undefined ||
      frame.length === WIRE_TRANSACTIONS_MAX ||
      sizeBytes > FRAME_SIZE_BYTES_MAX
    ) {
      frames.push([transaction]);
      sizeBytes = transaction.length;
    } else {
      frame.push(transaction);
    }
  }
  return frames;
}
