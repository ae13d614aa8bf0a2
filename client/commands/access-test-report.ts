import type { Command } from "commander";
import { reportAccess } from "../access-test/access-report.ts";
import { outcomesFromCsv } from "../access-test/outcomes-csv.ts";
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
      const outcomes = files.flatMap((file) =>
        readDecoded(file, "a CSV of outcomes", (bytes) =>
          outcomesFromCsv(new TextDecoder("utf-8", { fatal: true }).decode(bytes)),
        ),
      );
      return reportAccess(output, outcomes, options);
    },
  );
}
