/**
 * A list of grants as offices keep it: CSV with a heading in Japanese or English, as spreadsheets write it. Every line is
 * read or has a problem with its place; columns that nothing is done with are refused, for they may hold what must not
 * be passed on (names, addresses).
 */
import { type CsvError, type Info, parse } from "csv-parse/sync";
import type { CivilDate } from "../../contracts/fields/dates.ts";
import { ClientError } from "../client-fault.ts";
import { normaliseMyKeyId } from "../registrar/mykey-id.ts";
import { isLineProblem, type LineProblem, type LineProblemCode } from "./line-problems.ts";
import { amountOf, dateOf, isSpoiltNumber, plainCell, repeatOf } from "./list-cells.ts";

/** Lines of one list: a city's longevity gifts fit in. */
export const LINES_MAX = 100_000;
/** Characters of one line. */
const LINE_LENGTH_MAX = 4096;

/** Headings, without spaces and marks, in lower case. */
const HEADINGS = {
  wallet: ["ウォレット", "ウォレット符号", "wallet", "handle"],
  myKeyId: ["マイキーid", "mykeyid"],
  points: ["ポイント", "付与ポイント", "付与額", "points", "amountpt", "amount"],
  expiresOn: ["有効期限", "期限", "expireson", "expires"],
  repeat: ["重複", "重複可", "repeat"],
} as const;
type ColumnName = keyof typeof HEADINGS;

/** To whom: by the pseudonym, or by the MyKey ID, which the registrar knows. */
export type Who =
  | { readonly kind: "wallet"; readonly handleHex: string }
  | { readonly kind: "myKeyId"; readonly text: string };

/** One line. */
export interface GrantLine {
  /** As spreadsheets count, from 1; the heading is a line. */
  readonly line: number;
  readonly who: Who;
  readonly amountPt: number;
  /** The last day; null leaves it to the rule of the point type. */
  readonly expiresOn: CivilDate | null;
  /** Whether the same person may stand in an earlier line. */
  readonly mayRepeat: boolean;
}

/** What a list says. */
export interface GrantList {
  readonly lines: readonly GrantLine[];
  readonly problems: readonly LineProblem[];
}

/** A line as it stands: its number and its cells. */
interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

/** @throws ClientError `GRANT_LIST_MALFORMED` when it is no list: then no line can be told from another. */
export function readGrantList(text: string, file: string): GrantList {
  const [heading, ...rows] = rowsOf(text, file);
  if (heading === undefined || rows.length === 0) throw malformed(file, "no lines");
  if (rows.length > LINES_MAX) throw malformed(file, `more than ${LINES_MAX} lines`);
  const columns = columnsOf(heading.cells, file);
  const lines: GrantLine[] = [];
  const problems: LineProblem[] = [];
  for (const row of rows) {
    const found = new LineReader(row, columns);
    const line = found.read();
    if (line !== null) lines.push(line);
    problems.push(...found.problems);
  }
  return { lines, problems };
}

/** The rows without the empty ones at the end, which Excel likes to leave. */
function rowsOf(text: string, file: string): Row[] {
  const rows: Row[] = [];
  let line = 1;
  for (const { info, record } of parsed(text, file)) {
    rows.push({ line, cells: record });
    line = info.lines + 1;
  }
  const last = rows.findLastIndex(({ cells }) => !isEmpty(cells));
  return rows.slice(0, last + 1);
}

function parsed(text: string, file: string) {
  try {
    // Lines of any length are told one by one, and so are quotes where Excel means a formula (="001").
    return parse(text, {
      info: true,
      relax_column_count: true,
      relax_quotes: true,
      max_record_size: LINE_LENGTH_MAX,
    }) as unknown as readonly { readonly info: Info; readonly record: readonly string[] }[];
  } catch (error) {
    const { message, lines } = error as CsvError & { readonly lines?: number };
    throw new ClientError("GRANT_LIST_MALFORMED", {
      file,
      line: lines,
      problem: message,
      cause: error,
    });
  }
}

function isEmpty(cells: readonly string[]): boolean {
  return cells.every((cell) => plainCell(cell) === "");
}

/** The columns by what they hold. */
type Columns = ReadonlyMap<ColumnName, { readonly at: number; readonly label: string }>;

function columnsOf(headings: readonly string[], file: string): Columns {
  const columns = new Map<ColumnName, { at: number; label: string }>();
  for (const [at, heading] of headings.entries()) {
    const label = `${columnLetters(at)} ${heading.trim()}`;
    const word = plainCell(heading)
      .toLowerCase()
      .replaceAll(/[\s_-]/g, "");
    const name = (Object.keys(HEADINGS) as ColumnName[]).find((candidate) =>
      (HEADINGS[candidate] as readonly string[]).includes(word),
    );
    if (name === undefined) {
      throw malformed(file, `この列は使いません。削除してください / unknown column: ${label}`, 1);
    }
    if (columns.has(name)) throw malformed(file, `同じ列が二つあります / twice: ${label}`, 1);
    columns.set(name, { at, label });
  }
  const isComplete = columns.has("points") && (columns.has("wallet") || columns.has("myKeyId"));
  if (isComplete) return columns;
  throw malformed(file, "「マイキーID」か「ウォレット」と、「ポイント」の列が要ります", 1);
}

/** A, B, … Z, AA: as spreadsheets name columns. */
function columnLetters(at: number): string {
  const letter = String.fromCodePoint(65 + (at % 26));
  return at < 26 ? letter : columnLetters(Math.floor(at / 26) - 1) + letter;
}

/** Reads one line and notes what is wrong with it. */
class LineReader {
  readonly problems: LineProblem[] = [];
  readonly #row: Row;
  readonly #columns: Columns;

  constructor(row: Row, columns: Columns) {
    this.#row = row;
    this.#columns = columns;
  }

  /** The line, or null when there are problems. */
  read(): GrantLine | null {
    const { line, cells } = this.#row;
    if (isEmpty(cells)) return this.#wrong("LINE_EMPTY");
    if (!isEmpty(cells.slice(this.#columns.size))) return this.#wrong("CELLS_TOO_MANY");
    const who = this.#who();
    const amountPt = this.#cell("points", amountOf);
    const expiresOn = this.#cell("expiresOn", dateOf);
    const mayRepeat = this.#cell("repeat", repeatOf) ?? false;
    if (who === null || amountPt === null || this.problems.length > 0) return null;
    return { line, who, amountPt, expiresOn, mayRepeat };
  }

  #who(): Who | null {
    const wallet = this.#text("wallet");
    const myKeyId = this.#text("myKeyId");
    if (wallet === "" && myKeyId === "") return this.#wrong("WHO_MISSING");
    if (wallet !== "" && myKeyId !== "") return this.#wrong("WHO_TWICE");
    if (isSpoiltNumber(wallet + myKeyId)) {
      return this.#wrong("NUMBER_SPOILT", wallet === "" ? "myKeyId" : "wallet");
    }
    return wallet === "" ? this.#myKeyId(myKeyId) : this.#wallet(wallet.toLowerCase());
  }

  #wallet(handleHex: string): Who | null {
    if (/^[0-9a-f]{64}$/.test(handleHex)) return { kind: "wallet", handleHex };
    return this.#wrong("WALLET_WRONG", "wallet");
  }

  #myKeyId(text: string): Who | null {
    try {
      return { kind: "myKeyId", text: normaliseMyKeyId(text) };
    } catch {
      return this.#wrong("MYKEY_ID_WRONG", "myKeyId");
    }
  }

  /** What a cell means; a problem is noted at its place. Null where there is no such column. */
  #cell<T>(name: ColumnName, meaning: (plain: string) => T | LineProblemCode): T | null {
    if (!this.#columns.has(name)) return null;
    const value = meaning(this.#text(name));
    return isLineProblem(value) ? this.#wrong(value, name) : value;
  }

  #text(name: ColumnName): string {
    const at = this.#columns.get(name)?.at;
    return at === undefined ? "" : plainCell(this.#row.cells[at] ?? "");
  }

  #wrong(code: LineProblemCode, name?: ColumnName): null {
    const column = name === undefined ? "" : (this.#columns.get(name)?.label ?? "");
    this.problems.push({ line: this.#row.line, column, code });
    return null;
  }
}

function malformed(file: string, problem: string, line?: number): ClientError {
  return new ClientError("GRANT_LIST_MALFORMED", {
    file,
    ...(line === undefined ? {} : { line }),
    problem,
  });
}
