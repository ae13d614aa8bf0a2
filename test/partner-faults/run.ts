/** `npm run partner-faults -- --runs N [--seed S]`: conversions while the company errs; units and points are counted. */
import { parseArgs } from "node:util";
import { type RunCounts, runOne } from "./run-one.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "100" },
    seed: { type: "string", default: "1" },
  },
});
const runs = Number(values.runs);
const firstSeed = Number(values.seed);
const sum = { asked: 0, confirmed: 0, cuts: 0, faults: 0 };
const startMs = performance.now();
for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
  const counts: RunCounts = await runOne(seed).catch((error: unknown) => {
    process.stderr.write(`seed ${seed}: replay it with --runs 1 --seed ${seed}\n`);
    throw error;
  });
  for (const name of Object.keys(sum) as (keyof RunCounts)[]) sum[name] += counts[name];
}
const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
process.stdout.write(
  `${runs} runs in ${seconds} s: ${sum.asked} conversions asked for, ${sum.confirmed} confirmed; ` +
    `${sum.faults} faults of the company, ${sum.cuts} power cuts; units and points are whole\n`,
);
