// npm run chaos
//
// Strikes a network of real processes while it is paid with, heals it and counts the money. Ends with 1
// when anything is wrong, and then keeps the directory with all logs; with 2 when it was called wrongly.
import { randomInt } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { InvalidArgumentError, Option } from "commander";
import { npmCommand, seedOption } from "../../client/commands/npm-command.ts";
import { runChaos } from "./chaos.ts";
import { reportJson, reportText } from "./report.ts";
import { FAULT_KINDS, type FaultKind, isFaultKind } from "./schedule.ts";

const MINUTE_MS = 60_000;

interface Words {
  readonly minutes: number;
  readonly seed: number;
  readonly nodes: "3" | "5";
  readonly only?: readonly FaultKind[];
  readonly json?: true;
}

function kindsOf(list: string): readonly FaultKind[] {
  const words = list.split(",");
  if (words.every(isFaultKind)) return words;
  throw new InvalidArgumentError(`It must be some of ${Object.keys(FAULT_KINDS).join(",")}.`);
}

function minutesOf(text: string): number {
  const minutes = Number(text);
  if (minutes > 0 && minutes < Number.POSITIVE_INFINITY) return minutes;
  throw new InvalidArgumentError("It must be a number above 0.");
}

async function main({ minutes, seed, nodes, only, json }: Words): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), "mykey-ledger-chaos-"));
  const say = (text: string) => process.stderr.write(`${text}\n`);
  say(`seed ${seed}, ${nodes} nodes, ${minutes} minutes`);
  try {
    const durationMs = minutes * MINUTE_MS;
    const common = { nodes: Number(nodes), seed, durationMs, directory, onEvent: say };
    const report = await runChaos(only === undefined ? common : { ...common, kinds: only });
    const text = json === true ? `${JSON.stringify(reportJson(report))}\n` : reportText(report);
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

const words = npmCommand("chaos", "Strikes a network of real processes while it is paid with")
  .option("--minutes <m>", "how long it is struck", minutesOf, 1)
  .addOption(seedOption(randomInt(2 ** 32)))
  .addOption(new Option("--nodes <n>", "3 or 5").choices(["3", "5"]).default("3"))
  .option("--only <faults>", "these alone, with commas between them", kindsOf)
  .option("--json", "one JSON object")
  .parse()
  .opts<Words>();
// A signal ends the run as an error does: no node stays behind, not even a frozen one.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
process.exitCode = await main(words);
