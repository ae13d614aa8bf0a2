/** A counter's day: what the last power cut left is settled first, then one errand after the other. */
import { ClientError } from "../client-fault.ts";
import { errorReport } from "../error-report.ts";
import { resumeErrand, takeErrand } from "./counter.ts";
import type { Errand, Visit } from "./errand.ts";
import type { Counter } from "./open-counter.ts";
import { redeemVoucher, settleVoucher, VOUCHER_WAIT_MS } from "./redeem-voucher.ts";
import { voucherScreen, WORDS } from "./screens.ts";
import type { Ending } from "./session.ts";
import type { TypedVoucher } from "./text-sides.ts";

/**
 * Ctrl-C calls off what is under way, and in between closes the counter. Whoever asks in
 * another way (SIGTERM, SIGHUP), or twice, means both.
 */
export class Interruptions {
  readonly #closing = new AbortController();
  #errand: AbortController | null = null;

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
    this.#errand?.abort();
  }

  /** Hands on what calls this errand off. */
  async during<T>(errand: (cancel: AbortSignal) => Promise<T>): Promise<T> {
    this.#errand = new AbortController();
    if (this.#closing.signal.aborted) this.#errand.abort();
    try {
      return await errand(this.#errand.signal);
    } finally {
      this.#errand = null;
    }
  }

  #interrupt(): void {
    if (this.#errand === null || this.#errand.signal.aborted) this.close();
    else this.#errand.abort();
  }
}

/**
 * Settles what was under way when the terminal last stopped; null when there was none.
 * @throws ClientError `JOURNAL_DAMAGED`.
 */
export async function settleLast(
  counter: Counter,
  interruptions: Interruptions,
): Promise<Ending | null> {
  const pending = counter.journal.pending();
  if (pending === null) return null;
  return interruptions.during((cancel) => resumeErrand(counter, pending, cancel));
}

/** What the clerk begins next; null when he ends. */
export type NextErrand = (
  counter: Counter,
  closing: AbortSignal,
) => Promise<Errand | TypedVoucher | null>;

/** Serves one after the other until the clerk ends. @returns false when one is left in the journal. */
export async function serve(
  counter: Counter,
  interruptions: Interruptions,
  nextErrand: NextErrand,
): Promise<boolean> {
  const { journal } = counter;
  await interruptions.during((cancel) => takeVoucher(counter, null, cancel));
  while (!interruptions.closing.aborted) {
    await settleLast(counter, interruptions);
    // Rule J3: whatever keeps it there (no answer yet, a disk that is full), no other one is begun.
    if (journal.pending() !== null) break;
    const errand = await nextErrand(counter, interruptions.closing);
    if (errand === null) break;
    if (errand.kind === "VOUCHER") {
      await interruptions.during((cancel) => takeVoucher(counter, errand.code, cancel));
      continue;
    }
    const ending = await interruptions.during((cancel) => takeErrand(counter, errand, cancel));
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

/** A payment of the amount that the clerk enters, or the voucher that he scans. */
export const nextPayment: NextErrand = ({ clerk }, closing) =>
  unlessEnded(() => clerk.enterCharge(closing));

/** A visit to an event, whenever the clerk says so. */
export function nextVisit(visit: Visit): NextErrand {
  return ({ clerk }, closing) =>
    unlessEnded(async () => {
      await clerk.waitForEnter(WORDS.NEXT_VISITOR, closing);
      return visit;
    });
}

async function unlessEnded<E>(ask: () => Promise<E>): Promise<E | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ClientError && error.code === "PIN_ENTRY_ENDED") return null;
    throw error;
  }
}
