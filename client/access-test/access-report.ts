/** An access test told: to people on the terminal, to spreadsheets as CSV, to the eye as SVG. */

import { writeNewFile } from "../files.ts";
import type { Output } from "../output.ts";
import type { PingOutcome } from "./fire.ts";
import { accessPlot } from "./latency-plot.ts";
import { outcomesToCsv } from "./outcomes-csv.ts";
import { summarise } from "./summary.ts";
import { summaryLines } from "./summary-lines.ts";

/** Where the files go; none without. */
export interface ReportFiles {
  readonly csv?: string;
  readonly svg?: string;
}

/** Writes the files and says the rest. @returns whether every ping was committed. */
export function reportAccess(
  output: Output,
  outcomes: readonly PingOutcome[],
  { csv, svg }: ReportFiles,
): boolean {
  const summaries = summarise(outcomes);
  if (csv !== undefined) writeNewFile(csv, outcomesToCsv(outcomes));
  if (svg !== undefined) writeNewFile(svg, accessPlot(outcomes));
  output.result({ summaries }, summaryLines(summaries));
  return summaries.at(-1)?.committed === outcomes.length;
}
