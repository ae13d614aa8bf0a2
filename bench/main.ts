/** `npm run bench -- [--json] …`: one of the benchmarks in a folder of its own; README.md says what each takes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { accessPlot } from "../client/access-test/latency-plot.ts";
import { outcomesToCsv } from "../client/access-test/outcomes-csv.ts";
import { summaryLines } from "../client/access-test/summary-lines.ts";
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

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    // Which benchmark; without one of these: the load.
    "access-test": { type: "boolean", default: false },
    peers: { type: "boolean", default: false },
    growth: { type: "boolean", default: false },
    soak: { type: "boolean", default: false },
    // The load.
    seconds: { type: "string", default: "5" },
    rate: { type: "string" },
    "no-profile": { type: "boolean", default: false },
    terminals: { type: "boolean", default: false },
    plot: { type: "string", default: "local/bench-latency.svg" },
    // The access test.
    count: { type: "string", default: "1800" },
    // Growth.
    missed: { type: "string", default: "100000" },
    // The soak.
    minutes: { type: "string", default: "10" },
  },
});

useSha256(nativeSha256);
const output = new Output({ json: values.json });
const directory = mkdtempSync(join(tmpdir(), "mykey-ledger-bench-"));
const site = { directory, onProgress: (text: string) => process.stderr.write(`${text}\n`) };
try {
  if (values["access-test"]) await accessTest();
  else if (values.peers) await peers();
  else if (values.growth) await growth();
  else if (values.soak) await soaking();
  else await load();
} catch (error) {
  output.error(error);
  process.exitCode = 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}

async function load(): Promise<void> {
  const result = await runBenchmark({
    ...site,
    // Payments live for two minutes, signed before the step that sends them.
    seconds: numberOf("seconds", values.seconds, 30),
    ratePerS: values.rate === undefined ? null : numberOf("rate", values.rate, 10_000),
    way: values.terminals ? "terminals" : "gateway",
    withProfile: !values["no-profile"],
  });
  write(values.plot, latencyPlot([...result.steps, result.half]));
  output.result(result, [...reportLines(result), "", `plot: ${values.plot}`]);
}

async function accessTest(): Promise<void> {
  const terminals = numberOf("count", values.count, 20_000);
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
  const missedPayments = numberOf("missed", values.missed, 1_000_000);
  const found = await measureGrowth({ ...site, missedPayments });
  output.result(found, growthLines(found));
}

async function soaking(): Promise<void> {
  const slices = await soak({ ...site, minutes: numberOf("minutes", values.minutes, 600) });
  output.result({ slices }, slices.map(soakLine));
}

/** @throws RangeError when it is not a number from 1 to `max`. */
function numberOf(option: string, text: string, max: number): number {
  const value = Number(text);
  if (value >= 1 && value <= max) return value;
  throw new RangeError(`--${option} must be a number from 1 to ${max}`);
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
