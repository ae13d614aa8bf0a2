/**
 * `docs/requirements.md`, made from `docs/requirements.yaml`: `node dist/test/support/requirements-page.js >
 * docs/requirements.md` writes it, and test/requirements.test.ts holds the file equal to it.
 */
import { pathToFileURL } from "node:url";
import { parse } from "yaml";
import { readText } from "./files.ts";

/** How far a requirement is met, and the word for it in Japanese. */
export const STATES = {
  done: "完了",
  "API only": "画面なし",
  partly: "一部",
  "not yet": "未着手",
} as const;

/** One row: requirements that are met together. */
export interface Requirement {
  readonly ids: readonly string[];
  readonly ja: string;
  readonly en: string;
  readonly state: keyof typeof STATES;
  /** Files that implement it. */
  readonly where?: readonly string[];
  /** `file: title` of tests that show it. */
  readonly tests?: readonly string[];
  /** Names of shipped scenarios that show it. */
  readonly scenarios?: readonly string[];
  /** What is missing, where something is. */
  readonly note?: string;
}

const INTRODUCTION = `# Requirements / 要件

What the ledger has to do, by the numbers of the field's own papers (総務省, September 2016), where it is done, what shows it,
and how far it is. *done*: whoever needs it can use it. *API only*: rules and command line do it, a screen is missing.

`;

/** The rows of docs/requirements.yaml. */
export function requirements(): readonly Requirement[] {
  return parse(readText("docs/requirements.yaml")) as readonly Requirement[];
}

/** The whole page. */
export function requirementsPage(): string {
  const rows = requirements();
  return [
    INTRODUCTION,
    "| 状態 state | 要件の数 requirements |\n|---|---|\n",
    ...Object.entries(STATES).map(([state, ja]) => `| ${ja} ${state} | ${count(rows, state)} |\n`),
    "\n| ID | 要件 | requirement | 状態 state | where | shown by |\n|---|---|---|---|---|---|\n",
    ...rows.map(rowOf),
  ].join("");
}

function count(rows: readonly Requirement[], state: string): number {
  return rows.filter((row) => row.state === state).flatMap(({ ids }) => ids).length;
}

function rowOf({ ids, ja, en, state, note, ...shown }: Requirement): string {
  const { where = [], tests = [], scenarios = [] } = shown;
  const status = [`${STATES[state]} ${state}`, ...(note === undefined ? [] : [note])];
  const evidence = [
    ...tests.map((test) =>
      linkTo(test.slice(0, test.indexOf(": ")), test.slice(test.indexOf(": ") + 2)),
    ),
    ...scenarios.map((name) => linkTo(`network-config/scenarios/${name}.yaml`, name)),
  ];
  const cells = [
    ids.join(" "),
    ja,
    en,
    status.join("<br>"),
    lines(where.map((file) => linkTo(file))),
  ];
  return `| ${[...cells, lines(evidence)].join(" | ")} |\n`;
}

function linkTo(file: string, words: string = file): string {
  return `[${words}](../${file})`;
}

function lines(cells: readonly string[]): string {
  return cells.join("<br>");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href)
  process.stdout.write(requirementsPage());
