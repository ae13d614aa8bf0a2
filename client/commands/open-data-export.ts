import { join } from "node:path";
import type { Command } from "commander";
import { auditedLedger } from "../audit/audited-ledger.ts";
import { expectNewFile, readGenesis, writeNewFile } from "../files.ts";
import { dataPackageOf } from "../open-data/data-package.ts";
import { pagesOf } from "../open-data/pages.ts";
import { PublicMonths } from "../open-data/public-months.ts";
import { publicTables } from "../open-data/public-tables.ts";
import { csvOf, jsonOf } from "../reports/table.ts";
import { genesisOption, leafCommand, perform } from "./command.ts";

/** `open-data export`: checks a downloaded chain in full and writes what everybody may see of it. */
export function openDataExportCommand(): Command {
  const command = leafCommand(
    "export",
    "だれもが見てよいデータとページを作る（個人の情報は含みません）\n" +
      "Write what everybody may see of a downloaded chain: tables, and pages for a web server",
    [
      "audit export --out bundle --node http://127.0.0.1:8101",
      "open-data export bundle --out public",
    ],
  )
    .argument("<directory>", "the bundle; see: audit export")
    .addOption(genesisOption())
    .requiredOption("--out <directory>", "where to write; nothing is overwritten");
  return perform<{ genesis?: string; out: string }>(
    command,
    async (output, { genesis, out }, directory = "") => {
      expectNewFile(join(out, "data.json"));
      const months = new PublicMonths();
      const ledger = await auditedLedger(directory, {
        ...(genesis === undefined ? {} : { genesis }),
        onBlock: (block) => months.add(block),
        onOpening: (state, date) => months.carry(date, state),
        onProgress: (done, all) => output.progress(`Verifying: height ${done} of ${all}`),
      });
      const { height, asOf } = ledger;
      const { name: network } = readGenesis(genesis ?? join(directory, "genesis.json"));
      const tables = publicTables(ledger, months);
      const pages = pagesOf(tables, asOf);
      for (const table of tables) writeNewFile(join(out, `${table.name}.csv`), csvOf(table));
      for (const [file, text] of pages) writeNewFile(join(out, file), text);
      const json = (file: string, value: object) =>
        writeNewFile(join(out, file), `${JSON.stringify(value, null, 2)}\n`);
      json("datapackage.json", dataPackageOf(tables, { network, asOf, height }));
      const content = Object.fromEntries(tables.map((table) => [table.name, jsonOf(table)]));
      json("data.json", { network, height, asOf, ...content });
      output.result({ directory: out, height, asOf, pages: [...pages.keys()] }, [
        `高さ ${height}（${asOf}）まで検証済み / verified up to height ${height}, ${asOf}`,
        ...tables.map(({ name, titleJa, rows }) => `  ${name}.csv  ${titleJa}: ${rows.length}`),
        ...[...pages.keys()].map((file) => `  ${join(out, file)}`),
      ]);
      return true;
    },
  );
}
