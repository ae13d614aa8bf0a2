/**
 * What a company's own system does for conversions. A conversion is known by its number, and both questions may come
 * any number of times, from an adapter that was killed and started again: each number counts once.
 *
 * Rule C1: `debit` takes the units at most once for a conversion, durably before it says so.
 * Rule C2: `release` gives back what was taken for it. From then on nothing is ever taken for it, also when a
 *          `debit` that was sent before arrives later.
 */

import { pattern, type Schema } from "../../ledger/schema.ts";

/** Id of a CONVERT_REQUEST, hexadecimal. */
export const conversionId: Schema<string> = pattern(/^[0-9a-f]{32}$/, "the id of a conversion");

/** A resident's wish to have units of his turned into points. */
export interface AskedConversion {
  /** Id of the CONVERT_REQUEST, hexadecimal. */
  readonly conversion: string;
  /** The resident's pseudonym; whose units these are, the company's system knows. */
  readonly wallet: string;
  /** Of the company's own points. */
  readonly units: number;
}

/** What a company's system says. */
export type DebitAnswer = "DEBITED" | "REFUSED";

/** A company's own system. Both throw ClientError `COMPANY_UNREACHABLE`, `COMPANY_ANSWER_INVALID`: nothing is known. */
export interface CompanySystem {
  /** Takes the units (rule C1). `REFUSED`: the member has too few, or is unknown, or the conversion was released. */
  debit(asked: AskedConversion): Promise<DebitAnswer>;
  /** The conversion did not take place (rule C2). */
  release(asked: AskedConversion): Promise<void>;
}
