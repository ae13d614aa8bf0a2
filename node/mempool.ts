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

/** Transactions that may wait at once; more are refused with BUSY. */
const PENDING_MAX = 20_000;
/** Their bytes together. */
const PENDING_SIZE_BYTES_MAX: number = 64 * 1024 * 1024;

/** What became of a transaction. */
export interface Decision {
  readonly status: "committed" | "refused";
  /** `OK` or a fault code. */
  readonly result: string;
  /** Null when no block holds it: it expired before one could. */
  readonly place: { readonly height: number; readonly index: number } | null;
}

interface Waiting {
  readonly checked: CheckedTransaction;
  readonly waiters: ((decision: Decision) => void)[];
}

/** The pending transactions of one node, in order of arrival. */
export class Mempool {
  readonly #waiting = new Map<string, Waiting>();
  #sizeBytes = 0;

  /** How many wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** True when a transaction of that id waits. */
  isPending(id: string): boolean {
    return this.#waiting.has(id);
  }

  /** True when that very transaction waits already. @throws LedgerFault `DUPLICATE_ID`. */
  has(id: string, leaf: Hash): boolean {
    const known = this.#waiting.get(id);
    if (known === undefined) return false;
    if (!equalBytes(known.checked.source.leaf, leaf)) {
      throw new LedgerFault("DUPLICATE_ID", { id });
    }
    return true;
  }

  /** Adds a checked and verified transaction. @throws LedgerFault `BUSY` or `DUPLICATE_ID`. */
  add(checked: CheckedTransaction): void {
    const { id, leaf, bytes } = checked.source;
    if (this.has(id, leaf)) return;
    const isFull =
      this.#waiting.size >= PENDING_MAX || this.#sizeBytes + bytes.length > PENDING_SIZE_BYTES_MAX;
    if (isFull) throw new LedgerFault("BUSY", { pending: this.#waiting.size });
    this.#waiting.set(id, { checked, waiters: [] });
    this.#sizeBytes += bytes.length;
  }

  /** Calls back once when the transaction is decided. @returns how to stop waiting. */
  onDecision(id: string, callback: (decision: Decision) => void): () => void {
    const waiters = this.#waiting.get(id)?.waiters;
    if (waiters === undefined) throw new Error(`transaction ${id} is not pending`);
    waiters.push(callback);
    return () => {
      const at = waiters.indexOf(callback);
      if (at >= 0) waiters.splice(at, 1);
    };
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

  /** True when one that waits can no longer enter a block made at `nowMs`. */
  hasExpired(nowMs: number): boolean {
    for (const { checked } of this.#waiting.values()) {
      if (checked.source.envelope.notAfterMs < nowMs) return true;
    }
    return false;
  }

  /** A committed block holds a transaction of that id. Another one of the same id is refused for ever. */
  decided(id: string, leaf: Hash, decision: Decision): void {
    const waiting = this.#remove(id);
    if (waiting === undefined) return;
    const isIt = equalBytes(waiting.checked.source.leaf, leaf);
    const told: Decision = isIt
      ? decision
      : { status: "refused", result: "DUPLICATE_ID", place: null };
    for (const tell of waiting.waiters) tell(told);
  }

  /** Committed block time has reached `timestampMs`: what ended before can no longer happen. */
  expire(timestampMs: number): void {
    for (const [id, { checked }] of this.#waiting) {
      if (checked.source.envelope.notAfterMs >= timestampMs) continue;
      const expired: Decision = { status: "refused", result: "EXPIRED", place: null };
      for (const tell of this.#remove(id)?.waiters ?? []) tell(expired);
    }
  }

  #remove(id: string): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return undefined;
    this.#waiting.delete(id);
    this.#sizeBytes -= waiting.checked.source.bytes.length;
    return waiting;
  }
}

/** The decision that a result in a block is. */
export function decisionOf(result: string, height: number, index: number): Decision {
  const status = result === ACCEPTED ? "committed" : "refused";
  return { status, result, place: { height, index } };
}
