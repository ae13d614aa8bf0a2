/**
 * Signature checks on worker threads, each transaction once per node.
 *
 * What was found right is remembered by leaf (which covers every byte of the transaction, signatures
 * included), from admission to the block, so a payment that this node accepted is not checked again when
 * its block comes. What was found wrong is not remembered: nothing wrong reaches a block.
 */
import { availableParallelism } from "node:os";
import { Piscina } from "piscina";
import { toHex } from "../../ledger/bytes.ts";
import type { SignedMessage } from "../../ledger/signature.ts";
import { signaturesOf, type Transaction } from "../../ledger/transaction.ts";

/** Leaves remembered: well above what can be between admission and block. */
const REMEMBERED_MAX = 100_000;
/** Signatures handed to a worker at once: hand-off costs 26 µs alone, below 1 µs a record in batches. */
const BATCH_SIGNATURES = 64;

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
    maxThreads: Math.max(1, availableParallelism() - 1),
  });
  readonly #remembered = new Set<string>();
  /** By leaf, until the verdict is there. */
  readonly #underWay = new Map<string, Promise<boolean>>();
  #requests: Request[] = [];
  #verifiedTransactions = 0;

  /** How many transactions this node has checked and found right since it started. */
  get verifiedTransactions(): number {
    return this.#verifiedTransactions;
  }

  /** For each transaction, in order: are all its signatures right? */
  verify(transactions: readonly Transaction[]): Promise<boolean[]> {
    return Promise.all(transactions.map((transaction) => this.#verifyOne(transaction)));
  }

  /** Ends the workers. */
  async close(): Promise<void> {
    await this.#pool.close();
  }

  #verifyOne(transaction: Transaction): Promise<boolean> | boolean {
    const leaf = toHex(transaction.leaf);
    if (this.#remembered.has(leaf)) return true;
    // It may come from a client and in a block at once.
    const underWay = this.#underWay.get(leaf);
    if (underWay !== undefined) return underWay;
    const verdict = this.#request(transaction).finally(() => this.#underWay.delete(leaf));
    this.#underWay.set(leaf, verdict);
    return verdict;
  }

  /** What is asked for in one turn of the event loop goes to the workers together. */
  #request(transaction: Transaction): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#requests.push({ transaction, resolve, reject });
      if (this.#requests.length === 1) setImmediate(() => this.#sendRequests());
    });
  }

  #sendRequests(): void {
    const requests = this.#requests;
    this.#requests = [];
    let batch: Request[] = [];
    let signatures = 0;
    for (const request of requests) {
      batch.push(request);
      signatures += request.transaction.auth.length;
      if (signatures < BATCH_SIGNATURES) continue;
      void this.#check(batch);
      batch = [];
      signatures = 0;
    }
    if (batch.length > 0) void this.#check(batch);
  }

  /** One verdict a transaction: right when it has signatures and every one of them is right. */
  async #check(batch: readonly Request[]): Promise<void> {
    try {
      const signed: SignedMessage[] = batch.flatMap(({ transaction }) => signaturesOf(transaction));
      const right: boolean[] = await this.#pool.run(signed);
      let at = 0;
      for (const { transaction, resolve } of batch) {
        const end = at + transaction.auth.length;
        const isRight = end > at && right.slice(at, end).every((verdict) => verdict);
        at = end;
        if (isRight) this.#remember(toHex(transaction.leaf));
        resolve(isRight);
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
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
