/**
 * Civil dates in Japan, by integer arithmetic alone: Japan has been UTC+9 without summer time since 1952,
 * so no time zone table, which differs between runtimes, is asked.
 *
 * A date is the text `YYYY-MM-DD` of the years 1970 to 9999: such texts sort as the dates do.
 */
import { pattern, type Schema } from "../../ledger/schema.ts";
import { refined } from "./fields.ts";

/** A date in Japan, `YYYY-MM-DD`. */
export type CivilDate = string;

const DAY_MS = 86_400_000;
const JST_AHEAD_MS = 9 * 3_600_000;
/** The fiscal year (会計年度) begins in April and has the number of the year in which it begins. */
const FISCAL_YEAR_FIRST_MONTH = 4;
/** Days from 1 March of the year 0 to 1 January 1970, in the proleptic Gregorian calendar. */
const EPOCH_DAYS = 719_468;
const ERA_YEARS = 400;
const ERA_DAYS = 146_097;

const MONTH_LENGTHS: readonly number[] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const DATE_FORM = /^(?:19[7-9][0-9]|[2-9][0-9]{3})-[0-9]{2}-[0-9]{2}$/;

/** A date that is in the calendar: 2026-02-30 is refused. */
export const civilDate: Schema<CivilDate> = refined(
  pattern(DATE_FORM, "a date such as 2027-03-31"),
  "must be a date of the calendar",
  isInCalendar,
);

/** The date in Japan at that moment, ms since 1970. */
export function civilDateAt(timestampMs: number): CivilDate {
  return dateOfDay(Math.floor((timestampMs + JST_AHEAD_MS) / DAY_MS));
}

/** The first moment of a date in Japan, ms since 1970. */
export function startOfDate(date: CivilDate): number {
  return dayOf(date) * DAY_MS - JST_AHEAD_MS;
}

/** The date so many days later. @throws RangeError beyond the year 9999. */
export function addDays(date: CivilDate, days: number): CivilDate {
  return dateOfDay(dayOf(date) + days);
}

/** The fiscal year that holds the date: 2027-03-31 is in 2026, 2027-04-01 in 2027. */
export function fiscalYearOf(date: CivilDate): number {
  const { year, month } = partsOf(date);
  return month < FISCAL_YEAR_FIRST_MONTH ? year - 1 : year;
}

/** The day of the week: 0 is Sunday. */
export function weekdayOf(date: CivilDate): number {
  // 1 January 1970 was a Thursday.
  return (dayOf(date) + 4) % 7;
}

/** Days from one date to another. */
export function daysBetween(from: CivilDate, to: CivilDate): number {
  return dayOf(to) - dayOf(from);
}

/** The last day of the month that holds the date. */
export function endOfMonth(date: CivilDate): CivilDate {
  const { year, month } = partsOf(date);
  return `${date.slice(0, 8)}${lengthOfMonth(year, month)}`;
}

/** The same day so many months later; the last of the month where it has no such day. */
export function addMonths(date: CivilDate, months: number): CivilDate {
  const { year, month, day } = partsOf(date);
  const count = 12 * year + month - 1 + months;
  const first = `${Math.floor(count / 12)}-${twoDigits((count % 12) + 1)}-01`;
  const last = endOfMonth(first);
  return `${first.slice(0, 8)}${twoDigits(Math.min(day, Number(last.slice(8))))}`;
}

/** 31 March that ends the fiscal year after the one that holds the date. */
export function endOfNextFiscalYear(date: CivilDate): CivilDate {
  return `${fiscalYearOf(date) + 2}-03-31`;
}

function partsOf(date: CivilDate): { year: number; month: number; day: number } {
  return {
    year: Number(date.slice(0, 4)),
    month: Number(date.slice(5, 7)),
    day: Number(date.slice(8, 10)),
  };
}

function isInCalendar(date: CivilDate): boolean {
  const { year, month, day } = partsOf(date);
  return day >= 1 && day <= lengthOfMonth(year, month);
}

function lengthOfMonth(year: number, month: number): number {
  const isLeap = leapDaysUntil(year) > leapDaysUntil(year - 1);
  return month === 2 && isLeap ? 29 : (MONTH_LENGTHS[month - 1] ?? 0);
}

/**
 * Days since 1970-01-01. Years are counted from March, so that the leap day is the last of its year and
 * the months before it have a fixed pattern of lengths: (153·m + 2) / 5 days lie before month m.
 */
function dayOf(date: CivilDate): number {
  const { year, month, day } = partsOf(date);
  const marchYear = month > 2 ? year : year - 1;
  const marchMonth = (month + 9) % 12;
  const dayOfYear = Math.floor((153 * marchMonth + 2) / 5) + day - 1;
  return 365 * marchYear + leapDaysUntil(marchYear) + dayOfYear - EPOCH_DAYS;
}

/** Leap days from the year 1 to the end of that year. */
function leapDaysUntil(year: number): number {
  return Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / ERA_YEARS);
}

/** The inverse of `dayOf`. */
function dateOfDay(day: number): CivilDate {
  const days = day + EPOCH_DAYS;
  const era = Math.floor(days / ERA_DAYS);
  const dayOfEra = days - era * ERA_DAYS;
  // Take away the leap days passed in this era (1,460 = 4 years - 1, 36,524 = 100 years), then 365 a year.
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / (ERA_DAYS - 1))) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + leapDaysUntil(yearOfEra));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = era * ERA_YEARS + yearOfEra + (month <= 2 ? 1 : 0);
  if (!(year >= 1970 && year <= 9999)) throw new RangeError(`day ${day} is out of the calendar`);
  return `${year}-${twoDigits(month)}-${twoDigits(dayOfMonth)}`;
}

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : `${value}`;
}
