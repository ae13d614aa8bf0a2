/**
 * `npm run model`: random acts in the ledger and in four models of its rules, N runs in all: the town
 * (grants, payments, fees, premiums, expiry), the village (vouchers, gifts, transfers to a street), companies (conversions,
 * shares of costs) and the region (settlement, clearing). A difference is printed as the shortest scenario that shows it.
 */
import { randomInt } from "node:crypto";
import fc from "fast-check";
import { countUpTo } from "../../client/commands/command.ts";
import { npmCommand, seedOption } from "../../client/commands/npm-command.ts";
import { useSha256 } from "../../ledger/hash.ts";
import { nativeSha256 } from "../../ledger/native/sha256.ts";
import { companyActs, playCompanies } from "./company-side-by-side.ts";
import { playRegion, regionActs } from "./region-side-by-side.ts";
import type { SideBySide } from "./side-by-side.ts";
import { acts, playTown } from "./town-side-by-side.ts";
import { playVillage, villageActs } from "./village-side-by-side.ts";

const { runs, seed } = npmCommand(
  "model",
  "Random acts in the ledger and in plain models of its rules",
)
  .option("--runs <n>", "of all models together", countUpTo(10_000_000), 100)
  .addOption(seedOption(randomInt(2 ** 31)))
  .parse()
  .opts<{ runs: number; seed: number }>();
const MODELS = 4;
const numRuns = Math.ceil(runs / MODELS);
const say = (text: string) => process.stdout.write(`${text}\n`);

useSha256(nativeSha256);
await compare("town", acts, playTown);
await compare("village", villageActs, playVillage);
await compare("companies", companyActs, playCompanies);
await compare("region", regionActs, playRegion);

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
  if (!failed || counterexample === null) return;
  process.exitCode = 1;
  const { yaml, differences } = await play(counterexample[0]);
  say(yaml);
  for (const { line, words, expected, found } of differences) {
    say(`line ${line} ${words.en}: the model says ${expected}, the ledger ${found}`);
  }
}
