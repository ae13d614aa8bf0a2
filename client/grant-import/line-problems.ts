/** What can be wrong with one line of a grant list: clerks read it in the result file, beside the line and the column. */
import type { FaultText } from "../card/card-faults.ts";

/** Every problem of a line, as a code with its text. */
export const LINE_PROBLEMS = {
  CELLS_TOO_MANY: {
    ja: "列の数が見出しより多くあります",
    en: "It has more cells than the heading",
  },
  LINE_EMPTY: { ja: "途中に空の行があります", en: "The line is empty, and others follow" },
  WHO_MISSING: {
    ja: "だれに付与するかが書かれていません",
    en: "It does not say to whom",
  },
  WHO_TWICE: {
    ja: "相手が二通りに書かれています。一方だけにしてください",
    en: "It says to whom in two ways; leave one",
  },
  WALLET_WRONG: {
    ja: "ウォレットの符号は十六進数六十四桁です",
    en: "A wallet's handle has 64 hexadecimal digits",
  },
  MYKEY_ID_WRONG: {
    ja: "マイキーＩＤとして使えない文字列です",
    en: "This cannot be a MyKey ID",
  },
  NUMBER_SPOILT: {
    ja: "表計算ソフトが数値に変えた値です。列を「文字列」にして入れ直してください",
    en: "A spreadsheet has made a number of it; format the column as text and enter it again",
  },
  AMOUNT_WRONG: {
    ja: "ポイントは一以上九桁以内の整数です",
    en: "Points are a whole number of 1 to 9 digits, above 0",
  },
  DATE_WRONG: {
    ja: "有効期限が暦にある日付ではありません",
    en: "The expiry date is no date of the calendar",
  },
  REPEAT_WRONG: {
    ja: "重複の欄は「可」か空欄です",
    en: "The column for repetition says yes or nothing",
  },
  MYKEY_ID_UNKNOWN: {
    ja: "登録のないマイキーＩＤです。先頭のゼロが消えていないか確かめてください",
    en: "No resident has this MyKey ID; look whether zeros at its beginning were lost",
  },
  REGISTRAR_NEEDED: {
    ja: "マイキーＩＤで付与するには、登録台帳の指定が必要です",
    en: "A MyKey ID is found with the registrar's journal alone; name it",
  },
  WALLET_UNKNOWN: { ja: "台帳にないウォレットです", en: "The ledger has no such wallet" },
  WALLET_ELSEWHERE: {
    ja: "ほかの自治体のウォレットです",
    en: "The wallet is one of another municipality",
  },
  WALLET_STOPPED: {
    ja: "停止または解約されたウォレットです",
    en: "The wallet is suspended or closed",
  },
  REPEATED: {
    ja: "前の行と同じ人です。二回付与するときは、重複の欄に「可」と書いてください",
    en: "The same person as in an earlier line; to grant twice, say yes in the column for repetition",
  },
  OVER_CAP: {
    ja: "一回に付与できる上限を超えています",
    en: "More than this type of points allows in one grant",
  },
  EXPIRY_NOT_BY_RULE: {
    ja: "有効期限がポイント種別の規則と合いません",
    en: "The expiry date is not the one that the type of points lays down",
  },
  EXPIRED_ALREADY: {
    ja: "有効期限が付与の日より前です",
    en: "The expiry date is before the day of the grant",
  },
} as const satisfies Record<string, FaultText>;

/** A code of a line. */
export type LineProblemCode = keyof typeof LINE_PROBLEMS;

/** True for a code, and not for what a cell may hold. */
export function isLineProblem(value: unknown): value is LineProblemCode {
  return typeof value === "string" && Object.hasOwn(LINE_PROBLEMS, value);
}

/** Something that is wrong in a list. */
export interface LineProblem {
  /** As spreadsheets count, from 1; the heading is a line. */
  readonly line: number;
  /** As spreadsheets name it (`B`), with its heading; empty when it is the whole line. */
  readonly column: string;
  readonly code: LineProblemCode;
}
