/**
 * Signature checks on worker threads, each transaction once per node.
 *
 * What was found right is remembered by leaf (which covers every byte of the transaction, signatures
 * included), from admission to the block, so a payment that this node accepted is not checked again when
 * its block comes. What was found wrong is not remembered: nothing wrong reaches a block.
 *
 * What is asked for while all threads are busy goes to the next free one together, blocks first: a block
 * holds up everybody's payments, an admission one.
 */
import { availableParallelism } from "node:os";
import { Piscina } from "piscina";
import { toHex } from "../../ledger/bytes.ts";
import { signaturesOf, type Transaction } from "../../ledger/transaction.ts";
import { packSigned } from "./signature-batch.ts";

/** Leaves remembered: well above what can be between admission and block. */
const REMEMBERED_MAX = 100_000;
/** Transactions handed to a thread at once: some 10 ms of work, so that a block does not wait for long. */
const BATCH_TRANSACTIONS_MAX = 256;
/** One thread is left to the event loop. */
const THREADS: number = Math.max(1, availableParallelism() - 1);

/** What the verdict is for. */
export type Urgency = "block" | "admission";

/** A transaction that waits for its verdict, and who waits for it. */
interface Request {
  readonly transaction: Transaction;
  readonly resolve: (isRight: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/** Checks transactions' signatures. */
export class TransactionVerifier {
  readonly #pool = new Piscina({
    filename: new URL("./verify-worker.js", import.meta.url).href,
    name: "verifyBatch",
    minThreads: 1,
    maxThreads: THREADS,
  });
  readonly #remembered = new Set<string>();
  /** By leaf, until the verdict is there. */
  readonly #underWay = new Map<string, Promise<boolean>>();
  readonly #waiting: Record<Urgency, Request[]> = { block: [], admission: [] };
  #threadsBusy = 0;
  #isHandOverDue = false;
  #verifiedTransactions = 0;

  /** How many transactions this node has checked and found right since it started. */
  get verifiedTransactions(): number {
    return this.#verifiedTransactions;
  }

  /** For each transaction, in order: are all its signatures right? */
  verify(transactions: readonly Transaction[], urgency: Urgency = "block"): Promise<boolean[]> {
    return Promise.all(transactions.map((transaction) => this.#verifyOne(transaction, urgency)));
  }

  /** Ends the workers. */
  async close(): Promise<void> {
    await this.#pool.close();
  }

  #verifyOne(transaction: Transaction, urgency: Urgency): Promise<boolean> | boolean {
    const leaf = toHex(transaction.leaf);
    if (this.#remembered.has(leaf)) return true;
    // It may come from a client and in a block at once.
    const underWay = this.#underWay.get(leaf);
    if (underWay !== undefined) return underWay;
    const verdict = new Promise<boolean>((resolve, reject) => {
      this.#waiting[urgency].push({ transaction, resolve, reject });
      this.#handOverSoon();
    }).finally(() => this.#underWay.delete(leaf));
    this.#underWay.set(leaf, verdict);
    return verdict;
  }

  /** What is asked for in one turn of the event loop goes together. */
  #handOverSoon(): void {
    if (this.#isHandOverDue || this.#threadsBusy >= THREADS) return;
    this.#isHandOverDue = true;
    setImmediate(() => {
      this.#isHandOverDue = false;
      this.#handOver();
    });
  }

  #handOver(): void {
    const { block, admission } = this.#waiting;
    while (this.#threadsBusy < THREADS && block.length + admission.length > 0) {
      const batch = block.splice(0, BATCH_TRANSACTIONS_MAX);
      batch.push(...admission.splice(0, BATCH_TRANSACTIONS_MAX - batch.length));
      void this.#check(batch);
    }
  }

  /** One verdict a transaction: right when it has signatures and every one of them is right. */
  async #check(batch: readonly Request[]): Promise<void> {
    this.#threadsBusy += 1;
    try {
      const packed = packSigned(batch.flatMap(({ transaction }) => signaturesOf(transaction)));
      const options = { transferList: [packed.buffer as ArrayBuffer] };
      const right: Uint8Array = await this.#pool.run(packed, options);
      let at = 0;
      for (const { transaction, resolve } of batch) {
        const end = at + transaction.auth.length;
        const isRight = end > at && right.subarray(at, end).every((verdict) => verdict === 1);
        at = end;
        if (isRight) this.#remember(toHex(transaction.leaf));
        resolve(isRight);
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      this.#threadsBusy -= 1;
      this.#handOver();
    }
  }

  #remember(leafHex: string): void {
    if (this.#remembered.has(leafHex)) return;
    this.#verifiedTransactions += 1;
    this.#remembered.add(leafHex);
    if (this.#remembered.size > REMEMBERED_MAX) {
      const [oldest] = this.#remembered;
      if (oldest !== undefined) this.#remembered.delete(oldest);
    }
  }
}
