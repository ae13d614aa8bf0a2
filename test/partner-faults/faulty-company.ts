/** A company's system that answers late, twice, wrongly or never, as a plan of the seed says. */
import { ClientError } from "../../client/client-fault.ts";
import type {
  AskedConversion,
  CompanySystem,
  DebitAnswer,
} from "../../client/partner/company-system.ts";
import type { RandomBelow } from "../../consensus/random.ts";

/** How often a question goes wrong, in a hundred. */
const WRONG_PERCENT = 40;

/** What goes wrong with a question. */
export const COMPANY_FAULTS = [
  "the question is lost",
  "the answer is lost",
  "it is done twice",
  "it is done later",
  "the answer is garbage",
  "the amount is another",
] as const;
type CompanyFault = (typeof COMPANY_FAULTS)[number];

/** Stands between the desk and the company's system. */
export class FaultyCompany implements CompanySystem {
  readonly #system: () => CompanySystem;
  readonly #random: RandomBelow;
  #later: (() => Promise<unknown>)[] = [];
  /** How often each went wrong. */
  readonly counts = new Map<CompanyFault, number>();
  /** From now on nothing goes wrong. */
  isHealed = false;

  /** @param system the one behind, as it is at the time of a question. */
  constructor(system: () => CompanySystem, random: RandomBelow) {
    this.#system = system;
    this.#random = random;
  }

  debit(asked: AskedConversion): Promise<DebitAnswer> {
    return this.#ask(() => this.#system().debit(asked));
  }

  release(asked: AskedConversion): Promise<void> {
    return this.#ask(() => this.#system().release(asked));
  }

  /** What was delayed arrives now. */
  async arrive(): Promise<void> {
    const arriving = this.#later;
    this.#later = [];
    for (const work of arriving) await work();
  }

  async #ask<T>(work: () => Promise<T>): Promise<T> {
    const isWrong = !this.isHealed && this.#random(100) < WRONG_PERCENT;
    const fault = isWrong ? COMPANY_FAULTS[this.#random(COMPANY_FAULTS.length)] : undefined;
    if (fault === undefined) return work();
    this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1);
    if (fault === "it is done later") this.#later.push(work);
    else if (fault !== "the question is lost") await work();
    if (fault === "it is done twice") return work();
    const isAnswered = fault === "the answer is garbage" || fault === "the amount is another";
    // What the line makes of both is for company-over-http.test.ts to show.
    const code = isAnswered ? "COMPANY_ANSWER_INVALID" : "COMPANY_UNREACHABLE";
    throw new ClientError(code, { problem: fault });
  }
}
