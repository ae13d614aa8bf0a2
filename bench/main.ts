/** `npm run bench`: one of the benchmarks in a folder of its own; README.md says what each takes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Option } from "commander";
import { accessPlot } from "../client/access-test/latency-plot.ts";
import { outcomesToCsv } from "../client/access-test/outcomes-csv.ts";
import { summaryLines } from "../client/access-test/summary-lines.ts";
import { countUpTo } from "../client/commands/command.ts";
import { npmCommand } from "../client/commands/npm-command.ts";
import { Output } from "../client/output.ts";
import { useSha256 } from "../ledger/hash.ts";
import { nativeSha256 } from "../ledger/native/sha256.ts";
import { runAccessTest } from "./access-test.ts";
import { runBenchmark } from "./benchmark.ts";
import { measureGrowth } from "./growth/growth.ts";
import { growthLines } from "./growth/growth-lines.ts";
import { latencyPlot } from "./latency-plot.ts";
import { compare } from "./peers/compare.ts";
import { comparisonLines } from "./peers/comparison-lines.ts";
import { reportLines } from "./report.ts";
import { soak, soakLine } from "./soak.ts";

/** Instead of the load; one at a time. */
const OTHERS = {
  accessTest: new Option("--access-test", "all terminals at one instant"),
  peers: new Option("--peers", "the same payments at etcd and PostgreSQL"),
  growth: new Option("--growth", "cost by wallets, height and nodes"),
  soak: new Option("--soak", "whether memory stays what it is under load"),
};

interface Options extends Partial<Record<keyof typeof OTHERS, true>> {
  readonly json?: true;
  readonly seconds: number;
  readonly rate?: number;
  readonly profile: boolean;
  readonly terminals?: true;
  readonly plot: string;
  readonly count: number;
  readonly missed: number;
  readonly minutes: number;
}

const command = npmCommand("bench", "What a payment costs: payments/s, latency, CPU time")
  .option("--json", "one JSON object")
  // Payments live for two minutes, signed before the step that sends them.
  .option("--seconds <n>", "load: length of each step", countUpTo(30), 5)
  .option("--rate <n>", "load: payments/s, instead of searching for saturation", countUpTo(10_000))
  .option("--no-profile", "load: do not sample the event loops")
  .option("--terminals", "load: each payment in a request of its own, in all steps")
  .option("--plot <file>", "load: latency against load", "local/bench-latency.svg")
  .option("--count <n>", "access test: terminals", countUpTo(20_000), 1800)
  .option("--missed <n>", "growth: payments that a node misses", countUpTo(1_000_000), 100_000)
  .option("--minutes <n>", "soak: how long", countUpTo(600), 10);
for (const [name, option] of Object.entries(OTHERS)) {
  command.addOption(option.conflicts(Object.keys(OTHERS).filter((other) => other !== name)));
}
const options = command.parse().opts<Options>();

useSha256(nativeSha256);
const output = new Output(options);
const directory = mkdtempSync(join(tmpdir(), "mykey-ledger-bench-"));
const site = { directory, onProgress: (text: string) => process.stderr.write(`${text}\n`) };
try {
  if (options.accessTest) await accessTest();
  else if (options.peers) await peers();
  else if (options.growth) await growth();
  else if (options.soak) await soaking();
  else await load();
} catch (error) {
  output.error(error);
  process.exitCode = 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}

async function load(): Promise<void> {
  const { seconds, rate, terminals, profile, plot } = options;
  const result = await runBenchmark({
    ...site,
    seconds,
    ratePerS: rate ?? null,
    way: terminals ? "terminals" : "gateway",
    withProfile: profile,
  });
  write(plot, latencyPlot([...result.steps, result.half]));
  output.result(result, [...reportLines(result), "", `plot: ${plot}`]);
}

async function accessTest(): Promise<void> {
  const { count: terminals } = options;
  const { outcomes, summaries, blocks } = await runAccessTest({ ...site, terminals });
  write("local/access-test.csv", outcomesToCsv(outcomes));
  write("local/access-test.svg", accessPlot(outcomes));
  output.result({ summaries, blocks }, [
    ...summaryLines(summaries),
    `${blocks} blocks; local/access-test.csv, local/access-test.svg`,
  ]);
}

async function peers(): Promise<void> {
  const comparison = await compare(site);
  output.result(comparison, comparisonLines(comparison));
}

async function growth(): Promise<void> {
  const { missed: missedPayments } = options;
  const found = await measureGrowth({ ...site, missedPayments });
  output.result(found, growthLines(found));
}

async function soaking(): Promise<void> {
  const slices = await soak({ ...site, minutes: options.minutes });
  output.result({ slices }, slices.map(soakLine));
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
