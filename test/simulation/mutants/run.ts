/**
 * npm run mutants -- [--only WORDS] [--layers scenarios,units,simulation] [--seeds N]
 *
 * Plants each bug in a copy of the compiled tree and asks every layer of tests whether it sees it. Prints a table;
 * ends with 1 when a bug was seen by none, or when a layer fails without any bug.
 */
import { spawn } from "node:child_process";
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { repositoryRoot } from "../../support/files.ts";
import { MUTANTS, type Mutant } from "./mutants.ts";

/** A layer that takes longer has not come to an end, which is a way to see the bug. */
const LAYER_MS_MAX = 240_000;

/** Tests of one kind. */
interface Layer {
  readonly name: string;
  /** The command's arguments to node, in the copy; null when the layer has nothing to say about the file. */
  readonly command: (file: string) => readonly string[] | null;
}

/** What a layer said, and how long it took. */
interface Verdict {
  readonly isKilled: boolean;
  readonly seconds: number;
}

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    layers: { type: "string", default: "scenarios,units,simulation" },
    seeds: { type: "string", default: "60" },
  },
});

const ALL_LAYERS: readonly Layer[] = [
  {
    name: "scenarios",
    command: (file) =>
      file.startsWith("consensus/")
        ? ["dist/test/conformance/run.js", "test/conformance/testdata"]
        : null,
  },
  {
    name: "units",
    command: (file) => [
      "node_modules/mocha/bin/mocha.js",
      ...["--no-config", "--bail", "--exit", "--timeout", "30000", "--recursive"],
      `dist/test/${file.slice(0, file.indexOf("/"))}`,
      ...["--ignore", "dist/test/node/simulation.test.js"],
    ],
  },
  {
    name: "simulation",
    command: () => [
      "dist/test/simulation/run.js",
      "--seeds",
      values.seeds,
      "--jobs",
      "2",
      "--bail",
    ],
  },
];

const LAYERS = ALL_LAYERS.filter(({ name }) => values.layers.split(",").includes(name));

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** A copy of the repository as it is now; whoever works on it meanwhile disturbs nothing. */
function makeCopy(): string {
  const copy = mkdtempSync(join(tmpdir(), "mutants-"));
  for (const name of readdirSync(repositoryRoot)) {
    if (name === ".git") continue;
    const from = join(repositoryRoot, name);
    if (name === "node_modules") symlinkSync(from, join(copy, name));
    else cpSync(from, join(copy, name), { recursive: true });
  }
  return copy;
}

/** Plants a bug. @returns how to take it out again. */
function plant(copy: string, { name, file, from, to }: Mutant): () => void {
  const path = join(copy, "dist", file);
  const text = readFileSync(path, "utf8");
  const occurrences = text.split(from).length - 1;
  if (occurrences !== 1) {
    throw new Error(`"${name}" does not fit: its text occurs ${occurrences} times in ${file}`);
  }
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
  return () => writeFileSync(path, text);
}

async function ask(layer: Layer, copy: string, file: string): Promise<Verdict | null> {
  const command = layer.command(file);
  if (command === null) return null;
  const startMs = Date.now();
  const isRight = await succeeds(command, copy);
  return { isKilled: !isRight, seconds: (Date.now() - startMs) / 1000 };
}

function succeeds(args: readonly string[], cwd: string): Promise<boolean> {
  const child = spawn(process.execPath, args, { cwd, stdio: "ignore", detached: true });
  // The whole group: a layer may have started processes of its own.
  const endLayer = (): void => {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  };
  const timer = setTimeout(endLayer, LAYER_MS_MAX);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => {
      clearTimeout(timer);
      resolve(code === 0);
    });
  });
}

function wordFor(verdict: Verdict | null): string {
  if (verdict === null) return "-";
  return `${verdict.isKilled ? "killed" : "SURVIVES"} ${verdict.seconds.toFixed(1)} s`;
}

async function main(copy: string): Promise<boolean> {
  const mutants = MUTANTS.filter(({ name, file }) => `${file} ${name}`.includes(values.only));
  for (const mutant of mutants) plant(copy, mutant)();
  if (!(await isQuietWithoutBugs(copy, mutants))) return false;
  print(`| planted bug | ${LAYERS.map(({ name }) => name).join(" | ")} |`);
  print(`|---|${LAYERS.map(() => "---|").join("")}`);
  let areAllKilled = true;
  for (const mutant of mutants) {
    const takeOut = plant(copy, mutant);
    const verdicts: (Verdict | null)[] = [];
    for (const layer of LAYERS) verdicts.push(await ask(layer, copy, mutant.file));
    takeOut();
    print(`| ${mutant.file}: ${mutant.name} | ${verdicts.map(wordFor).join(" | ")} |`);
    areAllKilled &&= verdicts.some((verdict) => verdict?.isKilled);
  }
  return areAllKilled;
}

/** A layer that fails anyway sees nothing. */
async function isQuietWithoutBugs(copy: string, mutants: readonly Mutant[]): Promise<boolean> {
  const commands = new Map<string, readonly string[]>();
  for (const { file } of mutants) {
    for (const layer of LAYERS) {
      const command = layer.command(file);
      if (command !== null) commands.set(command.join(" "), command);
    }
  }
  let isQuiet = true;
  for (const [text, command] of commands) {
    if (await succeeds(command, copy)) continue;
    print(`fails without any bug: node ${text}`);
    isQuiet = false;
  }
  return isQuiet;
}

const scratch = makeCopy();
try {
  process.exitCode = (await main(scratch)) ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true });
}
