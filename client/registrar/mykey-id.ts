/**
 * The MyKey ID (マイキーID): any string that the resident chooses, except one that says who he is. Two that look alike
 * are one: width, case and the spaces around are no difference.
 */
import { holdsMyNumber } from "../../contracts/fields/my-number.ts";
import { ClientError } from "../client-fault.ts";

/** Longest MyKey ID, code points. */
const LENGTH_MAX = 64;

/**
 * The form by which IDs are compared and kept: NFKC, lower case, no spaces at the ends.
 * @throws ClientError `MYKEY_ID_REFUSED` when it is empty, too long or has control characters, holds a My Number, or
 *   is a date that can be somebody's birthday.
 */
export function normaliseMyKeyId(chosen: string): string {
  const id = chosen.normalize("NFKC").toLowerCase().trim();
  if (id === "" || [...id].length > LENGTH_MAX) refuse("length");
  if (/[\p{C}\p{Zl}\p{Zp}]/u.test(id)) refuse("characters");
  if (holdsMyNumber(id)) refuse("my-number");
  if (isBirthDate(id)) refuse("birth-date");
  return id;
}

/** First years of Meiji to Reiwa, by their letters and their first characters after NFKC. */
const ERAS: readonly (readonly [names: RegExp, firstYear: number])[] = [
  [/^(?:m|meiji|明治|明)/, 1868],
  [/^(?:t|taisho|大正|大)/, 1912],
  [/^(?:s|showa|昭和|昭)/, 1926],
  [/^(?:h|heisei|平成|平)/, 1989],
  [/^(?:r|reiwa|令和|令)/, 2019],
];
const YEAR_FIRST = 1868;
const YEAR_LAST = 2099;

/** Whether the whole ID is a date: 19850102, 1985/1/2, 850102, 昭和60年1月2日, s60.1.2. */
function isBirthDate(id: string): boolean {
  const compact = /^([0-9]{4}|[0-9]{2})([0-9]{2})([0-9]{2})$/.exec(id);
  if (compact !== null) return isDate(compact);
  const [era, firstYear] = ERAS.find(([names]) => names.test(id)) ?? [null, 0];
  const rest = era === null ? id : id.replace(era, "");
  const eraCompact = era === null ? null : /^([0-9]{2})([0-9]{2})([0-9]{2})$/.exec(rest);
  const parts =
    eraCompact ?? /^(元|[0-9]{1,4})[^0-9]{1,2}([0-9]{1,2})[^0-9]{1,2}([0-9]{1,2})日?$/.exec(rest);
  if (parts === null) return false;
  const year = parts[1] === "元" ? 1 : Number(parts[1]);
  return isDate([parts[0], String(era === null ? year : firstYear + year - 1), parts[2], parts[3]]);
}

/** A year of two digits is one of any century. */
function isDate([, year, month, day]: readonly (string | undefined)[]): boolean {
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  const isYear = y < 100 || (y >= YEAR_FIRST && y <= YEAR_LAST);
  return isYear && m >= 1 && m <= 12 && d >= 1 && d <= 31;
}

function refuse(rule: string): never {
  throw new ClientError("MYKEY_ID_REFUSED", { rule });
}
