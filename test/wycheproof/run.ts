/**
 * `npm run vectors -- DIR`: Project Wycheproof's files, or others of their kinds, against every implementation of
 * our rule for signatures. Ends with 1 on any disagreement, malformed file, or when there is nothing to check.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { npmCommand } from "../../client/commands/npm-command.ts";
import { repositoryRoot } from "../support/files.ts";
import { checkFile, type FileReport } from "./check-file.ts";
import { PATHS } from "./verdicts.ts";
import { WycheproofError } from "./wycheproof-file.ts";

const DEFAULT_DIRECTORY = join(repositoryRoot, "../shared/wycheproof");

async function main(directory: string): Promise<boolean> {
  const files = existsSync(directory) ? filesOf(directory) : [];
  if (files.length === 0) {
    say(`${directory}: no .json file. Usage: npm run vectors -- DIR`);
    return false;
  }
  say(`Paths: ${Object.keys(PATHS).join(" | ")}`);
  const total = { cases: 0, agreements: 0, disagreements: 0, malformed: 0, others: 0 };
  for (const file of files) {
    const report = await reportOf(file);
    if (report instanceof WycheproofError) {
      total[report.kind === "MALFORMED" ? "malformed" : "others"] += 1;
      continue;
    }
    total.cases += report.cases;
    total.agreements += report.agreements;
    total.disagreements += report.disagreements.length;
  }
  const { cases, agreements, disagreements, malformed, others } = total;
  const apart = cases - agreements - disagreements;
  say(
    `${files.length} files, ${cases} cases: ${agreements} agreements, ${apart} counted apart, ` +
      `${disagreements} disagreements; ${malformed} files malformed, ${others} of other algorithms`,
  );
  return cases > 0 && disagreements === 0 && malformed === 0;
}

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path).filter((name) => name.endsWith(".json"));
  return names.sort((a, b) => (a < b ? -1 : 1)).map((name) => join(path, name));
}

async function reportOf(file: string): Promise<FileReport | WycheproofError> {
  try {
    const report = await checkFile(readFileSync(file, "utf8"));
    const { cases, algorithms, agreements, apart, disagreements } = report;
    say(`${file} (${algorithms.join(", ")})`);
    say(`  ${cases} cases: ${agreements} agreements, ${disagreements.length} disagreements`);
    for (const line of apart) say(`  apart: ${line}`);
    for (const line of disagreements) say(`  DISAGREEMENT ${line}`);
    return report;
  } catch (error) {
    if (!(error instanceof WycheproofError)) throw error;
    say(`${file}\n  ${error.kind}: ${error.message}`);
    return error;
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const { args } = npmCommand("vectors", "Wycheproof's signature files on all paths of our rule")
  .argument("[directory]")
  .parse();
if (!(await main(args[0] ?? DEFAULT_DIRECTORY))) process.exitCode = 1;
