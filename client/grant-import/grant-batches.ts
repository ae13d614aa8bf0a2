/** From the lines of a list to transactions: groups of lines on the same terms, each wallet once in each. */
import type { CivilDate } from "../../contracts/fields/dates.ts";
import { fiscalYearOf } from "../../contracts/fields/dates.ts";
import type { Draft } from "../sdk/transaction-builder.ts";

/** On what terms the whole list is granted. */
export interface GrantTerms {
  /** Six-digit code. */
  readonly issuer: string;
  readonly pointType: string;
  readonly budgetCategory: string;
  /** The day of the grant: its transactions are valid on that day alone. */
  readonly day: CivilDate;
}

/** A line whose wallet is known. */
export interface ResolvedLine {
  readonly line: number;
  readonly handleHex: string;
  readonly amountPt: number;
  readonly expiresOn: CivilDate | null;
}

/** Lines that become one transaction. */
export interface GrantBatch {
  readonly expiresOn: CivilDate | null;
  readonly lines: readonly ResolvedLine[];
}

/**
 * The batches of a list, always the same for the same lines. A batch counts whole or not at all, so that a person who
 * stands in a list twice is in two of them.
 */
export function batchesOf(lines: readonly ResolvedLine[], linesMax: number): GrantBatch[] {
  const groups = new Map<string, ResolvedLine[]>();
  const seen = new Map<string, number>();
  for (const line of lines) {
    const times = seen.get(line.handleHex) ?? 0;
    seen.set(line.handleHex, times + 1);
    const name = `${times}/${line.expiresOn ?? ""}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [line]);
    else group.push(line);
  }
  return [...groups.values()].flatMap((group) => {
    const starts = Array.from(
      { length: Math.ceil(group.length / linesMax) },
      (_, i) => i * linesMax,
    );
    return starts.map((start) => ({
      expiresOn: group[0]?.expiresOn ?? null,
      lines: group.slice(start, start + linesMax),
    }));
  });
}

/** What a batch asks of the ledger. */
export function draftOf({ day, ...terms }: GrantTerms, { expiresOn, lines }: GrantBatch): Draft {
  const items = lines.map(({ handleHex: wallet, amountPt }) => ({ wallet, amountPt }));
  return {
    type: "POINT_GRANT_BATCH",
    public: {
      ...terms,
      fiscalYear: fiscalYearOf(day),
      expiresOn,
      items: items.length,
      totalPt: totalPtOf(lines),
    },
    private: { items },
  };
}

/** The points of lines. */
export function totalPtOf(lines: readonly { readonly amountPt: number }[]): number {
  return lines.reduce((sumPt, { amountPt }) => sumPt + amountPt, 0);
}
