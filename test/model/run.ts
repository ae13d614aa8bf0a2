/**
 * `npm run model -- --runs N [--seed S]`: random acts in the ledger and in the model of its rules. A difference ends
 * it with the shortest scenario that shows it.
 */
import { parseArgs } from "node:util";
import fc from "fast-check";
import { acts, playSideBySide } from "./side-by-side.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "100" },
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
  },
});
const numRuns = Number(values.runs);
const seed = Number(values.seed);
let transactions = 0;
const property = fc.asyncProperty(acts, async (list) => {
  const played = await playSideBySide(list);
  transactions += played.transactions;
  return played.differences.length === 0;
});
const { failed, counterexample, numRuns: done } = await fc.check(property, { numRuns, seed });
const { user, system } = process.cpuUsage();
const cpuSeconds = (user + system) / 1e6;
const rate = Math.round(transactions / cpuSeconds);
const say = (text: string) => process.stdout.write(`${text}\n`);
say(
  `seed ${seed}: ${done} runs, ${transactions} transactions, ${rate} a second of CPU time (${Math.round(cpuSeconds)} s)`,
);
if (failed && counterexample !== null) {
  const { yaml, differences } = await playSideBySide(counterexample[0]);
  say(yaml);
  for (const { line, words, expected, found } of differences) {
    say(`line ${line} ${words.en}: the model says ${expected}, the ledger ${found}`);
  }
}
process.exitCode = failed ? 1 : 0;
