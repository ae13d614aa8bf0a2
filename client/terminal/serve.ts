/** A counter's day: what the last power cut left is settled first, then payment after payment. */
import { ClientError } from "../client-fault.ts";
import { errorReport } from "../error-report.ts";
import { resumePayment, takePayment } from "./counter.ts";
import type { Counter } from "./open-counter.ts";
import { redeemVoucher, settleVoucher, VOUCHER_WAIT_MS } from "./redeem-voucher.ts";
import { voucherScreen, WORDS } from "./screens.ts";
import type { Ending } from "./session.ts";
import type { Charge } from "./text-sides.ts";

/**
 * Ctrl-C calls off the payment that is under way, and between two payments closes the counter. Whoever asks in
 * another way (SIGTERM, SIGHUP), or twice, means both.
 */
export class Interruptions {
  readonly #closing = new AbortController();
  #payment: AbortController | null = null;

  constructor() {
    process.on("SIGINT", () => this.#interrupt());
    for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => this.close());
  }

  /** Aborts when the counter is to close. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Closes the counter. */
  close(): void {
    this.#closing.abort();
    this.#payment?.abort();
  }

  /** Hands on what calls this payment off. */
  async during<T>(payment: (cancel: AbortSignal) => Promise<T>): Promise<T> {
    this.#payment = new AbortController();
    if (this.#closing.signal.aborted) this.#payment.abort();
    try {
      return await payment(this.#payment.signal);
    } finally {
      this.#payment = null;
    }
  }

  #interrupt(): void {
    if (this.#payment === null || this.#payment.signal.aborted) this.close();
    else this.#payment.abort();
  }
}

/**
 * Settles the payment that was under way when the terminal last stopped; null when there was none.
 * @throws ClientError `JOURNAL_DAMAGED`.
 */
export async function settleLast(
  counter: Counter,
  interruptions: Interruptions,
): Promise<Ending | null> {
  const pending = counter.journal.pending();
  if (pending === null) return null;
  return interruptions.during((cancel) => resumePayment(counter, pending, cancel));
}

/** Takes payments until the clerk ends. @returns false when one is left in the journal. */
export async function serve(counter: Counter, interruptions: Interruptions): Promise<boolean> {
  const { journal } = counter;
  await interruptions.during((cancel) => takeVoucher(counter, null, cancel));
  while (!interruptions.closing.aborted) {
    await settleLast(counter, interruptions);
    // Rule J3: whatever keeps it there (no answer yet, a disk that is full), no other one is begun.
    if (journal.pending() !== null) break;
    const charge = await nextCharge(counter, interruptions.closing);
    if (charge === null) break;
    if ("voucher" in charge) {
      await interruptions.during((cancel) => takeVoucher(counter, charge.voucher, cancel));
      continue;
    }
    const { amountPt } = charge;
    const ending = await interruptions.during((cancel) => takePayment(counter, amountPt, cancel));
    if (ending.kind === "UNDECIDED") break;
  }
  return journal.pending() === null;
}

/** Takes a voucher, or finds out about the last one; the clerk sees how it went. @param code null: the last one. */
async function takeVoucher(
  counter: Counter,
  code: string | null,
  cancel: AbortSignal,
): Promise<void> {
  const { clerk } = counter;
  try {
    const signal = AbortSignal.any([cancel, AbortSignal.timeout(VOUCHER_WAIT_MS)]);
    const ending = await (code === null
      ? settleVoucher(counter, signal)
      : redeemVoucher(counter, code, signal));
    if (ending !== null) clerk.show(voucherScreen(ending));
  } catch (error) {
    const report = errorReport(error);
    const isUndecided = report.code === "UNDECIDED";
    clerk.show([isUndecided ? WORDS.VOUCHER_UNDECIDED : WORDS.VOUCHER_NOT_TAKEN]);
    clerk.problem(report);
  }
}

/** Null when the clerk ends. */
async function nextCharge({ clerk }: Counter, closing: AbortSignal): Promise<Charge | null> {
  try {
    return await clerk.enterCharge(closing);
  } catch (error) {
    if (error instanceof ClientError && error.code === "PIN_ENTRY_ENDED") return null;
    throw error;
  }
}
