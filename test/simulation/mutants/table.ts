/** The table of planted bugs in `consensus/README.md`: written by the command, held against the list by a test. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../../support/files.ts";
import type { Verdict } from "./layers.ts";
import type { Mutant } from "./mutant.ts";

/** Path of the page, from the top folder. */
export const PAGE = "consensus/README.md";
const BEGIN = "<!-- planted bugs: written by npm run mutants -- --write -->";
const END = "<!-- end of planted bugs -->";
const NOBODY = "**nobody**";

/** What the layers said of a bug, by their names. */
export type Verdicts = ReadonlyMap<string, Verdict>;

/** The first lines of the table. */
export const HEAD = "| planted bug | found by |\n|---|---|";

/** A bug's line. */
export function lineOf({ name }: Mutant, verdicts: Verdicts): string {
  const found = [...verdicts].filter(([, { isKilled }]) => isKilled);
  const words = found.map(([layer, { seconds }]) => `${layer} ${seconds.toFixed(1)} s`);
  return `| ${name} | ${words.length === 0 ? NOBODY : words.join(", ")} |`;
}

/** Names of the bugs that a page says are found. */
export function foundIn(page: string): readonly string[] {
  const lines = [...linesIn(page)].filter(([, line]) => !line.includes(NOBODY));
  return lines.map(([name]) => name);
}

/** Puts lines of bugs into the table of the page, in the order of the list; those not asked keep theirs. */
export function writeTable(mutants: readonly Mutant[], lines: ReadonlyMap<string, string>): void {
  const path = join(repositoryRoot, PAGE);
  const page = readFileSync(path, "utf8");
  const known = linesIn(page);
  const rows = mutants.map(({ name }) => lines.get(name) ?? known.get(name));
  const table = [HEAD, ...rows.filter((row) => row !== undefined)].join("\n");
  const { before, after } = partsOf(page);
  writeFileSync(path, `${before}${BEGIN}\n\n${table}\n\n${END}${after}`);
}

/** Lines of a page's table by the names of the bugs. */
function linesIn(page: string): ReadonlyMap<string, string> {
  const lines = partsOf(page).table.matchAll(/^\| (.+) \| .+ \|$/gm);
  const named = [...lines].map(([line, name]) => [name ?? "", line] as const);
  return new Map(named.filter(([, line]) => !HEAD.startsWith(line)));
}

/** A page before, between and after the markers. */
function partsOf(page: string): { before: string; table: string; after: string } {
  const [before, rest] = page.split(BEGIN);
  const [table, after] = rest?.split(END) ?? [];
  if (before === undefined || table === undefined || after === undefined) {
    throw new Error(`${PAGE} has lost its markers`);
  }
  return { before, table, after };
}
