/**
 * npm run mutants
 *
 * Plants each bug in a copy of the compiled tree and asks the layers of tests whether they see it, the cheapest
 * first. Ends with 1 when a bug was seen by none, or when a layer fails without any bug.
 */
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { InvalidArgumentError, Option } from "commander";
import { countUpTo } from "../../../client/commands/command.ts";
import { npmCommand } from "../../../client/commands/npm-command.ts";
import { repositoryRoot } from "../../support/files.ts";
import { ask, LAYERS, type Layer, limitFor, type Verdict } from "./layers.ts";
import { type Mutant, plant } from "./mutant.ts";
import { MUTANTS } from "./mutants.ts";
import { HEAD, lineOf, PAGE, type Verdicts, writeTable } from "./table.ts";

const options = npmCommand("mutants", "Plants known bugs, and asks which layer of tests finds each")
  .option("--only <words>", "bugs whose file or name holds them; may be repeated", collect)
  .addOption(
    new Option("--layers <names>", "of tests, with commas between them")
      .argParser(layersOf)
      .default(LAYERS, "all"),
  )
  .option("--jobs <j>", "processes", countUpTo(64), Math.min(2, availableParallelism()))
  .option("--all", "ask every layer, also when one has found the bug")
  .option("--show", "print how those end that find it")
  .option("--write", `write the table in ${PAGE}`)
  .parse()
  .opts<{
    only?: readonly string[];
    layers: readonly Layer[];
    jobs: number;
    all?: true;
    show?: true;
    write?: true;
  }>();
const { only = [""], layers, jobs } = options;

function collect(words: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, words];
}

function layersOf(list: string): readonly Layer[] {
  return list.split(",").map((word) => {
    const layer = LAYERS.find(({ name }) => name === word);
    if (layer !== undefined) return layer;
    throw new InvalidArgumentError(
      `It must be some of ${LAYERS.map(({ name }) => name).join(",")}.`,
    );
  });
}

const mutants = MUTANTS.filter(({ name, file }) =>
  only.some((words) => `${file} ${name}`.includes(words)),
);

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

/** Does some work on each item, in as many copies at a time as there are. */
async function share<T>(
  copies: readonly string[],
  items: Iterable<T>,
  work: (item: T, copy: string) => Promise<void>,
): Promise<void> {
  const list = [...items].values();
  const takeTurns = async (copy: string): Promise<void> => {
    for (const item of list) await work(item, copy);
  };
  await Promise.all(copies.map(takeTurns));
}

/** Seconds that each command takes without any bug. @throws Error when one fails: then failing says nothing. */
async function timeSound(copies: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const commands = new Map<string, readonly string[]>();
  for (const layer of layers) {
    for (const mutant of mutants) {
      const command = layer.command(mutant);
      if (command !== null) commands.set(command.join(" "), command);
    }
  }
  const seconds = new Map<string, number>();
  await share(copies, commands, async ([text, command], copy) => {
    const first = await ask(command, copy);
    // Once more: a busy machine may have failed it.
    const verdict = first.isKilled ? await ask(command, copy) : first;
    if (verdict.isKilled) throw new Error(`fails without any bug: node ${text}\n${verdict.words}`);
    seconds.set(text, verdict.seconds);
  });
  return seconds;
}

/** Asks the layers about a bug, up to the first that sees it. */
async function judge(
  mutant: Mutant,
  copy: string,
  sound: ReadonlyMap<string, number>,
): Promise<Verdicts> {
  const verdicts = new Map<string, Verdict>();
  const takeOut = plant(join(copy, "dist"), mutant);
  for (const layer of layers) {
    const command = layer.command(mutant);
    if (command === null) continue;
    const verdict = await ask(command, copy, limitFor(sound.get(command.join(" ")) ?? 0));
    verdicts.set(layer.name, verdict);
    if (verdict.isKilled && options.all !== true) break;
  }
  takeOut();
  return verdicts;
}

function wasKilled(verdicts: Verdicts): boolean {
  return [...verdicts.values()].some(({ isKilled }) => isKilled);
}

async function main(copies: readonly string[]): Promise<boolean> {
  const [first] = copies;
  if (first === undefined || mutants.length === 0) throw new RangeError("nothing to do");
  // Before anything takes its time: does every bug still fit the code?
  for (const mutant of mutants) plant(join(first, "dist"), mutant)();
  const startMs = Date.now();
  const sound = await timeSound(copies);
  const lines = new Map<string, string>();
  const survivors: string[] = [];
  print(HEAD);
  await share(copies, mutants, async (mutant, copy) => {
    const verdicts = await judge(mutant, copy, sound);
    const line = lineOf(mutant, verdicts);
    print(line);
    lines.set(mutant.name, line);
    if (!wasKilled(verdicts)) survivors.push(mutant.name);
    if (options.show !== true) return;
    for (const { isKilled, words } of verdicts.values()) if (isKilled) print(words);
  });
  // Else what failed may have been the machine.
  await timeSound(copies);
  if (options.write === true) writeTable(MUTANTS, lines);
  print(`\n${mutants.length} bugs in ${((Date.now() - startMs) / 60_000).toFixed(1)} min`);
  for (const name of survivors) print(`SURVIVES: ${name}`);
  return survivors.length === 0;
}

const scratch = Array.from({ length: jobs }, makeCopy);
process.on("exit", () => {
  for (const copy of scratch) rmSync(copy, { recursive: true, force: true });
});
process.once("SIGINT", () => process.exit(130));
process.exitCode = (await main(scratch)) ? 0 : 1;
