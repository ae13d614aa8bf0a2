import { join } from "node:path";
import type { Command } from "commander";
import type { CivilDate } from "../../contracts/fields/dates.ts";
import { auditedLedger } from "../audit/audited-ledger.ts";
import { expectNewFile, writeNewFile } from "../files.ts";
import { Journal } from "../reports/journal.ts";
import { ledgerReport } from "../reports/ledger-report.ts";
import { PointFlows } from "../reports/point-flows.ts";
import { reproducibleMonths } from "../reports/reproducible-months.ts";
import { csvOf, jsonOf } from "../reports/table.ts";
import { genesisOption, leafCommand, perform } from "./command.ts";

/** `audit report`: checks a downloaded chain in full and writes what auditors compare with bank and budget. */
export function auditReportCommand(): Command {
  const command = leafCommand(
    "report",
    "Write the tables of a downloaded chain / ダウンロードした台帳から監査の表を作る",
    ["audit report bundle --out report"],
  )
    .argument("<directory>", "the bundle")
    .addOption(genesisOption())
    .requiredOption("--out <directory>", "where to write the tables (CSV and JSON)");
  return perform<{ genesis?: string; out: string }>(
    command,
    async (output, { genesis, out }, directory = "") => {
      const json = join(out, "report.json");
      expectNewFile(json);
      const flows = new PointFlows();
      const journal = new Journal();
      const ledger = await auditedLedger(directory, {
        ...(genesis === undefined ? {} : { genesis }),
        onBlock: (block) => {
          flows.add(block);
          journal.add(block);
        },
        onOpening: (state, date) => flows.carry(date, state),
        onProgress: (done, all) => output.progress(`Verifying: height ${done} of ${all}`),
      });
      const { tables, ties } = ledgerReport(ledger, { flows, journal });
      for (const table of tables) writeNewFile(join(out, `${table.name}.csv`), csvOf(table));
      const { height, asOf, attestedUntil } = ledger;
      const reproducible = reproducibleMonths(ledger);
      const content = Object.fromEntries(tables.map((table) => [table.name, jsonOf(table)]));
      const report = { height, asOf, attestedUntil, reproducible, ties, ...content };
      writeNewFile(json, `${JSON.stringify(report, null, 2)}\n`);
      const wrong = ties.filter(({ left, right }) => left !== right);
      const said = { height, asOf, attestedUntil, reproducible, ties };
      output.result({ directory: out, ...said, ok: wrong.length === 0 }, [
        `高さ ${height}（${asOf}）まで検証済み / verified up to height ${height}, ${asOf}`,
        ...attestedLines(attestedUntil, reproducible),
        ...tables.map(({ name, titleJa, titleEn, rows }) => {
          return `  ${name}.csv  ${titleJa} / ${titleEn}: ${rows.length}`;
        }),
        ...wrong.map(
          ({ name, left, right }) => `  不一致 / does not tie: ${name}: ${left} ≠ ${right}`,
        ),
        `  ${ties.length - wrong.length}/${ties.length} 照合一致 / figures tie`,
      ]);
      return wrong.length === 0;
    },
  );
}

/** What an auditor must know when not all of the chain could be executed again. */
function attestedLines(until: CivilDate | null, months: readonly string[]): string[] {
  if (until === null) return [];
  const which = months.length === 0 ? "なし / none" : `${months[0]} – ${months.at(-1)}`;
  return [
    `  ${until} 以前は証明のみ（合計一行） / up to ${until} attested only, in one sum`,
    `  再計算できる月 / months that were executed again in full: ${which}`,
  ];
}
