/**
 * National holidays as far as the law itself names their day (国民の祝日に関する法律 articles 2 and 3): fixed days, certain Mondays,
 * and the next day that is none for one that falls on a Sunday.
 *
 * The equinoxes, about 20 March and 23 September, are announced from year to year, so no rule can know them. The schedule pays on
 * no day near them.
 */
import { addDays, type CivilDate, weekdayOf } from "../fields/dates.ts";

/** New Year, foundation, the emperor, Shōwa, constitution, greenery, children, mountains, culture, labour. */
const FIXED_DAYS: ReadonlySet<string> = new Set(
  "01-01 02-11 02-23 04-29 05-03 05-04 05-05 08-11 11-03 11-23".split(" "),
);
/** Coming of age, the sea, the aged, sports: the month, and which of its Mondays. */
const MONDAYS: ReadonlyMap<string, number> = new Map([
  ["01", 2],
  ["07", 3],
  ["09", 3],
  ["10", 2],
]);

/** True for a holiday that the law names, and for the day that takes a Sunday holiday's place (振替休日). */
export function isNationalHoliday(date: CivilDate): boolean {
  if (isNamed(date)) return true;
  let before = addDays(date, -1);
  while (isNamed(before) && weekdayOf(before) !== 0) before = addDays(before, -1);
  return isNamed(before);
}

function isNamed(date: CivilDate): boolean {
  const week = Math.ceil(Number(date.slice(8)) / 7);
  const isMonday = weekdayOf(date) === 1 && MONDAYS.get(date.slice(5, 7)) === week;
  return isMonday || FIXED_DAYS.has(date.slice(5));
}
