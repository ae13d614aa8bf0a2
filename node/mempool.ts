/**
 * Transactions that this node has accepted and that no block has decided yet.
 *
 * A transaction leaves in one of two ways, both final: a committed block holds it, or committed block time
 * has passed its `notAfterMs`, after which no block may hold it. Whoever waits for it is told then.
 */

import type { CheckedTransaction } from "../contracts/check-transaction.ts";
import { ACCEPTED } from "../ledger/block.ts";
import { equalBytes } from "../ledger/bytes.ts";
import { LedgerFault } from "../ledger/faults.ts";
import type { Hash } from "../ledger/hash.ts";
import type { Transaction } from "../ledger/transaction.ts";
import { peekTransactionId } from "../ledger/transaction.ts";
import { Pace } from "./pace.ts";
import { TransientMap } from "./transient-map.ts";

/** Transactions that may wait at once, however fast blocks take them; more are refused with BUSY. */
const PENDING_MAX = 20_000;
/** What blocks have decided in so many ms may wait. */
const PACE_MS = 2000;
/** Transactions that may wait at once while none is late: a burst that meets an idle network. */
const PENDING_BURST = 2048;
/** What has waited for so many ms is late; then no more may wait than were decided in that time. */
const PATIENCE_MS = 5000;
/** Transactions that may wait at once, however slow blocks are, and whatever some few wait for. */
const PENDING_ALWAYS = 256;
/** Their bytes together. */
const PENDING_SIZE_BYTES_MAX: number = 64 * 1024 * 1024;

/** What became of a transaction. */
export interface Decision {
  readonly status: "committed" | "refused";
  /** `OK` or a fault code. */
  readonly result: string;
  /** Null when no block holds it: it expired, or another one took its id, before one could. */
  readonly place: { readonly height: number; readonly index: number } | null;
}

/** No block held it in time, and none may any more. */
export const EXPIRED: Decision = { status: "refused", result: "EXPIRED", place: null };
/** A block holds another transaction of the same id. */
export const DISPLACED: Decision = { status: "refused", result: "DUPLICATE_ID", place: null };

/** Told what became of a transaction; null when the node stops before that is known. */
export type Waiter = (decision: Decision | null) => void;

interface Waiting {
  readonly checked: CheckedTransaction;
  /** When it came, by the pace of blocks. */
  readonly since: number;
  /** Made for the first: nobody waits at a node to which it was forwarded. */
  waiters: Set<Waiter> | null;
}

/** The pending transactions of one node, in order of arrival. */
export class Mempool {
  readonly #waiting = new TransientMap<Waiting>();
  #sizeBytes = 0;
  /** The latest committed block time, ms. */
  #blockTimeMs = 0;
  /** None that waits ends before, ms. */
  #firstEndMs = Number.POSITIVE_INFINITY;
  readonly #pace = new Pace(PACE_MS);
  readonly #patience = new Pace(PATIENCE_MS);
  /** How many may wait now. */
  #pendingMax = PENDING_BURST;

  /** How many wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** True when a transaction of that id waits. */
  isPending(id: string): boolean {
    return this.#waiting.has(id);
  }

  /**
   * True when that very transaction waits already.
   * @throws LedgerFault `BUSY` when another one of its id waits: which of the two will be is not known yet.
   */
  has(id: string, leaf: Hash): boolean {
    const known = this.#waiting.get(id);
    if (known === undefined) return false;
    if (!equalBytes(known.checked.source.leaf, leaf)) {
      throw new LedgerFault("BUSY", { id, problem: "another transaction of this id is waiting" });
    }
    return true;
  }

  /** The one that waits with exactly these bytes: read, checked and verified already. */
  find(transactionBytes: Uint8Array): CheckedTransaction | undefined {
    const checked = this.#waiting.get(peekTransactionId(transactionBytes))?.checked;
    if (checked === undefined) return undefined;
    return Buffer.compare(checked.source.bytes, transactionBytes) === 0 ? checked : undefined;
  }

  /** False when the next transaction would be refused, whatever its size. */
  get hasRoom(): boolean {
    return this.#waiting.size < this.#pendingMax && this.#sizeBytes < PENDING_SIZE_BYTES_MAX;
  }

  /** @throws LedgerFault `BUSY` when there is no room for a transaction of so many bytes. */
  demandRoom(sizeBytes: number): void {
    if (this.hasRoom && this.#sizeBytes + sizeBytes <= PENDING_SIZE_BYTES_MAX) return;
    throw new LedgerFault("BUSY", { pending: this.#waiting.size, pendingMax: this.#pendingMax });
  }

  /** Adds a checked and verified transaction. @throws LedgerFault `BUSY`. */
  add(checked: CheckedTransaction): void {
    const { id, leaf, bytes } = checked.source;
    if (this.has(id, leaf)) return;
    this.demandRoom(bytes.length);
    this.#waiting.set(id, { checked, since: this.#patience.now, waiters: null });
    this.#sizeBytes += bytes.length;
    this.#firstEndMs = Math.min(this.#firstEndMs, checked.source.envelope.notAfterMs);
  }

  /** Calls back once. @returns how to stop waiting; null when no transaction of that id is pending. */
  onDecision(id: string, waiter: Waiter): (() => void) | null {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return null;
    waiting.waiters ??= new Set();
    const { waiters } = waiting;
    waiters.add(waiter);
    return () => waiters.delete(waiter);
  }

  /** The oldest transactions that `fits` allows, at most `countMax` and `sizeBytesMax`. */
  take(
    countMax: number,
    sizeBytesMax: number,
    fits: (checked: CheckedTransaction) => boolean = () => true,
  ): CheckedTransaction[] {
    const taken: CheckedTransaction[] = [];
    let sizeBytes = 0;
    for (const { checked } of this.#waiting.values()) {
      if (!fits(checked)) continue;
      sizeBytes += checked.source.bytes.length;
      if (taken.length >= countMax || sizeBytes > sizeBytesMax) break;
      taken.push(checked);
    }
    return taken;
  }

  /** True when one that waits could enter a block made at `fromMs`, and none made at `toMs`. */
  hasEnding(fromMs: number, toMs: number): boolean {
    if (toMs <= this.#firstEndMs) return false;
    for (const { checked } of this.#waiting.values()) {
      const { notAfterMs } = checked.source.envelope;
      if (notAfterMs >= fromMs && notAfterMs < toMs) return true;
    }
    return false;
  }

  /** A committed block holds a transaction of that id. Another one of the same id is refused for ever. */
  decided(id: string, leaf: Hash, decision: Decision): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#pace.decided();
    this.#patience.decided();
    this.#leave(id, waiting, equalBytes(waiting.checked.source.leaf, leaf) ? decision : DISPLACED);
  }

  /** A committed block of that time is applied: what ended before can no longer happen. */
  expire(timestampMs: number): void {
    this.#blockTimeMs = Math.max(this.#blockTimeMs, timestampMs);
    if (timestampMs > this.#firstEndMs) this.#endAll(timestampMs);
    this.#pace.applied(timestampMs);
    this.#patience.applied(timestampMs);
    const may = this.#isOverrun()
      ? Math.max(PENDING_ALWAYS, this.#patience.lately)
      : Math.max(PENDING_BURST, this.#pace.lately);
    this.#pendingMax = Math.min(PENDING_MAX, may);
  }

  #endAll(timestampMs: number): void {
    this.#firstEndMs = Number.POSITIVE_INFINITY;
    for (const [id, waiting] of this.#waiting) {
      const { notAfterMs } = waiting.checked.source.envelope;
      if (notAfterMs < timestampMs) this.#leave(id, waiting, EXPIRED);
      else this.#firstEndMs = Math.min(this.#firstEndMs, notAfterMs);
    }
  }

  /** True when more than some few are late. */
  #isOverrun(): boolean {
    if (this.#waiting.size <= PENDING_ALWAYS) return false;
    let older = 0;
    for (const { since } of this.#waiting.values()) {
      if (older === PENDING_ALWAYS) return this.#patience.isLate(since);
      older += 1;
    }
    return false;
  }

  /** True when committed block time has passed its end: then no block may hold it any more. */
  hasEnded({ envelope: { notAfterMs } }: Transaction): boolean {
    return notAfterMs < this.#blockTimeMs;
  }

  /** A snapshot has passed over blocks that may hold some of them: whoever waits has to ask again. */
  clear(): void {
    this.releaseWaiters();
    this.#waiting.clear();
    this.#sizeBytes = 0;
    this.#firstEndMs = Number.POSITIVE_INFINITY;
  }

  /** The node stops: whoever waits is told that nothing is known yet. */
  releaseWaiters(): void {
    for (const waiting of this.#waiting.values()) {
      for (const tell of waiting.waiters ?? []) tell(null);
      waiting.waiters = null;
    }
  }

  #leave(id: string, { checked, waiters }: Waiting, decision: Decision): void {
    this.#waiting.delete(id);
    this.#sizeBytes -= checked.source.bytes.length;
    for (const tell of waiters ?? []) tell(decision);
  }
}

/** The decision that a result in a block is. */
export function decisionOf(result: string, height: number, index: number): Decision {
  const status = result === ACCEPTED ? "committed" : "refused";
  return { status, result, place: { height, index } };
}
