/**
 * Signature checks on worker threads.
 *
 * Verdicts are not kept: what this node accepted waits in its mempool, where its block finds it
 * (chain/ledger-chain.ts), and is not asked about again. What is asked for twice at a time is checked once.
 *
 * What is asked for while all threads are busy goes to the next free one together, blocks first: a block
 * holds up everybody's payments, an admission one.
 */
import { availableParallelism } from "node:os";
import { Piscina } from "piscina";
import { equalBytes } from "../../ledger/bytes.ts";
import { signaturesOf, type Transaction } from "../../ledger/transaction.ts";
import { TransientMap } from "../transient-map.ts";
import { packSigned } from "./signature-batch.ts";

/** Admissions handed to a thread at once: some 10 ms of work, so that a block does not wait for long. */
const BATCH_TRANSACTIONS_MAX = 256;
/** Of blocks: as long as the event loop takes to execute one, so that the thread has work meanwhile. */
const BLOCK_BATCH_TRANSACTIONS_MAX = 1024;
/** One thread is left to the event loop. */
const THREADS: number = Math.max(1, availableParallelism() - 1);

/** What the verdict is for. */
export type Urgency = "block" | "admission";

/** One call of `verify`: answered when no verdict is missing. */
interface Question {
  readonly verdicts: boolean[];
  missing: number;
  readonly resolve: (verdicts: boolean[]) => void;
  readonly fail: (error: unknown) => void;
}

/** A transaction that waits for its verdict, and who waits for it: it may come from a client and in a block at once. */
interface Request {
  readonly transaction: Transaction;
  readonly askers: { readonly question: Question; readonly index: number }[];
}

/** Checks transactions' signatures. */
export class TransactionVerifier {
  readonly #pool = new Piscina({
    filename: new URL("./verify-worker.js", import.meta.url).href,
    name: "verifyBatch",
    minThreads: THREADS,
    maxThreads: THREADS,
  });
  /** Node.js 20 aborts the whole process when a thread is ended while it loads a module. */
  readonly #loaded: Promise<void> = allLoaded(this.#pool);
  /** By id, until the verdict is there. */
  readonly #underWay = new TransientMap<Request>();
  readonly #waiting: Record<Urgency, Request[]> = { block: [], admission: [] };
  #threadsBusy = 0;
  #isHandOverDue = false;
  #verifiedTransactions = 0;

  /** How many transactions were checked and found right since the node started. */
  get verifiedTransactions(): number {
    return this.#verifiedTransactions;
  }

  /** For each transaction, in order: are all its signatures right? */
  verify(transactions: readonly Transaction[], urgency: Urgency = "block"): Promise<boolean[]> {
    return new Promise((resolve, fail) => {
      const verdicts = transactions.map(() => false);
      const question = { verdicts, missing: transactions.length, resolve, fail };
      if (transactions.length === 0) resolve(verdicts);
      for (const [index, transaction] of transactions.entries()) {
        this.#request(transaction, urgency).askers.push({ question, index });
      }
      // Who asks executes the block meanwhile, in this very turn.
      if (urgency === "block") this.#handOver();
    });
  }

  /** Ends the workers. */
  async close(): Promise<void> {
    await this.#loaded;
    await this.#pool.close();
  }

  /** The request for a transaction's verdict: the one under way when there is one. */
  #request(transaction: Transaction, urgency: Urgency): Request {
    const { id, leaf } = transaction;
    const underWay = this.#underWay.get(id);
    // The leaf covers every byte, signatures included.
    if (underWay !== undefined && equalBytes(underWay.transaction.leaf, leaf)) return underWay;
    const request: Request = { transaction, askers: [] };
    this.#underWay.set(id, request);
    this.#waiting[urgency].push(request);
    this.#handOverSoon();
    return request;
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
      const batch = block.splice(0, BLOCK_BATCH_TRANSACTIONS_MAX);
      batch.push(...admission.splice(0, Math.max(0, BATCH_TRANSACTIONS_MAX - batch.length)));
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
      for (const request of batch) {
        const end = at + request.transaction.auth.length;
        let isRight = end > at;
        while (at < end) isRight = right[at++] === 1 && isRight;
        this.#tell(request, isRight);
      }
    } catch (error) {
      for (const request of batch) {
        this.#end(request);
        for (const { question } of request.askers) question.fail(error);
      }
    } finally {
      this.#threadsBusy -= 1;
      this.#handOver();
    }
  }

  #tell(request: Request, isRight: boolean): void {
    this.#end(request);
    if (isRight) this.#verifiedTransactions += 1;
    for (const { question, index } of request.askers) {
      question.verdicts[index] = isRight;
      question.missing -= 1;
      if (question.missing === 0) question.resolve(question.verdicts);
    }
  }

  #end(request: Request): void {
    const { id } = request.transaction;
    if (this.#underWay.get(id) === request) this.#underWay.delete(id);
  }
}

/** Settles when every thread has answered once. Whoever cannot load its code says so again at the first batch. */
async function allLoaded(pool: Piscina): Promise<void> {
  const first = Array.from({ length: THREADS }, () => pool.run(packSigned([])));
  await Promise.allSettled(first);
}
