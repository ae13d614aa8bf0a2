/**
 * When merchants are paid: what was taken by the 15th at the end of the month, what was taken after it on the
 * 15th of the next one; on the next banking day where banks are closed (銀行法施行令 article 5).
 */
import { addDays, addMonths, type CivilDate, endOfMonth, weekdayOf } from "../fields/dates.ts";
import { isNationalHoliday } from "./national-holidays.ts";

/** True for the 15th and the last day of a month. */
export function isClosingDay(date: CivilDate): boolean {
  return date.endsWith("-15") || date === endOfMonth(date);
}

/** The first day on which what was taken up to a closing day may be paid. */
export function payDayOf(closesOn: CivilDate): CivilDate {
  const isMidMonth = closesOn.endsWith("-15");
  let day = isMidMonth ? endOfMonth(closesOn) : `${addMonths(closesOn, 1).slice(0, 8)}15`;
  while (!isBankingDay(day)) day = addDays(day, 1);
  return day;
}

/** False on Saturdays, Sundays, national holidays and from 31 December to 3 January. */
export function isBankingDay(date: CivilDate): boolean {
  const weekday = weekdayOf(date);
  const isTurnOfYear = /-(?:12-31|01-0[123])$/.test(date);
  return weekday !== 0 && weekday !== 6 && !isTurnOfYear && !isNationalHoliday(date);
}
