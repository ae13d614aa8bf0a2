/**
 * One pass over the chain: which conversions are asked for, which are decided, and what is left for the next pass.
 *
 * Rule D4: where there is no room for a request it is noted as the next to be taken, but the chain is read on: what frees
 *          the room, a decision of somebody else, may lie behind it.
 */
import type { AskedConversion } from "./company-system.ts";
import type { Notes, OpenConversion } from "./notes.ts";

/** What the chain says of conversions of one partner. */
export type ConversionEvent =
  | ({ readonly kind: "REQUESTED" } & AskedConversion)
  | { readonly kind: "CONFIRMED" | "REJECTED"; readonly conversion: string };

/** What happened after some height, in order, and up to which one. */
export interface ConversionEvents {
  readonly height: number;
  readonly events: readonly ConversionEvent[];
}

/** So many events after a height. */
type Place = Pick<Notes, "height" | "taken">;

/** A pass. */
export class Reading {
  readonly #before: Notes;
  readonly #openMax: number;
  readonly #open: Map<string, OpenConversion>;
  /** What the next pass takes first. */
  #next: Place;
  /** Requests that found no room. */
  waiting = 0;
  /** Whether the chain has grown since the last pass. */
  hasNews = false;

  constructor(before: Notes, openMax: number) {
    this.#before = before;
    this.#openMax = openMax;
    this.#open = new Map(before.open.map((each) => [each.conversion, each]));
    this.#next = before;
  }

  /** After which height the pass begins. */
  get height(): number {
    return this.#before.height;
  }

  /** What the next pass has to know. */
  get notes(): Notes {
    const { height, taken } = this.#next;
    return { height, taken, open: [...this.#open.values()] };
  }

  /** Takes what happened after a height. */
  take(after: number, { height, events }: ConversionEvents): void {
    this.hasNews ||= height > after;
    for (const [i, event] of events.entries()) {
      if (event.kind !== "REQUESTED") this.#decide(event.conversion, event.kind);
      else if (!this.#wasTaken(after, i)) this.#ask(event, { height: after, taken: i });
    }
    if (this.waiting === 0) this.#next = { height, taken: height === after ? this.#next.taken : 0 };
  }

  #wasTaken(after: number, i: number): boolean {
    return after === this.#before.height && i < this.#before.taken;
  }

  #ask({ conversion, wallet, units }: AskedConversion, place: Place): void {
    if (this.waiting === 0 && this.#open.size < this.#openMax) {
      this.#open.set(conversion, { conversion, wallet, units, status: "REQUESTED" });
      return;
    }
    if (this.waiting === 0) this.#next = place;
    this.waiting += 1;
  }

  /** What is not open is done with, or waits and will be read again. */
  #decide(conversion: string, status: OpenConversion["status"]): void {
    const known = this.#open.get(conversion);
    if (known !== undefined) this.#open.set(conversion, { ...known, status });
  }
}
