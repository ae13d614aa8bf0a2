/**
 * The unused balance of prepaid instruments (前払式支払手段) on a base date, 31 March or 30 September. Above ¥10,000,000
 * at least half of it is to be deposited (資金決済法 article 14).
 */
import { ISSUED_PT_MAX } from "../../ledger/limits.ts";
import { identifier } from "../../ledger/membership.ts";
import { type Infer, list, record } from "../../ledger/schema.ts";
import { type CivilDate, civilDate } from "../fields/dates.ts";
import { refined, totalPt, totalYen } from "../fields/fields.ts";

/** Above this a deposit is due, yen. */
export const DEPOSIT_THRESHOLD_YEN = 10_000_000;

/** Types in one report. */
const REPORTED_TYPES_MAX = 100;

/** A base date. */
export const baseDate = refined(civilDate, "must be 31 March or 30 September", isBaseDate);

/** What a report says. */
export const unusedBalanceFields = {
  types: list(
    record({
      pointType: identifier,
      issuedPt: totalPt,
      usedPt: totalPt,
      expiredPt: totalPt,
      unusedPt: totalPt,
    }),
    REPORTED_TYPES_MAX,
    1,
  ),
  /** What the issuer deposits, yen. */
  depositYen: totalYen,
};

/** The record of a report. */
export const unusedBalanceSchema = record({ reportedOn: civilDate, ...unusedBalanceFields });
/** What an issuer reported. */
export type UnusedBalance = Infer<typeof unusedBalanceSchema>;

/**
 * Whether each unused balance is issued − used − expired (I6), each type stands there once, and all together are no
 * more than can be.
 */
export function isConsistent(types: UnusedBalance["types"]): boolean {
  const names = new Set(types.map(({ pointType }) => pointType));
  const addsUp = types.every(
    ({ issuedPt, usedPt, expiredPt, unusedPt }) => issuedPt - usedPt - expiredPt === unusedPt,
  );
  return addsUp && names.size === types.length && unusedPtOf(types) <= ISSUED_PT_MAX;
}

/** The smallest deposit for an unused balance, yen: half of it, rounded up, once it is above the threshold. */
export function depositYenMin(unusedPt: number): number {
  return unusedPt > DEPOSIT_THRESHOLD_YEN ? Math.ceil(unusedPt / 2) : 0;
}

/** The unused balance of all types of a report, pt: exact for those of a report that is consistent. */
export function unusedPtOf(types: UnusedBalance["types"]): number {
  return types.reduce((sumPt, { unusedPt }) => sumPt + unusedPt, 0);
}

function isBaseDate(date: CivilDate): boolean {
  return date.endsWith("-03-31") || date.endsWith("-09-30");
}
