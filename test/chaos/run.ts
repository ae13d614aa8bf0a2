// npm run chaos -- --minutes M [--seed S] [--nodes 3|5] [--only FAULT,…] [--json]
//
// Strikes a network of real processes while it is paid with, heals it and counts the money. Ends with 1
// when anything is wrong, and then keeps the directory with all logs; with 2 when it was called wrongly.
import { randomInt } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect, parseArgs } from "node:util";
import { runChaos } from "./chaos.ts";
import { reportJson, reportText } from "./report.ts";
import { FAULT_KINDS, type FaultKind, isFaultKind } from "./schedule.ts";

const MINUTE_MS = 60_000;
const USAGE =
  "usage: npm run chaos -- --minutes M [--seed S] [--nodes 3|5] [--only FAULT,…] [--json]\n";

interface Words {
  readonly minutes: number;
  readonly seed: number;
  readonly nodes: number;
  readonly only: readonly FaultKind[] | null;
  readonly json: boolean;
}

function parseWords(args: readonly string[]): Words {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: "string", default: "1" },
      seed: { type: "string", default: String(randomInt(2 ** 32)) },
      nodes: { type: "string", default: "3" },
      only: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const [minutes, seed, nodes] = [values.minutes, values.seed, values.nodes].map(Number);
  if (minutes === undefined || !(minutes > 0)) throw new RangeError("--minutes must be above 0");
  if (seed === undefined || !Number.isSafeInteger(seed)) throw new RangeError("--seed: an integer");
  if (nodes !== 3 && nodes !== 5) throw new RangeError("--nodes takes 3 or 5");
  const only = values.only?.split(",") ?? null;
  const unknown = only?.find((word) => !isFaultKind(word));
  if (unknown !== undefined) {
    throw new RangeError(`--only: no ${unknown} among ${Object.keys(FAULT_KINDS).join(", ")}`);
  }
  return { minutes, seed, nodes, only: only?.filter(isFaultKind) ?? null, json: values.json };
}

async function main({ minutes, seed, nodes, only, json }: Words): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), "mykey-ledger-chaos-"));
  const say = (text: string) => process.stderr.write(`${text}\n`);
  say(`seed ${seed}, ${nodes} nodes, ${minutes} minutes`);
  try {
    const durationMs = minutes * MINUTE_MS;
    const common = { nodes, seed, durationMs, directory, onEvent: say };
    const report = await runChaos(only === null ? common : { ...common, kinds: only });
    const text = json ? `${JSON.stringify(reportJson(report))}\n` : reportText(report);
    process.stdout.write(text);
    if (report.violations.length === 0) {
      rmSync(directory, { recursive: true });
      return 0;
    }
    for (const tail of report.logTails) say(`\n${tail}`);
  } catch (error) {
    say(inspect(error));
  }
  say(`\nseed ${seed}; all logs are in ${directory}`);
  return 1;
}

let words: Words;
try {
  words = parseWords(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  process.exit(2);
}
// A signal ends the run as an error does: no node stays behind, not even a frozen one.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
process.exitCode = await main(words);
