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

/** Told the verdict on a transaction, or why there is none. */
interface Asker {
  readonly tell: (isRight: boolean) => void;
  readonly fail: (error: unknown) => void;
}

/** A transaction that waits for its verdict, and who waits for it: it may come from a client and in a block at once. */
interface Request {
  readonly transaction: Transaction;
  /** Hexadecimal. */
  readonly leaf: string;
  readonly askers: Asker[];
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
  readonly #remembered = new Set<string>();
  /** By leaf, until the verdict is there. */
  readonly #underWay = new Map<string, Request>();
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
    return new Promise((resolve, fail) => {
      const verdicts = transactions.map(() => true);
      let missing = transactions.length;
      const settle = (index: number, isRight: boolean) => {
        verdicts[index] = isRight;
        missing -= 1;
        if (missing === 0) resolve(verdicts);
      };
      if (missing === 0) resolve(verdicts);
      for (const [index, transaction] of transactions.entries()) {
        const leaf = toHex(transaction.leaf);
        if (this.#remembered.has(leaf)) settle(index, true);
        else
          this.#request(leaf, transaction, urgency).push({ tell: (is) => settle(index, is), fail });
      }
    });
  }

  /** Ends the workers. */
  async close(): Promise<void> {
    await this.#loaded;
    await this.#pool.close();
  }

  /** Who is told the verdict on a transaction; it is asked for once. */
  #request(leaf: string, transaction: Transaction, urgency: Urgency): Asker[] {
    const underWay = this.#underWay.get(leaf);
    if (underWay !== undefined) return underWay.askers;
    const request: Request = { transaction, leaf, askers: [] };
    this.#underWay.set(leaf, request);
    this.#waiting[urgency].push(request);
    this.#handOverSoon();
    return request.askers;
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
      for (const request of batch) {
        const end = at + request.transaction.auth.length;
        const isRight = end > at && right.subarray(at, end).every((verdict) => verdict === 1);
        at = end;
        this.#underWay.delete(request.leaf);
        if (isRight) this.#remember(request.leaf);
        for (const { tell } of request.askers) tell(isRight);
      }
    } catch (error) {
      for (const { leaf, askers } of batch) {
        this.#underWay.delete(leaf);
        for (const { fail } of askers) fail(error);
      }
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

/** Settles when every thread has answered once. Whoever cannot load its code says so again at the first batch. */
async function allLoaded(pool: Piscina): Promise<void> {
  const first = Array.from({ length: THREADS }, () => pool.run(packSigned([])));
  await Promise.allSettled(first);
}
