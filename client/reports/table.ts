/** A table of a report: one list of rows, written as CSV for people's spreadsheets and as JSON for programs. */

/** A text, or a number: points, yen, days. */
export type Cell = string | number;

/** A column: its name for programs, and its heading. */
export interface Column {
  readonly name: string;
  readonly ja: string;
}

/** A table. */
export interface Table {
  /** Of its file, without the ending. */
  readonly name: string;
  readonly titleJa: string;
  readonly titleEn: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

/** So that spreadsheets read UTF-8. */
const BYTE_ORDER_MARK = "\uFEFF";

/** A column's heading in CSV: Japanese and English. */
export function headingOf({ name, ja }: Column): string {
  return `${ja} ${name}`;
}

/** The table as CSV (RFC 4180). */
export function csvOf({ columns, rows }: Table): string {
  const headings = columns.map(headingOf);
  const lines = [headings, ...rows].map((row) => row.map(csvCell).join(","));
  return `${BYTE_ORDER_MARK}${lines.join("\r\n")}\r\n`;
}

/** The table as a list of objects. */
export function jsonOf({ columns, rows }: Table): { readonly [name: string]: Cell }[] {
  return rows.map((row) => Object.fromEntries(columns.map(({ name }, i) => [name, row[i] ?? ""])));
}

/** The sum of a column of numbers. @throws RangeError when there is no such column. */
export function sumOf({ columns, rows }: Table, name: string): number {
  const at = columns.findIndex((column) => column.name === name);
  if (at < 0) throw new RangeError(`no column ${name}`);
  return rows.reduce((sum, row) => sum + Number(row[at]), 0);
}

function csvCell(cell: Cell): string {
  if (typeof cell === "number") return String(cell);
  // A spreadsheet would take a name that begins so for a formula.
  const safe = /^[=+\-@]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
