/**
 * The door for transactions, from clients and from other members: decoded once, strictly; checked; its
 * signatures verified; then it waits for a block. What is refused here never entered the ledger.
 */
import { type CheckedTransaction, checkTransaction } from "../contracts/check-transaction.ts";
import { equalBytes } from "../ledger/bytes.ts";
import { LedgerFault } from "../ledger/faults.ts";
import type { Hash } from "../ledger/hash.ts";
import { CREATED_AHEAD_MS_MAX } from "../ledger/limits.ts";
import { decodeTransaction } from "../ledger/transaction.ts";
import type { LedgerChain } from "./chain/ledger-chain.ts";
import type { Ledger } from "./ledger-reader.ts";
import type { Decision, Mempool } from "./mempool.ts";
import type { TransactionVerifier } from "./verification/transaction-verifier.ts";

/** What the door is made with. */
export interface AdmissionParts {
  readonly networkId: Hash;
  readonly chain: LedgerChain;
  readonly ledger: Ledger;
  readonly mempool: Mempool;
  readonly verifier: Pick<TransactionVerifier, "verify">;
  readonly nowMs: () => number;
  /** Called when a new transaction waits. */
  readonly onAdmitted: (checked: CheckedTransaction) => void;
}

/** A transaction's id, and its decision when there is one already. */
export interface Admitted {
  readonly id: string;
  readonly decision: Decision | null;
}

/** Judges transactions and lets them in. */
export class Admission {
  readonly #parts: AdmissionParts;
  #isOpen = true;

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
  }

  /** From now on everything is refused with SHUTTING_DOWN. */
  close(): void {
    this.#isOpen = false;
  }

  /**
   * Lets a transaction in. The same bytes again are no fault: they are waited for, or answered.
   * @throws LedgerFault with what is wrong; then it is not in the ledger and not on its way.
   */
  async admit(transactionBytes: Uint8Array): Promise<Admitted> {
    if (!this.#isOpen) throw new LedgerFault("SHUTTING_DOWN");
    const { networkId, mempool, verifier, onAdmitted } = this.#parts;
    const checked = checkTransaction(decodeTransaction(transactionBytes), networkId);
    const { id } = checked.source;
    const before = this.#known(checked);
    if (before !== null) return before;
    this.#checkTime(checked);
    const [isRight] = await verifier.verify([checked.source]);
    if (isRight !== true) throw new LedgerFault("SIGNATURE_INVALID", { id });
    // It may have come another way while its signatures were checked.
    const after = this.#known(checked);
    if (after !== null) return after;
    mempool.add(checked);
    onAdmitted(checked);
    return { id, decision: null };
  }

  /** The answer for a transaction that waits or is decided already. @throws LedgerFault `DUPLICATE_ID`. */
  #known({ source: transaction }: CheckedTransaction): Admitted | null {
    const { id, leaf } = transaction;
    const found = this.#parts.ledger.find(id);
    if (found !== null) {
      if (!equalBytes(found.leaf, leaf)) throw new LedgerFault("DUPLICATE_ID", { id });
      return { id, decision: found.decision };
    }
    return this.#parts.mempool.has(id, leaf) ? { id, decision: null } : null;
  }

  #checkTime({ source: transaction }: CheckedTransaction): void {
    const { createdAtMs, notAfterMs } = transaction.envelope;
    // By block time, which all nodes share: what has ended by it can never be in a block.
    const blockTimeMs = this.#parts.chain.applied.tip.timestampMs;
    if (notAfterMs < blockTimeMs) throw new LedgerFault("EXPIRED", { notAfterMs, blockTimeMs });
    const nowMs = this.#parts.nowMs();
    if (createdAtMs > nowMs + CREATED_AHEAD_MS_MAX) {
      throw new LedgerFault("NOT_YET_VALID", { createdAtMs, nowMs });
    }
  }
}
