/** Which months of a ledger an auditor has executed again, from their first day to their last. */
import { addDays, addMonths } from "../../contracts/fields/dates.ts";
import type { AuditedLedger } from "../audit/audited-ledger.ts";

/** Months `YYYY-MM` after the attested part, ascending; the last may not be over. None are listed when all were executed. */
export function reproducibleMonths({
  attestedUntil,
  asOf,
}: Pick<AuditedLedger, "attestedUntil" | "asOf">): readonly string[] {
  if (attestedUntil === null) return [];
  const next = addDays(attestedUntil, 1);
  let first = next.endsWith("-01") ? next : `${addMonths(next, 1).slice(0, 7)}-01`;
  const months: string[] = [];
  for (; first <= asOf; first = addMonths(first, 1)) months.push(first.slice(0, 7));
  return months;
}
