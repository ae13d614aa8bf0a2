/** What people and spreadsheets make of a value in a cell, and the value that they meant: strictly one or none. */
import { type CivilDate, civilDate } from "../../contracts/fields/dates.ts";
import { AMOUNT_PT_MAX } from "../../ledger/limits.ts";
import type { LineProblemCode } from "./line-problems.ts";

/** The year before the first of Reiwa (令和). */
const REIWA = 2018;
const YES: readonly string[] = ["可", "はい", "○", "〇", "yes", "y", "true", "1"];
const NO: readonly string[] = ["", "不可", "いいえ", "no", "n", "false", "0"];

/** Full-width forms and spaces become ordinary ones, and Excel's way to keep zeros (`="001"`) becomes what it keeps. */
export function plainCell(cell: string): string {
  const plain = cell.normalize("NFKC").trim();
  return /^="([^"]*)"$/.exec(plain)?.[1]?.trim() ?? plain;
}

/** True for `1.23E+15`: what a spreadsheet leaves of a long row of digits. */
export function isSpoiltNumber(plain: string): boolean {
  return /^[0-9](?:\.[0-9]+)?E\+[0-9]+$/i.test(plain);
}

/** Points: digits, in threes where there are commas. */
export function amountOf(plain: string): number | LineProblemCode {
  if (isSpoiltNumber(plain)) return "NUMBER_SPOILT";
  if (!/^(?:[0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3}){1,2})$/.test(plain)) return "AMOUNT_WRONG";
  const amountPt = Number(plain.replaceAll(",", ""));
  return amountPt >= 1 && amountPt <= AMOUNT_PT_MAX ? amountPt : "AMOUNT_WRONG";
}

/** A date: 2026-11-03, 2026/11/3, 2026年11月3日, 令和8年11月3日, R8.11.3; null for an empty cell. */
export function dateOf(plain: string): CivilDate | null | LineProblemCode {
  if (plain === "") return null;
  const [, era, count = "", month = "", day = ""] =
    /^(令和|R)?([0-9]{1,4}|元)[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?$/i.exec(plain) ?? [];
  const year = (era === undefined ? 0 : REIWA) + (count === "元" ? 1 : Number(count));
  const date = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  try {
    return civilDate.fromJson(date);
  } catch {
    return "DATE_WRONG";
  }
}

/** Whether a person may be granted to once more. */
export function repeatOf(plain: string): boolean | LineProblemCode {
  const word = plain.toLowerCase();
  if (YES.includes(word)) return true;
  return NO.includes(word) ? false : "REPEAT_WRONG";
}
