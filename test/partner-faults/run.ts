/** `npm run partner-faults`: conversions while the company errs; units and points are counted. */
import { countUpTo } from "../../client/commands/command.ts";
import { npmCommand, seedOption } from "../../client/commands/npm-command.ts";
import { type RunCounts, runOne } from "./run-one.ts";

const { runs, seed: firstSeed } = npmCommand(
  "partner-faults",
  "Conversions with a company that errs, while the power of its desk is cut",
)
  .option("--runs <n>", "how many", countUpTo(1_000_000), 100)
  .addOption(seedOption(1))
  .parse()
  .opts<{ runs: number; seed: number }>();
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
