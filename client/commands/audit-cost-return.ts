import { join } from "node:path";
import type { Command } from "commander";
import { auditedLedger } from "../audit/audited-ledger.ts";
import { expectNewFile, writeNewFile } from "../files.ts";
import { readCostLines } from "../reports/cost-lines.ts";
import { costReturn, costReturnTable, costReturnTies } from "../reports/cost-return.ts";
import { PointFlows } from "../reports/point-flows.ts";
import { csvOf } from "../reports/table.ts";
import { genesisOption, leafCommand, perform } from "./command.ts";

interface Options {
  readonly municipality: string;
  readonly costs: string;
  readonly genesis?: string;
  readonly out: string;
}

/** `audit cost-return`: what a municipality's points cost in a year, and how much of it came to shops. */
export function auditCostReturnCommand(): Command {
  const command = leafCommand(
    "cost-return",
    "Cost and return of a municipality's points / 費用と還元率を計算する",
    ["audit cost-return bundle --municipality 131164 --costs costs.yaml --out report"],
  )
    .argument("<directory>", "the bundle")
    .requiredOption("--municipality <code>", "six-digit code")
    .requiredOption("--costs <file>", "its own costs and income of a fiscal year (YAML)")
    .addOption(genesisOption())
    .requiredOption("--out <directory>", "where to write the table (CSV and JSON)");
  return perform<Options>(command, async (output, options, directory = "") => {
    const { municipality, costs, genesis, out } = options;
    const [json, csv] = [join(out, "cost-return.json"), join(out, "cost-return.csv")];
    for (const file of [json, csv]) expectNewFile(file);
    const question = { municipality, own: readCostLines(costs) };
    const flows = new PointFlows();
    const ledger = await auditedLedger(directory, {
      ...(genesis === undefined ? {} : { genesis }),
      onBlock: (block) => flows.add(block),
      onProgress: (done, all) => output.progress(`Verifying: height ${done} of ${all}`),
    });
    const figures = costReturn(ledger, question);
    const ties = costReturnTies(ledger, flows, municipality);
    const { height, asOf } = ledger;
    const report = { municipality, height, asOf, ...question.own, figures, ties };
    writeNewFile(json, `${JSON.stringify(report, null, 2)}\n`);
    writeNewFile(csv, csvOf(costReturnTable(question, figures)));
    const isRight = ties.every(({ left, right }) => left === right);
    output.result({ ...report, ok: isRight }, [
      `${csv}: 利用 ${figures.usedPt} ポイント、総費用 ${figures.costYen} 円、還元率 ${percentOf(figures.returnRateBp)}`,
      `${csv}: ${figures.usedPt} pt used at a cost of ¥${figures.costYen}: ${percentOf(figures.returnRateBp)} returned`,
      ...ties
        .filter(({ left, right }) => left !== right)
        .map(({ name, left, right }) => `  不一致 / does not tie: ${name}: ${left} ≠ ${right}`),
    ]);
    return isRight;
  });
}

function percentOf(bp: number | null): string {
  return bp === null ? "-" : `${(bp / 100).toFixed(2)} %`;
}
