/**
 * The door for transactions, from clients and from other members: decoded once, strictly; checked; its
 * signatures verified; then it waits for a block. What is refused here never entered the ledger.
 */

import { type CheckedTransaction, checkTransaction } from "../contracts/check-transaction.ts";
import { bearsCertificate } from "../contracts/residents/card-certificate.ts";
import { LedgerFault } from "../ledger/faults.ts";
import type { Hash } from "../ledger/hash.ts";
import { CREATED_AHEAD_MS_MAX } from "../ledger/limits.ts";
import { decodeTransaction, type Transaction } from "../ledger/transaction.ts";
import type { LedgerChain } from "./chain/ledger-chain.ts";
import { guard, isGuarded } from "./guards.ts";
import type { Ledger } from "./ledger-reader.ts";
import { type Decision, EXPIRED, type Mempool } from "./mempool.ts";
import type { TransactionVerifier } from "./verification/transaction-verifier.ts";

/** Transactions whose signatures may be under verification at once; more are refused with BUSY. */
const VERIFYING_MAX = 4096;

/** What the door is made with. */
export interface AdmissionParts {
  readonly networkId: Hash;
  readonly chain: LedgerChain;
  readonly ledger: Ledger;
  readonly mempool: Mempool;
  readonly verifier: Pick<TransactionVerifier, "verify">;
  readonly nowMs: () => number;
  /** Whether certificates of cards may be on this ledger: else one that came by a mistake stays out of every block. */
  readonly takesCertificates: boolean;
  /** Numbers of the members in reach, this node among them. */
  readonly connected: () => ReadonlySet<number>;
  /** Does something after a time. @returns how to call it off. */
  readonly after: (delayMs: number, work: () => void) => () => void;
  /** Called when new transactions wait, or none. */
  readonly onAdmitted: (checked: readonly CheckedTransaction[]) => void;
}

/** A transaction that was let in, and its decision when there is one already. */
export interface Admitted {
  readonly transaction: Transaction;
  readonly decision: Decision | null;
}

/** What became of a transaction at the door. */
export type Judged = Admitted | LedgerFault;

/** True for what was let in. */
export function isAdmitted(judged: Judged): judged is Admitted {
  return !(judged instanceof LedgerFault);
}

/** Judges transactions and lets them in. */
export class Admission {
  readonly #parts: AdmissionParts;
  #isOpen = true;
  #verifying = 0;

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
  }

  /** From now on everything is refused with SHUTTING_DOWN, and whoever waits is let go. */
  close(): void {
    this.#isOpen = false;
    this.#parts.mempool.releaseWaiters();
  }

  /**
   * Lets transactions in, each judged by itself; their signatures are checked together, and what waits for them is
   * one promise. The same bytes again are no fault: they are waited for, or answered.
   * @returns in their order; a fault says what is wrong: then it is not in the ledger and not on its way from here.
   */
  async admit(transactions: readonly Uint8Array[]): Promise<Judged[]> {
    const read = transactions.map((bytes) => faultOr(() => this.#read(bytes)));
    const arrivals = read.filter((one) => one instanceof Arrival);
    await this.#verify(arrivals);
    await Promise.all(arrivals.flatMap((arrival) => this.#guard(arrival) ?? []));
    const judged = read.map((one) =>
      one instanceof Arrival ? faultOr(() => this.#letIn(one)) : one,
    );
    this.#parts.onAdmitted(arrivals.flatMap(({ checked, isNew }) => (isNew ? checked : [])));
    return judged;
  }

  /**
   * The decisions on transactions that were let in, in their order, as soon as there are all of them; null for those
   * that have none when the time runs out or the node stops before.
   */
  wait(admitted: readonly Admitted[], waitMs: number): Promise<(Decision | null)[]> {
    const decisions = admitted.map(({ decision }) => decision);
    // Closed between admission and now: nobody would call.
    if (waitMs === 0 || !this.#isOpen) return Promise.resolve(decisions);
    const { mempool, after } = this.#parts;
    return new Promise((resolve) => {
      const stops: (() => void)[] = [];
      const end = () => {
        for (const stop of stops) stop();
        resolve(decisions);
      };
      let missing = 0;
      for (const [i, { transaction, decision }] of admitted.entries()) {
        if (decision !== null) continue;
        const stop = mempool.onDecision(transaction.id, (decided) => {
          decisions[i] = decided;
          missing -= 1;
          if (missing === 0) end();
        });
        if (stop === null) decisions[i] = this.#decidedMeanwhile(transaction);
        else missing = stops.push(stop);
      }
      if (missing === 0) resolve(decisions);
      else stops.push(after(waitMs, end));
    });
  }

  /** It left the mempool between admission and now: decided, ended, or (after a snapshot) given up. */
  #decidedMeanwhile(transaction: Transaction): Decision | null {
    const known = this.#parts.ledger.decisionOn(transaction);
    return known ?? (this.#parts.mempool.hasEnded(transaction) ? EXPIRED : null);
  }

  /** Before the signatures: what is known already, or one more to check. @throws LedgerFault. */
  #read(transactionBytes: Uint8Array): Admitted | Arrival {
    this.#demandOpen();
    const { networkId, mempool } = this.#parts;
    const waiting = mempool.find(transactionBytes);
    if (waiting !== undefined) return { transaction: waiting.source, decision: null };
    // A copy: what waits must not keep all of the message in memory that it came in.
    const checked = checkTransaction(
      decodeTransaction(new Uint8Array(transactionBytes)),
      networkId,
    );
    if (!this.#parts.takesCertificates && bearsCertificate(checked.content)) {
      throw new LedgerFault("CERTIFICATE_POLICY");
    }
    const known = this.#known(checked);
    if (known !== null) return known;
    this.#checkTime(checked.source);
    mempool.demandRoom(checked.source.bytes.length);
    return new Arrival(checked);
  }

  async #verify(arrivals: readonly Arrival[]): Promise<void> {
    const verifying = this.#verifying;
    const checking = arrivals.slice(0, Math.max(0, VERIFYING_MAX - verifying));
    for (const arrival of arrivals.slice(checking.length)) {
      arrival.fault = new LedgerFault("BUSY", { verifying });
    }
    this.#verifying += checking.length;
    try {
      const transactions = checking.map(({ checked }) => checked.source);
      const verdicts = await this.#parts.verifier.verify(transactions, "admission");
      for (const [i, arrival] of checking.entries()) {
        if (verdicts[i] === true) continue;
        arrival.fault = new LedgerFault("SIGNATURE_INVALID", { id: arrival.checked.source.id });
      }
    } finally {
      this.#verifying -= checking.length;
    }
  }

  /** Notes the fault of one that a guard keeps out; null for the many that are not guarded. */
  #guard(arrival: Arrival): Promise<void> | null {
    const { checked, fault } = arrival;
    if (fault !== null || !isGuarded(checked)) return null;
    return guard(checked, this.#parts).catch((error) => {
      arrival.fault = error;
    });
  }

  /** After the signatures. @throws LedgerFault. */
  #letIn(arrival: Arrival): Admitted {
    const { checked, fault } = arrival;
    const transaction = checked.source;
    if (fault !== null) throw fault;
    this.#demandOpen();
    // While its signatures were checked, it may have come another way, and block time may have passed it:
    // then nothing would ever decide it.
    const known = this.#known(checked);
    if (known !== null) return known;
    this.#checkTime(transaction);
    this.#parts.mempool.add(checked);
    arrival.isNew = true;
    return { transaction, decision: null };
  }

  #demandOpen(): void {
    if (!this.#isOpen) throw new LedgerFault("SHUTTING_DOWN");
  }

  /** The answer for a transaction that waits or is decided already. @throws LedgerFault `BUSY`. */
  #known(checked: CheckedTransaction): Admitted | null {
    const { chain, ledger, mempool } = this.#parts;
    const transaction = checked.source;
    const decision = chain.isSurelyNew(checked) ? null : ledger.decisionOn(transaction);
    if (decision !== null || mempool.has(transaction.id, transaction.leaf)) {
      return { transaction, decision };
    }
    return null;
  }

  #checkTime({ envelope: { createdAtMs, notAfterMs } }: Transaction): void {
    // By block time, which all nodes share: what has ended by it can never be in a block.
    const blockTimeMs = this.#parts.chain.applied.tip.timestampMs;
    if (notAfterMs < blockTimeMs) throw new LedgerFault("EXPIRED", { notAfterMs, blockTimeMs });
    const nowMs = this.#parts.nowMs();
    if (createdAtMs > nowMs + CREATED_AHEAD_MS_MAX) {
      throw new LedgerFault("NOT_YET_VALID", { createdAtMs, nowMs });
    }
  }
}

/** A transaction between its two judgements. */
class Arrival {
  readonly checked: CheckedTransaction;
  /** What was found wrong with it. */
  fault: Error | null = null;
  /** True once it waits in the mempool, and did not before. */
  isNew = false;

  constructor(checked: CheckedTransaction) {
    this.checked = checked;
  }
}

/** @throws whatever is no LedgerFault: it is this node's own failure. */
function faultOr<T>(judge: () => T): T | LedgerFault {
  try {
    return judge();
  } catch (error) {
    if (error instanceof LedgerFault) return error;
    throw error;
  }
}
