/**
 * The door for transactions, from clients and from other members: decoded once, strictly; checked; its
 * signatures verified; then it waits for a block. What is refused here never entered the ledger.
 */
import { bearsCertificate } from "../contracts/card-certificate.ts";
import { type CheckedTransaction, checkTransaction } from "../contracts/check-transaction.ts";
import { LedgerFault } from "../ledger/faults.ts";
import type { Hash } from "../ledger/hash.ts";
import { CREATED_AHEAD_MS_MAX } from "../ledger/limits.ts";
import { decodeTransaction, type Transaction } from "../ledger/transaction.ts";
import type { LedgerChain } from "./chain/ledger-chain.ts";
import type { Ledger } from "./ledger-reader.ts";
import { type Decision, EXPIRED, type Mempool } from "./mempool.ts";
import { demandWantedPing } from "./ping-guard.ts";
import { demandQuorum } from "./quorum-guard.ts";
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
  /** Called when a new transaction waits. */
  readonly onAdmitted: (checked: CheckedTransaction) => void;
}

/** A transaction that was let in, and its decision when there is one already. */
export interface Admitted {
  readonly transaction: Transaction;
  readonly decision: Decision | null;
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
   * Lets a transaction in. The same bytes again are no fault: they are waited for, or answered.
   * @throws LedgerFault with what is wrong; then it is not in the ledger and not on its way from here.
   */
  async admit(transactionBytes: Uint8Array): Promise<Admitted> {
    this.#demandOpen();
    const { networkId, mempool, onAdmitted } = this.#parts;
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
    const transaction = checked.source;
    const before = this.#known(checked);
    if (before !== null) return before;
    this.#checkTime(transaction);
    mempool.demandRoom(transaction.bytes.length);
    await this.#verify(transaction);
    await demandQuorum(checked, this.#parts);
    await demandWantedPing(checked, this.#parts);
    this.#demandOpen();
    // While its signatures were checked, it may have come another way, and block time may have passed it:
    // then nothing would ever decide it.
    const after = this.#known(checked);
    if (after !== null) return after;
    this.#checkTime(transaction);
    mempool.add(checked);
    onAdmitted(checked);
    return { transaction, decision: null };
  }

  /**
   * The decision on a transaction that was let in, as soon as there is one; null when the time runs out
   * or the node stops before.
   */
  wait({ transaction, decision }: Admitted, waitMs: number): Promise<Decision | null> {
    return new Promise((resolve) => {
      // Closed between admission and now: nobody would call.
      if (decision !== null || waitMs === 0 || !this.#isOpen) return resolve(decision);
      const stop = this.#parts.mempool.onDecision(transaction.id, (decided) => {
        callOff();
        resolve(decided);
      });
      const callOff = this.#parts.after(waitMs, () => {
        stop?.();
        resolve(null);
      });
      if (stop !== null) return;
      // It left the mempool between admission and now: decided, ended, or (after a snapshot) given up.
      callOff();
      const known = this.#parts.ledger.decisionOn(transaction);
      resolve(known ?? (this.#parts.mempool.hasEnded(transaction) ? EXPIRED : null));
    });
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

  async #verify(transaction: Transaction): Promise<void> {
    if (this.#verifying >= VERIFYING_MAX) {
      throw new LedgerFault("BUSY", { verifying: this.#verifying });
    }
    this.#verifying += 1;
    try {
      const [isRight] = await this.#parts.verifier.verify([transaction], "admission");
      if (isRight !== true) throw new LedgerFault("SIGNATURE_INVALID", { id: transaction.id });
    } finally {
      this.#verifying -= 1;
    }
  }
}
