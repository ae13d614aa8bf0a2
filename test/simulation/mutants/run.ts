/**
 * npm run mutants -- [--only WORDS] [--layers NAME,…] [--jobs J]    each planted bug, until a layer finds it
 *                    [--all]                                       asks every layer all the same
 *                    [--show]                                      and prints how those end that find it
 *                    [--write]                                     writes the table in consensus/README.md
 *
 * Plants each bug in a copy of the compiled tree and asks the layers of tests whether they see it, the cheapest
 * first. Ends with 1 when a bug was seen by none, or when a layer fails without any bug.
 */
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { repositoryRoot } from "../../support/files.ts";
import { ask, LAYERS, limitFor } from "./layers.ts";
import { type Mutant, plant } from "./mutant.ts";
import { MUTANTS } from "./mutants.ts";
import { headOf, lineOf, type Verdicts, writeTable } from "./table.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    layers: { type: "string", default: LAYERS.map(({ name }) => name).join(",") },
    jobs: { type: "string", default: String(Math.min(2, availableParallelism())) },
    all: { type: "boolean", default: false },
    show: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});

const layers = LAYERS.filter(({ name }) => values.layers.split(",").includes(name));
const mutants = MUTANTS.filter(({ name, file }) => `${file} ${name}`.includes(values.only));
if (values.write && mutants.length < MUTANTS.length) {
  throw new RangeError("--write is for all bugs, --only for some");
}

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

/** Seconds that each command takes without any bug. @throws Error when one fails: it sees nothing. */
async function timeSound(copy: string): Promise<ReadonlyMap<string, number>> {
  const seconds = new Map<string, number>();
  for (const command of mutants.flatMap((mutant) => layers.map((layer) => layer.command(mutant)))) {
    const key = command?.join(" ");
    if (command === null || key === undefined || seconds.has(key)) continue;
    const verdict = await ask(command, copy);
    if (verdict.isKilled) throw new Error(`fails without any bug: node ${key}\n${verdict.words}`);
    seconds.set(key, verdict.seconds);
  }
  return seconds;
}

/** Asks the layers about a bug, up to the first that sees it. */
async function judge(
  mutant: Mutant,
  copy: string,
  sound: ReadonlyMap<string, number>,
): Promise<Verdicts> {
  const verdicts: Verdicts[number][] = [];
  const takeOut = plant(join(copy, "dist"), mutant);
  for (const layer of layers) {
    const command = layer.command(mutant);
    const isDone = !values.all && verdicts.some((verdict) => verdict?.isKilled);
    const limitMs = limitFor(sound.get(command?.join(" ") ?? "") ?? 0);
    verdicts.push(command === null || isDone ? null : await ask(command, copy, limitMs));
  }
  takeOut();
  return verdicts;
}

/** Takes one bug after the other from the list, until there is none left. */
async function work(
  copy: string,
  list: Iterator<Mutant>,
  sound: ReadonlyMap<string, number>,
  found: Map<Mutant, Verdicts>,
): Promise<void> {
  for (let next = list.next(); next.done !== true; next = list.next()) {
    const verdicts = await judge(next.value, copy, sound);
    found.set(next.value, verdicts);
    print(lineOf(next.value, verdicts));
    if (!values.show) continue;
    for (const verdict of verdicts) if (verdict?.isKilled) print(verdict.words);
  }
}

async function main(trees: readonly string[]): Promise<boolean> {
  const [first] = trees;
  if (first === undefined || mutants.length === 0) throw new RangeError("nothing to do");
  // Before anything takes its time: does every bug still fit the code?
  for (const mutant of mutants) plant(join(first, "dist"), mutant)();
  const sound = await timeSound(first);
  const startMs = Date.now();
  const found = new Map<Mutant, Verdicts>();
  const list = mutants.values();
  print(headOf(layers));
  await Promise.all(trees.map((copy) => work(copy, list, sound, found)));
  const lines = mutants.map((mutant) => lineOf(mutant, found.get(mutant) ?? []));
  if (values.write) writeTable([headOf(layers), ...lines]);
  const survivors = mutants.filter((mutant) => !found.get(mutant)?.some((it) => it?.isKilled));
  print(`\n${mutants.length} bugs in ${((Date.now() - startMs) / 60_000).toFixed(1)} min`);
  for (const { name } of survivors) print(`SURVIVES: ${name}`);
  return survivors.length === 0;
}

const copies = Array.from({ length: Number(values.jobs) }, makeCopy);
try {
  process.exitCode = (await main(copies)) ? 0 : 1;
} finally {
  for (const copy of copies) rmSync(copy, { recursive: true });
}
