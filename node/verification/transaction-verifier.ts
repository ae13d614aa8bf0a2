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

/** Checks transactions' signatures. */
export class TransactionVerifier {
  readonly #pool = new Piscina({
    filename: new URL("./verify-worker.js", import.meta.url).href,
    name: "verifyBatch",
    minThreads: 1,
    maxThreads: Math.max(1, availableParallelism() - 1),
  });
  readonly #remembered = new Set<string>();
  #verifiedTransactions = 0;

  /** How many transactions this node has checked and found right since it started. */
  get verifiedTransactions(): number {
    return this.#verifiedTransactions;
  }

  /** For each transaction, in order: are all its signatures right? */
  async verify(transactions: readonly Transaction[]): Promise<boolean[]> {
    const unknown = transactions.filter(({ leaf }) => !this.#remembered.has(toHex(leaf)));
    const verdicts = await this.#check(unknown);
    unknown.forEach(({ leaf }, i) => {
      if (verdicts[i] === true) this.#remember(toHex(leaf));
    });
    const wrong = new Set(unknown.filter((_, i) => verdicts[i] !== true));
    return transactions.map((transaction) => !wrong.has(transaction));
  }

  /** Ends the workers. */
  async close(): Promise<void> {
    await this.#pool.close();
  }

  /** One verdict a transaction: right when every one of its signatures is. */
  async #check(transactions: readonly Transaction[]): Promise<boolean[]> {
    const signatures = transactions.flatMap((transaction, of) =>
      signaturesOf(transaction).map((signed) => ({ of, signed })),
    );
    const batches: SignedMessage[][] = [];
    for (let i = 0; i < signatures.length; i += BATCH_SIGNATURES) {
      batches.push(signatures.slice(i, i + BATCH_SIGNATURES).map(({ signed }) => signed));
    }
    const answers: boolean[][] = await Promise.all(
      batches.map((batch) => this.#pool.run(batch) as Promise<boolean[]>),
    );
    const right = answers.flat();
    const verdicts = transactions.map(({ auth }) => auth.length > 0);
    signatures.forEach(({ of }, i) => {
      if (right[i] !== true) verdicts[of] = false;
    });
    return verdicts;
  }

  #remember(leafHex: string): void {
    this.#verifiedTransactions += 1;
    this.#remembered.add(leafHex);
    if (this.#remembered.size > REMEMBERED_MAX) {
      const [oldest] = this.#remembered;
      if (oldest !== undefined) this.#remembered.delete(oldest);
    }
  }
}
