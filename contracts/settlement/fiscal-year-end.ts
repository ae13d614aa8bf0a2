/** The end of a fiscal year: what was voted and what was granted of it; rights that are left lapse. */
import { list, record } from "../../ledger/schema.ts";
import { civilDate } from "../fields/dates.ts";
import { GRANT_CATEGORIES, grantCategory, totalPt } from "../fields/fields.ts";

/** The record of a closed fiscal year. */
export const fiscalYearEndSchema = record({
  closedOn: civilDate,
  /** One for each category with a budget, in the order of the categories. */
  budgets: list(
    record({ category: grantCategory, appropriatedPt: totalPt, grantedPt: totalPt }),
    GRANT_CATEGORIES.length,
  ),
});
