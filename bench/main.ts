/** `npm run bench -- [--seconds N] [--rate R] [--json] [--no-profile] [--terminals] [--plot FILE]`. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { Output } from "../client/output.ts";
import { runBenchmark } from "./benchmark.ts";
import { latencyPlot } from "./latency-plot.ts";
import { reportLines } from "./report.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "5" },
    rate: { type: "string" },
    json: { type: "boolean", default: false },
    "no-profile": { type: "boolean", default: false },
    terminals: { type: "boolean", default: false },
    plot: { type: "string", default: "local/bench-latency.svg" },
  },
});

const seconds = Number(values.seconds);
const ratePerS = values.rate === undefined ? null : Number(values.rate);
// Payments live for two minutes, signed before the step that sends them.
if (!(seconds >= 1 && seconds <= 30)) {
  process.stderr.write("--seconds must be 1 to 30\n");
  process.exit(2);
}
if (ratePerS !== null && !(ratePerS >= 1 && ratePerS <= 10_000)) {
  process.stderr.write("--rate must be 1 to 10000 payments per second\n");
  process.exit(2);
}
const output = new Output({ json: values.json });
const directory = mkdtempSync(join(tmpdir(), "mykey-ledger-bench-"));
try {
  const result = await runBenchmark({
    directory,
    seconds,
    ratePerS,
    way: values.terminals ? "terminals" : "gateway",
    withProfile: !values["no-profile"],
    onProgress: (text) => process.stderr.write(`${text}\n`),
  });
  mkdirSync(dirname(values.plot), { recursive: true });
  writeFileSync(values.plot, latencyPlot([...result.steps, result.half]));
  output.result(result, [...reportLines(result), "", `plot: ${values.plot}`]);
} catch (error) {
  output.error(error);
  process.exitCode = 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
