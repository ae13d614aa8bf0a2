/**
 * `npm run model -- --runs N [--seed S]`: random acts in the ledger and in the models of its rules, in the town (what
 * residents do) and in the region (how it is settled). A difference ends it with the shortest scenario that shows it.
 */
import { parseArgs } from "node:util";
import fc from "fast-check";
import { playRegion, regionActs } from "./region-side-by-side.ts";
import { acts, playSideBySide, type SideBySide } from "./side-by-side.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "100" },
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
  },
});
const numRuns = Number(values.runs);
const seed = Number(values.seed);
const say = (text: string) => process.stdout.write(`${text}\n`);

await compare("town", acts, playSideBySide);
if (process.exitCode === 0) await compare("region", regionActs, playRegion);

async function compare<A>(
  name: string,
  lists: fc.Arbitrary<A>,
  play: (list: A) => Promise<SideBySide>,
): Promise<void> {
  let transactions = 0;
  const before = process.cpuUsage();
  const property = fc.asyncProperty(lists, async (list) => {
    const played = await play(list);
    transactions += played.transactions;
    return played.differences.length === 0;
  });
  const { failed, counterexample, numRuns: done } = await fc.check(property, { numRuns, seed });
  const { user, system } = process.cpuUsage(before);
  const cpuSeconds = (user + system) / 1e6;
  const rate = Math.round(transactions / cpuSeconds);
  const time = `${rate} a second of CPU time (${Math.round(cpuSeconds)} s)`;
  say(`${name}, seed ${seed}: ${done} runs, ${transactions} transactions, ${time}`);
  process.exitCode = failed ? 1 : 0;
  if (!failed || counterexample === null) return;
  const { yaml, differences } = await play(counterexample[0]);
  say(yaml);
  for (const { line, words, expected, found } of differences) {
    say(`line ${line} ${words.en}: the model says ${expected}, the ledger ${found}`);
  }
}
