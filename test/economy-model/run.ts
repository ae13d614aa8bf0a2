/** `npm run model -- --runs N [--seed S]`: the rules of the point economy beside a plain model of them. */
import { parseArgs } from "node:util";
import { LedgerWorld } from "../support/ledger-world.ts";
import { compare } from "./side-by-side.ts";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "1000" }, seed: { type: "string" } },
});
const seed = values.seed === undefined ? {} : { seed: Number(values.seed) };
const met = compare(new LedgerWorld(), { runs: Number(values.runs), ...seed });
for (const [verdict, count] of [...met].sort(([a], [b]) => (a < b ? -1 : 1))) {
  process.stdout.write(`${verdict}: ${count}\n`);
}
