import type { Command } from "commander";
import { reportAccess } from "../access-test/access-report.ts";
import type { PingOutcome } from "../access-test/fire.ts";
import { outcomesFromCsv } from "../access-test/outcomes-csv.ts";
import { ClientError } from "../client-fault.ts";
import { readDecoded } from "../files.ts";
import { leafCommand, perform } from "./command.ts";

/** `access-test report`: what many places wrote, in one. */
export function accessTestReportCommand(): Command {
  const command = leafCommand("report", "Put the outcomes of many places together", [
    "access-test report toshima.csv kawasaki.csv --svg all.svg",
  ])
    .argument("<csv...>", "what access-test fire wrote")
    .option("--csv <file>", "where all outcomes go")
    .option("--svg <file>", "where the plot goes");
  return perform<{ readonly csv?: string; readonly svg?: string }>(
    command,
    (output, options, ...files) => {
      const outcomes = new Map<string, PingOutcome>();
      for (const file of files) {
        for (const outcome of readOutcomes(file)) {
          // Counted twice, it would make the others look better or worse than they are.
          if (outcomes.has(outcome.terminal)) throw repeated(file, outcome.terminal);
          outcomes.set(outcome.terminal, outcome);
        }
      }
      return reportAccess(output, [...outcomes.values()], options);
    },
  );
}

function readOutcomes(file: string): PingOutcome[] {
  return readDecoded(file, "a CSV of outcomes", (bytes) =>
    outcomesFromCsv(new TextDecoder("utf-8", { fatal: true }).decode(bytes)),
  );
}

function repeated(file: string, terminal: string): ClientError {
  return new ClientError("FILE_MALFORMED", { file, problem: `${terminal} stands in it once more` });
}
