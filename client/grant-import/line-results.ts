/** The result file: each line of the list with what became of it, for spreadsheets. */
import { ACCEPTED } from "../../ledger/block.ts";
import { FAULTS, isFaultCode } from "../../ledger/faults.ts";
import type { Cell, Table } from "../reports/table.ts";
import type { ResolvedLine } from "./grant-batches.ts";
import { LINE_PROBLEMS, type LineProblem } from "./line-problems.ts";
import type { BatchOutcome } from "./send-import.ts";

const COLUMNS = [
  { name: "line", ja: "行" },
  { name: "points", ja: "ポイント" },
  { name: "expiresOn", ja: "有効期限" },
  { name: "result", ja: "結果" },
  { name: "textJa", ja: "説明" },
  { name: "textEn", ja: "英語の説明" },
  { name: "column", ja: "列" },
  { name: "wallet", ja: "ウォレット" },
  { name: "transaction", ja: "取引番号" },
  { name: "height", ja: "ブロック" },
] as const;

/** What a dry run found: every line, and each of its problems. */
export function checkedTable(
  lines: readonly ResolvedLine[],
  problems: readonly LineProblem[],
): Table {
  const byLine = new Map(lines.map((line) => [line.line, line]));
  const wrong = new Set(problems.map(({ line }) => line));
  const right = lines.filter(({ line }) => !wrong.has(line));
  return table([
    ...right.map((line) =>
      row(line, { result: "READY", ja: "付与できます", en: "Can be granted" }),
    ),
    ...problems.map(({ line, column, code }) =>
      row(byLine.get(line) ?? { line }, { result: code, ...LINE_PROBLEMS[code], column }),
    ),
  ]);
}

/**
 * What became of every line.
 * @param problems what is wrong with lines of batches that were refused, as far as it can be told.
 */
export function sentTable(
  outcomes: readonly BatchOutcome[],
  problems: readonly LineProblem[],
): Table {
  const problemOf = new Map(problems.map(({ line, code }) => [line, code]));
  return table(
    outcomes.flatMap(({ batch, id, result, height }) => {
      const facts = { transaction: id, height: height ?? "" };
      return batch.lines.map((line) => {
        const code = problemOf.get(line.line);
        const said =
          code === undefined ? wordsOf(result) : { result: code, ...LINE_PROBLEMS[code] };
        return row(line, { ...said, ...facts });
      });
    }),
  );
}

function wordsOf(result: string): { result: string; ja: string; en: string } {
  if (result === ACCEPTED) return { result: "GRANTED", ja: "付与しました", en: "Granted" };
  const { ja, en } = isFaultCode(result) ? FAULTS[result] : { ja: result, en: result };
  return {
    result,
    ja: `同じ組の行とともに付与されていません：${ja}`,
    en: `Not granted, nor the lines of its batch: ${en}`,
  };
}

interface Said {
  readonly result: string;
  readonly ja: string;
  readonly en: string;
  readonly column?: string;
  readonly transaction?: string;
  readonly height?: Cell;
}

function row(line: Partial<ResolvedLine> & { readonly line: number }, said: Said): Cell[] {
  const { amountPt = "", expiresOn, handleHex = "" } = line;
  const { result, ja, en, column = "", transaction = "", height = "" } = said;
  return [
    line.line,
    amountPt,
    expiresOn ?? "",
    result,
    ja,
    en,
    column,
    handleHex,
    transaction,
    height,
  ];
}

function table(rows: Cell[][]): Table {
  return {
    name: "grant-results",
    titleJa: "一括付与の結果",
    titleEn: "Results of a bulk grant",
    columns: COLUMNS,
    rows: rows.sort((a, b) => Number(a[0]) - Number(b[0])),
  };
}
