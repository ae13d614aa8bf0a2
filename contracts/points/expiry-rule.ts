/** When the points of a type expire: the rules met in real schemes, and the date that each gives. */
import { type Infer, nullable, oneOf, record, uint } from "../../ledger/schema.ts";
import { addDays, type CivilDate, civilDate, endOfNextFiscalYear } from "../fields/dates.ts";
import { refined } from "../fields/fields.ts";

/** Ten years: longer rules are `NONE`. */
const DAYS_MAX = 3650;

/**
 * - `NONE`: never (points that were paid for).
 * - `FIXED_DATE`: on `date`, the same for all.
 * - `DAYS_FROM_ISSUE`: `days` after the date of issue.
 * - `END_OF_NEXT_FISCAL_YEAR`: 31 March that ends the fiscal year after the one of issue.
 * - `SET_AT_ISSUE`: each grant names its date.
 */
export const expiryRule = refined(
  record({
    kind: oneOf([
      "NONE",
      "FIXED_DATE",
      "DAYS_FROM_ISSUE",
      "END_OF_NEXT_FISCAL_YEAR",
      "SET_AT_ISSUE",
    ]),
    date: nullable(civilDate),
    days: nullable(uint(DAYS_MAX, 1)),
  }),
  "must have a date for FIXED_DATE only, and days for DAYS_FROM_ISSUE only",
  ({ kind, date, days }) =>
    (date !== null) === (kind === "FIXED_DATE") && (days !== null) === (kind === "DAYS_FROM_ISSUE"),
);
/** When the points of a type expire. */
export type ExpiryRule = Infer<typeof expiryRule>;

/**
 * The last day of points issued on a date, null when they do not expire.
 *
 * `statedOn` is what the grant says. Null leaves it to the rule; a date must be the one that the rule gives
 * (with `SET_AT_ISSUE` it is the rule), else the answer is `EXPIRY_MISMATCH`.
 */
export function lastDayOf(
  rule: ExpiryRule,
  issuedOn: CivilDate,
  statedOn: CivilDate | null,
): CivilDate | null | "EXPIRY_MISMATCH" {
  if (rule.kind === "SET_AT_ISSUE") return statedOn ?? "EXPIRY_MISMATCH";
  const ruledOn = dateByRule(rule, issuedOn);
  return statedOn === null || statedOn === ruledOn ? ruledOn : "EXPIRY_MISMATCH";
}

function dateByRule({ kind, date, days }: ExpiryRule, issuedOn: CivilDate): CivilDate | null {
  if (kind === "DAYS_FROM_ISSUE") return addDays(issuedOn, days ?? 0);
  return kind === "END_OF_NEXT_FISCAL_YEAR" ? endOfNextFiscalYear(issuedOn) : date;
}
