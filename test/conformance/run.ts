// npm run conformance
//
// Runs scenario files, all `.txt` files below folders, and those inside of `.tar.xz` archives.
// Without a path: the shared scenarios beside the repository if they are there, else the copies in
// the repository. Prints a line for each file and ends with 1 if any failed, with 2 if none was
// run.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { Option } from "commander";
import { npmCommand } from "../../client/commands/npm-command.ts";
import { type FileResult, runFile } from "./run-file.ts";
import type { Spelling } from "./spelling.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");
const DEFAULT_PATHS = [
  join(ROOT, "..", "shared", "etcd-raft"),
  join(ROOT, "test", "conformance", "testdata"),
];
const ARCHIVE = ".tar.xz";

interface Source {
  /** How the file is called in the report. */
  readonly name: string;
  readonly path: string;
  readonly spelling: Spelling;
}

/** The scenario files below a path; archives are unpacked into `scratch`. */
function sourcesIn(path: string, scratch: string, spelling: Spelling | null): readonly Source[] {
  const unpacked = path.endsWith(ARCHIVE) ? unpack(path, scratch) : path;
  const ownSpelling = spelling ?? (basename(path).includes("v3.6") ? "v3.6" : "v3.7");
  return filesBelow(unpacked).flatMap((file) => {
    if (file.endsWith(ARCHIVE)) return sourcesIn(file, scratch, spelling);
    const name = file === unpacked ? path : join(path, relative(unpacked, file));
    return [{ name, path: file, spelling: ownSpelling }];
  });
}

function unpack(archive: string, scratch: string): string {
  const folder = mkdtempSync(join(scratch, "archive-"));
  const result = spawnSync("tar", ["-xJf", archive, "-C", folder], { encoding: "utf8" });
  if (result.status !== 0) {
    throw new Error(`cannot unpack ${archive}: ${result.stderr}`, { cause: result.error });
  }
  return folder;
}

function filesBelow(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".txt") || file.endsWith(ARCHIVE))
    .sort()
    .map((file) => join(path, file));
}

function report({ name }: Source, { cases, mismatches }: FileResult): string {
  if (mismatches.length === 0) return `ok    ${name}: ${cases} cases\n`;
  const details = mismatches.map(
    ({ line, command, expected, actual }) =>
      `  line ${line}: ${command}\n${indent("expected", expected)}${indent("actual", actual)}`,
  );
  return `FAIL  ${name}: ${mismatches.length} of ${cases} cases\n${details.join("")}`;
}

function indent(title: string, text: string): string {
  const lines = text.trimEnd().split("\n");
  return `    ${title}:\n${lines.map((line) => `      ${line}\n`).join("")}`;
}

function main(paths: readonly string[], spelling: Spelling | null): number {
  const fallback = DEFAULT_PATHS.filter((path) => existsSync(path)).slice(0, 1);
  const scratch = mkdtempSync(join(tmpdir(), "conformance-"));
  try {
    const chosen = paths.length > 0 ? paths : fallback;
    const sources = chosen.flatMap((path) => sourcesIn(path, scratch, spelling));
    if (sources.length === 0) throw new RangeError("no scenario files found");
    let failed = 0;
    let cases = 0;
    for (const source of sources) {
      const result = runFile(source.path, source.spelling);
      if (result.mismatches.length > 0) failed += 1;
      cases += result.cases;
      process.stdout.write(report(source, result));
    }
    process.stdout.write(`${cases} cases in ${sources.length} files\n`);
    process.stdout.write(`${sources.length - failed} passed, ${failed} failed\n`);
    return failed === 0 ? 0 : 1;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

const called = npmCommand("conformance", "etcd's scenario files on our consensus core")
  .argument("[path...]", "files, folders and .tar.xz archives")
  .addOption(new Option("--spelling <version>", "of the files").choices(["v3.6", "v3.7"]))
  .parse();
try {
  process.exitCode = main(called.args, called.opts<{ spelling?: Spelling }>().spelling ?? null);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 2;
}
