import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { type AuditedLedger, auditedLedger } from "../audit/audited-ledger.ts";
import { exportBundle } from "../audit/export-bundle.ts";
import { ClientError } from "../client-fault.ts";
import { expectNewFile, writeNewFile } from "../files.ts";
import type { Output } from "../output.ts";
import { partnerReport } from "../reports/partner-report.ts";
import { csvOf, jsonOf } from "../reports/table.ts";
import { firstReachable } from "../sdk/first-answer.ts";
import { LedgerClient } from "../sdk/ledger-client.ts";
import { genesisOption, leafCommand, nodeOption, perform } from "./command.ts";

interface Options {
  readonly partner: string;
  readonly out: string;
  readonly node?: readonly string[];
  readonly genesis?: string;
}

/** `partner report`: a company's own conversions, dues and settlement, from its node or a downloaded chain. */
export function partnerReportCommand(): Command {
  const command = leafCommand(
    "report",
    "企業向けの報告：自社のポイント交換、債務、精算だけを表にする\n" +
      "A company's own conversions, dues and settlement, by month; nothing of other companies",
    [
      "partner report --partner jcb --out november --node http://127.0.0.1:8101 --genesis genesis.json",
      "partner report bundle --partner jcb --out november",
    ],
  )
    .argument("[bundle]", "a downloaded chain; see: audit export")
    .requiredOption("--partner <id>", "the company, as the ledger calls it")
    .requiredOption("--out <directory>", "where to write the tables (CSV and JSON)")
    .addOption(nodeOption().makeOptionMandatory(false))
    .addOption(genesisOption());
  return perform<Options>(command, async (output, options, bundle) => {
    const { partner, out } = options;
    const json = join(out, "report.json");
    expectNewFile(json);
    const ledger = await ledgerOf(output, options, bundle);
    const { tables, ties } = partnerReport(ledger, partner);
    for (const table of tables) writeNewFile(join(out, `${table.name}.csv`), csvOf(table));
    const { height, asOf } = ledger;
    const content = Object.fromEntries(tables.map((table) => [table.name, jsonOf(table)]));
    const report = { partner, height, asOf, ties, ...content };
    writeNewFile(json, `${JSON.stringify(report, null, 2)}\n`);
    const wrong = ties.filter(({ left, right }) => left !== right);
    output.result({ directory: out, partner, height, asOf, ties, ok: wrong.length === 0 }, [
      `高さ ${height}（${asOf}）まで検証済み / verified up to height ${height}, ${asOf}`,
      ...tables.map(({ name, titleJa, titleEn, rows }) => {
        return `  ${name}.csv  ${titleJa} / ${titleEn}: ${rows.length}`;
      }),
      ...wrong.map((tie) => `  不一致 / does not tie: ${tie.name}: ${tie.left} ≠ ${tie.right}`),
      `  ${ties.length - wrong.length}/${ties.length} 照合一致 / figures tie`,
    ]);
    return wrong.length === 0;
  });
}

/** The ledger of a bundle, or of a node, whose chain is downloaded and checked like any other. @throws ClientError `USAGE`. */
async function ledgerOf(
  output: Output,
  { node = [], genesis }: Options,
  bundle: string | undefined,
): Promise<AuditedLedger> {
  if ((bundle === undefined) === (node.length === 0)) {
    throw new ClientError("USAGE", { problem: "either a bundle or --node" });
  }
  const read = (directory: string) =>
    auditedLedger(directory, {
      ...(genesis === undefined ? {} : { genesis }),
      onProgress: (done, all) => output.progress(`Verifying: height ${done} of ${all}`),
    });
  if (bundle !== undefined) return read(bundle);
  const folder = mkdtempSync(join(tmpdir(), "mykey-ledger-"));
  try {
    const source = await firstReachable(node.map((url) => new LedgerClient(url)));
    const directory = join(folder, "bundle");
    await exportBundle(source, directory, (done, all) =>
      output.progress(`Downloading: height ${done} of ${all}`),
    );
    return await read(directory);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
