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
import type { AskedConversion, CompanySystem } from "./company-system.ts";
import { type NotesFile, OPEN_MAX, type OpenConversion } from "./notes.ts";

/** What the chain says of conversions of one partner. */
export type ConversionEvent =
  | ({ readonly kind: "REQUESTED" } & AskedConversion)
  | { readonly kind: "CONFIRMED" | "REJECTED"; readonly conversion: string };

/** The ledger, as a partner sees it. All may throw: then nothing is known. */
export interface PartnerLedger {
  /** What happened after a height, in order, and up to which one; some hundred blocks at a time. */
  eventsAfter(height: number): Promise<{
    readonly height: number;
    readonly events: readonly ConversionEvent[];
  }>;
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
}

/** Conversions that are worked on at once. */
const AT_ONCE = 16;

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
    const open = await this.#read();
    const left: OpenConversion[] = [];
    for (let i = 0; i < open.length; i += AT_ONCE) {
      const some = open.slice(i, i + AT_ONCE);
      const areDone = await Promise.all(some.map((each) => this.#tryWork(each)));
      left.push(...some.filter((_, k) => areDone[k] !== true));
    }
    const { notes } = this.#parts;
    if (left.length < open.length) notes.write({ ...notes.read(), open: left });
    return left.length;
  }

  /** What is open after all that the chain says, which is noted before anything is done. */
  async #read(): Promise<readonly OpenConversion[]> {
    const { ledger, notes } = this.#parts;
    const before = notes.read();
    const open = new Map(before.open.map((each) => [each.conversion, each]));
    let { height } = before;
    while (open.size < OPEN_MAX) {
      const next = await ledger.eventsAfter(height);
      for (const event of next.events) take(event, open);
      if (next.height === height) break;
      ({ height } = next);
    }
    if (height > before.height) notes.write({ height, open: [...open.values()] });
    return [...open.values()];
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
    if (confirmed === "CONVERSION_CLOSED" || confirmed === "TRANSFER_CLOSED")
      return { done: null, isOver: false };
    const rejected = await ledger.reject(open);
    return { done: rejected === ACCEPTED ? "REJECTED" : null, isOver: false };
  }
}

function take(event: ConversionEvent, open: Map<string, OpenConversion>): void {
  if (event.kind === "REQUESTED") {
    const { conversion, wallet, units } = event;
    open.set(conversion, { conversion, wallet, units, status: "REQUESTED" });
    return;
  }
  const known = open.get(event.conversion);
  // Done with, and read once more.
  if (known !== undefined) open.set(event.conversion, { ...known, status: event.kind });
}
