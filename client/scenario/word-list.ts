/** The list of words: every kind of step and its entries, in Japanese and English, as Markdown. */
import type { Wording } from "../../contracts/declaration.ts";
import type { Field } from "./reader.ts";
import type { StepKind } from "./step-kind.ts";
import { STEP_KINDS } from "./step-kinds.ts";

const FAMILIES: Readonly<Record<StepKind["family"], Wording>> = {
  clock: { ja: "時", en: "Time" },
  action: { ja: "すること", en: "What is done" },
  expectation: { ja: "確かめること", en: "What is expected" },
};

const HEAD = `# シナリオの言葉 / The words of scenarios

\`mykey-ledger scenario words\` が出力するものです。書き方は [scenarios.ja.md](scenarios.ja.md)。
As \`mykey-ledger scenario words\` prints it; how to write a scenario: [scenarios.md](scenarios.md).

言葉は日本語でも英語でも書けます。△は省いてよい項目です。
Every word may be written in Japanese or in English; △ may be left out.
`;

/** The page. */
export function wordList(): string {
  const families = Object.entries(FAMILIES).map(([family, { ja, en }]) => {
    const kinds = STEP_KINDS.filter((kind) => kind.family === family);
    return [`## ${ja} / ${en}\n`, ...kinds.map(sectionOf)].join("\n");
  });
  return [HEAD, ...families].join("\n");
}

function sectionOf({ words, says, fields }: StepKind): string {
  const title = `### ${words.ja} / ${words.en}\n\n${says.ja}\n${says.en}\n`;
  if (fields === null) return title;
  const rows = Object.values(fields).map(rowOf);
  return [title, "| 項目 | entry | 値 | value |", "|---|---|---|---|", ...rows, ""].join("\n");
}

function rowOf({ words, reader: { means }, otherwise }: Field<unknown>): string {
  const mark = otherwise === null ? "" : " △";
  const cells = [`${words.ja}${mark}`, words.en, means.ja, means.en];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
