import { basename, extname, join } from "node:path";
import { type Command, Option } from "commander";
import { isFaultCode } from "../../ledger/faults.ts";
import { readText } from "../files.ts";
import type { Output } from "../output.ts";
import { KeyRing } from "../scenario/cast.ts";
import { runOnNodes } from "../scenario/run-on-nodes.ts";
import { runInMemory, type ScenarioReport, type StepReport } from "../scenario/run-scenario.ts";
import { readScenario } from "../scenario/scenario-file.ts";
import { leafCommand, perform } from "./command.ts";

/** `scenario run`: plays scenarios and says of each step whether it went as written. */
export function scenarioRunCommand(): Command {
  const command = leafCommand("run", "Play scenarios and check what they expect", [
    "scenario run network-config/scenarios/*.yaml",
    "scenario run my-town.yaml --json",
    "scenario run my-town.yaml --network local/scenario",
  ])
    .argument("<files...>", "scenarios, docs/scenarios.md")
    .addOption(
      new Option("--in-process", "in memory, under the scenario's clock: the default").conflicts(
        "network",
      ),
    )
    .option("--network <directory>", "on three nodes, each scenario on new ones, kept there");
  return perform<{ network?: string }>(command, async (output, { network }, ...files) => {
    const scenarios = files.map((file) => ({ file, scenario: readScenario(readText(file), file) }));
    const ring = new KeyRing();
    const reports: (ScenarioReport & { readonly file: string })[] = [];
    for (const { file, scenario } of scenarios) {
      output.progress(file);
      const played =
        network === undefined
          ? runInMemory(scenario, ring)
          : runOnNodes(scenario, join(network, basename(file, extname(file))), ring);
      const report = { file, ...(await played) };
      say(output, report);
      reports.push(report);
    }
    const ok = reports.every((report) => report.ok);
    output.result({ ok, scenarios: reports }, [summaryOf(reports)]);
    return ok;
  });
}

function say(output: Output, { title, steps }: ScenarioReport): void {
  output.line(`${title.ja} / ${title.en}`);
  for (const step of steps) for (const line of linesOf(step)) output.line(line);
  output.line();
}

function linesOf({ ok, line, date, words, summary, expected, found }: StepReport): string[] {
  const head = `  ${ok ? "✔" : "✘"} ${String(line).padStart(4)}  ${date}  ${words.ja} ${words.en}`;
  const told = summary === "" ? head : `${head}: ${summary}`;
  if (ok) return [isFaultCode(expected) ? `${told}  → ${expected}` : told];
  return [told, `          期待 / expected: ${expected}`, `          実際 / found:    ${found}`];
}

function summaryOf(reports: readonly ScenarioReport[]): string {
  const right = reports.filter(({ ok }) => ok).length;
  return `シナリオ ${reports.length} 件中 ${right} 件が期待どおり / ${right} of ${reports.length} scenarios went as written`;
}
