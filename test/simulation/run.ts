/**
 * npm run simulate                        many runs, one line at the end
 * npm run simulate -- --seed S --trace    one run, exactly as before, and its story
 *
 * Ends with 1 when a seed failed, after its story and the command that replays it.
 */
import { type ChildProcess, fork } from "node:child_process";
import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Option } from "commander";
import { countUpTo, wholeNumber } from "../../client/commands/command.ts";
import { npmCommand } from "../../client/commands/npm-command.ts";
import { type SimulationResult, simulate } from "./simulation.ts";

/** A result as it comes from another process. */
type Report = Omit<SimulationResult, "failure"> & { readonly failure: string | null };

interface Options {
  readonly seed?: number;
  readonly trace?: true;
  readonly seeds: number;
  readonly from: number;
  readonly minutes: number;
  readonly jobs: number;
  readonly bail?: true;
  readonly stride?: number;
}

const SEED_MAX = 2 ** 32 - 1;

const options = npmCommand("simulate", "Whole nodes over a simulated clock, network and disk")
  .option("--seed <s>", "one run, exactly as before", wholeNumber(0, SEED_MAX))
  .option("--trace", "tell the story of that run")
  .option("--seeds <n>", "how many runs", countUpTo(SEED_MAX), 200)
  .option("--from <s>", "seed of the first", wholeNumber(0, SEED_MAX), 1)
  .option("--minutes <m>", "begin no run after so long", countUpTo(100_000), 60)
  .option("--jobs <j>", "processes", countUpTo(1024), Math.min(2, availableParallelism()))
  .option("--bail", "end with the first that fails")
  .addOption(
    // For the processes that this one starts: every so many seeds is theirs.
    new Option("--stride <n>").argParser(countUpTo(1024)).hideHelp(),
  )
  .parse()
  .opts<Options>();

if (options.seed !== undefined) await runOne(options.seed);
else if (options.stride !== undefined) await runShare(options.stride);
else await runMany();

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function runOne(seed: number): Promise<void> {
  const report = reportOf(await simulate(seed, options.trace === true ? print : null));
  if (report.failure !== null) print(report.failure);
  print(lineOf(report));
  process.exitCode = report.failure === null ? 0 : 1;
}

/** In a process of its own: every so many seeds, each result told at once. */
async function runShare(stride: number): Promise<void> {
  const { from, seeds, minutes, bail } = options;
  const end = Date.now() + minutes * 60_000;
  for (let seed = from; seed < from + seeds && Date.now() < end; seed += stride) {
    const report = reportOf(await simulate(seed));
    process.send?.(report);
    if (bail === true && report.failure !== null) break;
  }
  process.disconnect();
}

async function runMany(): Promise<void> {
  const { from, seeds, minutes, jobs, bail } = options;
  const reports: Report[] = [];
  const startMs = Date.now();
  const take = (report: Report): void => {
    reports.push(report);
    if (report.failure === null) return;
    print(`${report.failure}\n${lineOf(report)}\n`);
    if (bail === true) for (const child of children) child.kill();
  };
  const children = Array.from({ length: jobs }, (_, job) =>
    share([
      ...["--from", `${from + job}`, "--seeds", `${seeds - job}`],
      ...["--stride", `${jobs}`, "--minutes", `${minutes}`],
    ]).on("message", (message) => take(message as Report)),
  );
  const codes = await Promise.all(children.map(exitCodeOf));
  const seconds = (Date.now() - startMs) / 1000;
  const sum = (what: (report: Report) => number): number =>
    reports.reduce((total, report) => total + what(report), 0);
  const events = sum((report) => report.events);
  const failed = reports.filter(({ failure }) => failure !== null).map(({ seed }) => seed);
  const blocks = sum((report) => report.blocks);
  const speed = `${Math.round(events / seconds)} events/s`;
  const done = `${reports.length} runs, ${events} events, ${blocks} blocks`;
  print(happenedIn(reports));
  print(`${done} in ${seconds.toFixed(1)} s: ${speed}, trace ${traceOf(reports)}`);
  print(`${failed.length} failed: ${failed.sort((a, b) => a - b).join(", ")}`);
  const isWhole = codes.every((code) => code === 0) && reports.length > 0;
  process.exitCode = isWhole && failed.length === 0 ? 0 : 1;
}

/** Another process does a share of the seeds. */
function share(args: readonly string[]): ChildProcess {
  return fork(fileURLToPath(import.meta.url), args);
}

function exitCodeOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.on("exit", resolve));
}

function reportOf({ failure, ...rest }: SimulationResult): Report {
  if (failure === null) return { ...rest, failure };
  const { error, story } = failure;
  const stack = error instanceof Error ? error.stack : String(error);
  const replay = `npm run simulate -- --seed ${rest.seed} --trace`;
  return { ...rest, failure: [...story, "", stack, "", `replay: ${replay}`].join("\n") };
}

/** What happened in all runs together, the most frequent first. */
function happenedIn(reports: readonly Report[]): string {
  const totals = new Map<string, number>();
  for (const { happened } of reports) {
    for (const [kind, times] of Object.entries(happened)) {
      totals.set(kind, (totals.get(kind) ?? 0) + times);
    }
  }
  const sorted = [...totals].sort(([, a], [, b]) => b - a);
  return sorted.map(([kind, times]) => `${kind} ${times}`).join(", ");
}

/** Equal when every seed went as before. */
function traceOf(reports: readonly Report[]): string {
  const inOrder = reports.toSorted((a, b) => a.seed - b.seed);
  const hash = createHash("sha256");
  for (const { seed, hash: ofRun } of inOrder) hash.update(`${seed} ${ofRun}\n`);
  return hash.digest("hex").slice(0, 16);
}

function lineOf({ seed, hash, events, blocks, failure }: Report): string {
  const end = failure === null ? "ok" : "FAILED";
  return `seed ${seed}: ${end}, trace ${hash}, ${events} events, ${blocks} blocks`;
}
