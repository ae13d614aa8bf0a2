/** Signs payments on worker threads. It is done before a load, for cards sign elsewhere than at a node. */
import { availableParallelism } from "node:os";
import { Piscina } from "piscina";
import type { Payers } from "./payers.ts";
import type { SigningTask } from "./sign-worker.ts";

/** Payments handed to a thread at once. */
const BATCH_PAYMENTS = 250;

/** The cards and terminals at work. */
export class PaymentSigning {
  readonly #pool: Piscina;
  readonly #networkId: Uint8Array;
  #signed = 0;

  constructor(payers: Payers, networkId: Uint8Array) {
    this.#networkId = networkId;
    this.#pool = new Piscina({
      filename: new URL("./sign-worker.js", import.meta.url).href,
      name: "signPayments",
      workerData: payers,
      minThreads: availableParallelism(),
      maxThreads: availableParallelism(),
    });
  }

  /** Fresh payments; they are valid for two minutes. */
  async sign(count: number): Promise<Uint8Array[]> {
    const batches: Promise<Uint8Array[]>[] = [];
    for (let done = 0; done < count; done += BATCH_PAYMENTS) {
      const task: SigningTask = {
        networkId: this.#networkId,
        first: this.#signed + done,
        count: Math.min(BATCH_PAYMENTS, count - done),
      };
      batches.push(this.#pool.run(task));
    }
    this.#signed += count;
    return (await Promise.all(batches)).flat();
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await this.#pool.close();
  }
}
