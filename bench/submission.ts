/**
 * The two ways in which payments reach a node: each by itself, as terminals send them that know nothing of one
 * another, or through a city's gateway, which gathers what comes while its requests are under way.
 */
import { concatBytes } from "../ledger/bytes.ts";
import { ConnectionPool } from "./connection-pool.ts";
import { submissionRequest } from "./http-connection.ts";

/** How payments reach a node. */
export const WAYS = ["gateway", "terminals"] as const;
/** How payments reach a node. */
export type Way = (typeof WAYS)[number];

/** What a node said of a payment. */
export interface Answered {
  /** A block holds it, and it was accepted. */
  readonly isCommitted: boolean;
  /** HTTP status. */
  readonly status: number;
}

/** One node's front door. */
export interface Submission {
  /** Rejects when the connection breaks. */
  submit(payment: Uint8Array): Promise<Answered>;
  close(): void;
}

/** How long a node may hold an answer back, ms; a payment lives for two minutes. */
const WAIT_MS = 60_000;
/** A gateway's requests under way at once, and payments in one of them (the API takes 256). */
const GATEWAY_REQUESTS_MAX = 8;
const GATEWAY_PAYMENTS_MAX = 256;

/** Opens a way to a node. */
export function submissionTo(url: string, way: Way): Submission {
  return way === "gateway" ? new Gateway(url) : new Terminals(url);
}

/** Each payment in a request of its own. */
class Terminals implements Submission {
  readonly #pool: ConnectionPool;

  constructor(url: string) {
    this.#pool = new ConnectionPool(url);
  }

  async submit(payment: Uint8Array): Promise<Answered> {
    const { status, body } = await this.#pool.send(
      submissionRequest(payment, "application/cbor", WAIT_MS),
    );
    return { status, isCommitted: status === 200 && isAccepted(JSON.parse(body)) };
  }

  close(): void {
    this.#pool.close();
  }
}

interface Gathered {
  readonly payment: Uint8Array;
  readonly resolve: (answered: Answered) => void;
  readonly reject: (error: unknown) => void;
}

/** All payments that are there when a request may leave, in one. */
class Gateway implements Submission {
  readonly #pool: ConnectionPool;
  #gathered: Gathered[] = [];
  #requests = 0;
  #isSendDue = false;

  constructor(url: string) {
    this.#pool = new ConnectionPool(url);
  }

  submit(payment: Uint8Array): Promise<Answered> {
    return new Promise((resolve, reject) => {
      this.#gathered.push({ payment, resolve, reject });
      this.#sendSoon();
    });
  }

  close(): void {
    this.#pool.close();
  }

  /** What comes in one turn of the event loop goes together. */
  #sendSoon(): void {
    if (this.#isSendDue) return;
    this.#isSendDue = true;
    setImmediate(() => {
      this.#isSendDue = false;
      while (this.#gathered.length > 0 && this.#requests < GATEWAY_REQUESTS_MAX) {
        void this.#send(this.#gathered.splice(0, GATEWAY_PAYMENTS_MAX));
      }
    });
  }

  async #send(batch: readonly Gathered[]): Promise<void> {
    this.#requests += 1;
    try {
      const sequence = concatBytes(...batch.map(({ payment }) => payment));
      const { status, body } = await this.#pool.send(
        submissionRequest(sequence, "application/cbor-seq", WAIT_MS),
      );
      const answers: unknown = JSON.parse(body);
      for (const [i, { resolve }] of batch.entries()) {
        const own: unknown = Array.isArray(answers) ? answers[i] : null;
        const isCommitted = isAccepted(own);
        resolve({ isCommitted, status: isCommitted ? 200 : statusIn(own, status) });
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      this.#requests -= 1;
      this.#sendSoon();
    }
  }
}

function isAccepted(answer: unknown): boolean {
  const { status, result } = (answer ?? {}) as { status?: unknown; result?: unknown };
  return status === "committed" && result === "OK";
}

/** The status in a problem, or that of the whole answer. */
function statusIn(answer: unknown, otherwise: number): number {
  const { status } = (answer ?? {}) as { status?: unknown };
  return typeof status === "number" ? status : otherwise;
}
