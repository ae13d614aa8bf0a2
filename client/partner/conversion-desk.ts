/**
 * A company's desk for conversions: between the ledger, which says what was asked for and what became of it, and the
 * company's own system, which has the members' units.
 *
 *     asked for      debit the units; then confirm, or reject when they were refused
 *     confirmed      debit the units: they were, and it changes nothing
 *     rejected       release: whatever was taken goes back, and nothing is taken any more
 *
 * Rule D1: nothing is confirmed before the company's system said that it took just these units.
 * Rule D2: what became of a conversion is what the chain says, never what was sent. A confirmation may be lost, or come
 *          too late; then somebody rejects the conversion, and the chain says so.
 * Rule D3: every step can be done again. So the desk may be killed between any two, and has no journal.
 */
import { ACCEPTED } from "../../ledger/block.ts";
import { isFaultCode, LedgerFault } from "../../ledger/faults.ts";
import type { AskedConversion, CompanySystem } from "./company-system.ts";
import { type NotesFile, OPEN_MAX, type OpenConversion } from "./notes.ts";
import { type ConversionEvents, Reading } from "./reading.ts";

/** The ledger, as a partner sees it. All may throw: then nothing is known. */
export interface PartnerLedger {
  /** What happened after a height, in order, and up to which one; some hundred blocks at a time. */
  eventsAfter(height: number): Promise<ConversionEvents>;
  /** Confirms a conversion. @returns `OK`, or the code with which the ledger refuses. */
  confirm(asked: AskedConversion): Promise<string>;
  /** Rejects a conversion. @returns as `confirm`. */
  reject(asked: AskedConversion): Promise<string>;
}

/** What a desk did or could not do for a conversion. */
export interface DeskNote {
  readonly conversion: string;
  readonly units: number;
  /** `OWED`: the ledger has it confirmed, and the company's system does not take the units. */
  readonly done: "CONFIRMED" | "REJECTED" | "RELEASED" | "SETTLED" | "OWED" | "FAILED";
  /** Why it failed; it is tried again. */
  readonly error?: unknown;
}

/** With whom a desk works. */
export interface DeskParts {
  readonly ledger: PartnerLedger;
  readonly company: CompanySystem;
  readonly notes: NotesFile;
  readonly onNote: (note: DeskNote) => void;
  /** Conversions that it has open at once; `OPEN_MAX` when left out. */
  readonly openMax?: number;
}

/** Conversions that are worked on at once. */
const AT_ONCE = 16;

/** Somebody was first. */
const DECIDED: ReadonlySet<string> = new Set(["CONVERSION_CLOSED", "TRANSFER_CLOSED"]);
/** Why the ledger will never take a confirmation. What else it says (a wrong key) is for a person to put right. */
const HOPELESS: ReadonlySet<string> = new Set([
  "CONVERSION_LATE",
  "TRANSFER_LATE",
  "LIMIT_EXCEEDED",
]);

function refusal(code: string): LedgerFault {
  return new LedgerFault(isFaultCode(code) ? code : "INTERNAL");
}

/** The desk of one partner. */
export class ConversionDesk {
  readonly #parts: DeskParts;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  /**
   * Reads what is new and does what is due. What cannot be done now is left for the next round.
   * @throws what the ledger throws when it cannot be read; the disk's error.
   * @returns how many conversions are not done with.
   */
  async round(): Promise<number> {
    const { ledger, notes, openMax = OPEN_MAX } = this.#parts;
    const reading = new Reading(notes.read(), openMax);
    for (let next = reading.height; ; ) {
      const answer = await ledger.eventsAfter(next);
      reading.take(next, answer);
      if (answer.height === next) break;
      next = answer.height;
    }
    const noted = reading.notes;
    // Before anything is done.
    if (reading.hasNews) notes.write(noted);
    const left: OpenConversion[] = [];
    for (let i = 0; i < noted.open.length; i += AT_ONCE) {
      const some = noted.open.slice(i, i + AT_ONCE);
      const areDone = await Promise.all(some.map((each) => this.#tryWork(each)));
      left.push(...some.filter((_, k) => areDone[k] !== true));
    }
    if (left.length < noted.open.length) notes.write({ ...noted, open: left });
    return left.length + reading.waiting;
  }

  async #tryWork(open: OpenConversion): Promise<boolean> {
    const { conversion, units } = open;
    try {
      const { done, isOver } = await this.#work(open);
      if (done !== null) this.#parts.onNote({ conversion, units, done });
      return isOver;
    } catch (error) {
      this.#parts.onNote({ conversion, units, done: "FAILED", error });
      return false;
    }
  }

  async #work(open: OpenConversion): Promise<{ done: DeskNote["done"] | null; isOver: boolean }> {
    const { ledger, company } = this.#parts;
    if (open.status === "REJECTED") {
      await company.release(open);
      return { done: "RELEASED", isOver: true };
    }
    const answer = await company.debit(open);
    if (open.status === "CONFIRMED") {
      const isPaid = answer === "DEBITED";
      return { done: isPaid ? "SETTLED" : "OWED", isOver: isPaid };
    }
    // Rule D1.
    const confirmed = answer === "DEBITED" ? await ledger.confirm(open) : null;
    if (confirmed === ACCEPTED) return { done: "CONFIRMED", isOver: false };
    // Somebody has decided it; rule D2.
    if (confirmed !== null && DECIDED.has(confirmed)) return { done: null, isOver: false };
    if (confirmed !== null && !HOPELESS.has(confirmed)) throw refusal(confirmed);
    const rejected = await ledger.reject(open);
    return { done: rejected === ACCEPTED ? "REJECTED" : null, isOver: false };
  }
}
