/** Requests that an office has taken, for as long as they could come again: each is answered once. */
import { LedgerFault } from "../../ledger/faults.ts";

/** How far a signature's time may be from the office's clock, either way, ms. */
export const REQUEST_AGE_MS_MAX = 60_000;
/** What one caller may ask in twice that time: a busy counter takes a payment every ten seconds. */
const REQUESTS_OF_ONE_MAX = 120;
/** Of all callers, in the same time. */
const REQUESTS_MAX = 100_000;

/** One request as its signature tells it. */
interface Taken {
  readonly keyId: string;
  readonly nonce: string;
  readonly createdS: number;
}

/** Remembers nonces until their time is over; never more than it may, so what is too much is refused. */
export class AnsweredOnce {
  readonly #startedS: number;
  /** When each may be forgotten, ms, oldest first. */
  readonly #untilMs = new Map<string, number>();
  readonly #ofCaller = new Map<string, number>();

  /** @param nowMs what was signed before is refused: its nonces are not known here. */
  constructor(nowMs: number) {
    this.#startedS = Math.floor(nowMs / 1000);
  }

  /** @throws LedgerFault `REQUEST_STALE`, `REQUEST_REPEATED`, `TOO_MANY_REQUESTS`, `BUSY`. */
  take({ keyId, nonce, createdS }: Taken, nowMs: number): void {
    const isNow = Math.abs(nowMs - createdS * 1000) <= REQUEST_AGE_MS_MAX;
    if (!isNow || createdS < this.#startedS) throw new LedgerFault("REQUEST_STALE");
    this.#forget(nowMs);
    const name = `${keyId} ${nonce}`;
    if (this.#untilMs.has(name)) throw new LedgerFault("REQUEST_REPEATED");
    const before = this.#ofCaller.get(keyId) ?? 0;
    if (before >= REQUESTS_OF_ONE_MAX) throw new LedgerFault("TOO_MANY_REQUESTS");
    if (this.#untilMs.size >= REQUESTS_MAX) throw new LedgerFault("BUSY");
    this.#untilMs.set(name, nowMs + 2 * REQUEST_AGE_MS_MAX);
    this.#ofCaller.set(keyId, before + 1);
  }

  #forget(nowMs: number): void {
    for (const [name, untilMs] of this.#untilMs) {
      if (untilMs >= nowMs) return;
      this.#untilMs.delete(name);
      const [keyId = ""] = name.split(" ");
      const left = (this.#ofCaller.get(keyId) ?? 1) - 1;
      if (left === 0) this.#ofCaller.delete(keyId);
      else this.#ofCaller.set(keyId, left);
    }
  }
}
