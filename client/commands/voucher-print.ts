import { rmSync } from "node:fs";
import type { Command } from "commander";
import { resultText } from "../error-report.ts";
import { expectNewFile, readJson, writeNewFile } from "../files.ts";
import type { Output } from "../output.ts";
import { firstAnswer } from "../sdk/first-answer.ts";
import { voucherPage } from "../vouchers/voucher-page.ts";
import { type VoucherSheet, voucherSheetSchema } from "../vouchers/voucher-sheet.ts";
import { leafCommand, perform } from "./command.ts";
import { type LedgerChoice, OfficeDesk, withLedgerOptions } from "./municipal-offices.ts";

/** `voucher print`: the page of vouchers that were issued, once more, or after a power cut. */
export function voucherPrintCommand(): Command {
  const command = leafCommand(
    "print",
    "ポイント券をもう一度印刷する / Make the page of a sheet again, when the ledger has its vouchers",
    ["voucher print hanako.sheet --out vouchers.html --node http://127.0.0.1:8101"],
  )
    .argument("<sheet>", "the sheet; see: voucher issue")
    .requiredOption("--out <file>", "the page to print (HTML)");
  withLedgerOptions(command);
  return perform<LedgerChoice & { out: string }>(command, async (output, options, file = "") => {
    const { out } = options;
    expectNewFile(out);
    const sheet = readJson(file, voucherSheetSchema);
    const desk = await OfficeDesk.open(options);
    return printSheet(output, desk, sheet, { sheetFile: file, out });
  });
}

/** Makes the page when the ledger has the vouchers (rule P2), and says so. @throws ClientError `UNDECIDED`; as `askNode`. */
export async function printSheet(
  output: Output,
  desk: OfficeDesk,
  sheet: VoucherSheet,
  { sheetFile, out }: { readonly sheetFile: string; readonly out: string },
): Promise<boolean> {
  const { issuer, series, secrets } = sheet;
  const { status, result } = await desk.settle(sheet.transaction);
  const ok = status === "committed";
  if (!ok) {
    // Proven: these vouchers are not there, and never will be.
    rmSync(sheetFile);
    output.result({ ok, result }, [resultText(result)]);
    return false;
  }
  const terms = await firstAnswer(desk.nodes, (node) => node.voucherSeries(issuer, series));
  writeNewFile(out, voucherPage(sheet, terms), "secret");
  output.result({ ok, result, file: out, vouchers: secrets.length, facePt: terms.facePt }, [
    `${out}: ${secrets.length} 枚。印刷したら ${sheetFile} とともに消してください`,
    `${out}: ${secrets.length} vouchers. Print it, then delete it together with ${sheetFile}`,
  ]);
  return true;
}
