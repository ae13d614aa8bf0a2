/** The table of planted bugs in `consensus/README.md`: written by the command, held against the list by a test. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../../support/files.ts";
import type { Layer, Verdict } from "./layers.ts";
import type { Mutant } from "./mutant.ts";

/** Path of the page, from the top folder. */
export const PAGE = "consensus/README.md";
const BEGIN = "<!-- planted bugs: written by npm run mutants -- --all --write -->";
const END = "<!-- end of planted bugs -->";

/** What each layer said of a bug, in the order of the layers; null: not asked. */
export type Verdicts = readonly (Verdict | null)[];

/** The first lines of the table. */
export function headOf(layers: readonly Layer[]): string {
  const names = layers.map(({ name }) => ` ${name} |`).join("");
  return `| planted bug |${names}\n|---|${layers.map(() => "--:|").join("")}`;
}

/** A bug's line. */
export function lineOf({ name }: Mutant, verdicts: Verdicts): string {
  return `| ${name} |${verdicts.map((verdict) => ` ${wordFor(verdict)} |`).join("")}`;
}

/** Names of the bugs that a page says are found. */
export function foundIn(page: string): readonly string[] {
  return [...tableOf(page).matchAll(/^\| (.+?) \|.*\d s \|/gm)].map(([, name]) => name ?? "");
}

/** Puts a table in place of that of the page. */
export function writeTable(lines: readonly string[]): void {
  const path = join(repositoryRoot, PAGE);
  const page = readFileSync(path, "utf8");
  writeFileSync(
    path,
    page.replace(tableOf(page), () => `\n\n${lines.join("\n")}\n\n`),
  );
}

function tableOf(page: string): string {
  const [, rest] = page.split(BEGIN);
  const [table, after] = rest?.split(END) ?? [];
  if (table === undefined || after === undefined) throw new Error(`${PAGE} has lost its markers`);
  return table;
}

/** How long it took a layer to find the bug. */
function wordFor(verdict: Verdict | null): string {
  if (verdict === null) return "";
  return verdict.isKilled ? `${verdict.seconds.toFixed(1)} s` : "–";
}
