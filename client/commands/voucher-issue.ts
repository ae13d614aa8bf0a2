import type { Command } from "commander";
import { VOUCHERS_AT_ONCE_MAX } from "../../contracts/vouchers/voucher.ts";
import { expectNewFile } from "../files.ts";
import { signDraft } from "../sdk/transaction-builder.ts";
import { issueDraft, keepSheet, newSecrets, type VoucherSheet } from "../vouchers/voucher-sheet.ts";
import { countUpTo, leafCommand, perform } from "./command.ts";
import { OfficeDesk, openRegistrar } from "./municipal-offices.ts";
import {
  type ResidentCardChoice,
  withResidentCard,
  withResidentCardOptions,
} from "./resident-card.ts";
import { printSheet } from "./voucher-print.ts";

interface Options extends ResidentCardChoice {
  readonly series: string;
  readonly count: number;
  readonly sheet: string;
  readonly out: string;
}

/** `voucher issue`: points of the resident whose card is on the reader become vouchers on paper. */
export function voucherIssueCommand(): Command {
  const command = leafCommand(
    "issue",
    "ポイント券を発行して印刷する / Turn points of the card's holder into vouchers, and make the page to print",
    [
      "voucher issue --series five-hundred --count 5 --sheet hanako.sheet --out vouchers.html \\\n" +
        "      --municipality 131164 --store registrar.journal --anchor ca.pem --node http://127.0.0.1:8101",
    ],
  )
    .requiredOption("--series <id>", "the series, as the municipality defined it")
    .requiredOption("--count <number>", "how many", countUpTo(VOUCHERS_AT_ONCE_MAX))
    .requiredOption("--sheet <file>", "their secrets, until they are printed; then delete it")
    .requiredOption("--out <file>", "the page to print (HTML)");
  withResidentCardOptions(command);
  return perform<Options>(command, async (output, options) => {
    const { sheet: sheetFile, out } = options;
    expectNewFile(out);
    expectNewFile(sheetFile);
    const desk = await OfficeDesk.open(options);
    const sheet = await signedSheet(options, desk.networkId);
    keepSheet(sheetFile, sheet);
    return printSheet(output, desk, sheet, { sheetFile, out });
  });
}

/** @throws CardError, CertificateError; LedgerFault `UNKNOWN_WALLET`. */
function signedSheet(options: Options, networkId: Uint8Array): Promise<VoucherSheet> {
  const { municipality: issuer, series, count } = options;
  const registrar = openRegistrar(options);
  const secrets = newSecrets(count);
  return withResidentCard(options, async (unlocked) => {
    const nowMs = Date.now();
    const wallet = registrar.walletOf(unlocked.certificate, nowMs);
    const draft = issueDraft({ issuer, series, secrets }, wallet, networkId);
    const { bytes: transaction } = await signDraft(draft, [unlocked], { networkId, nowMs });
    return { version: 1, networkId, issuer, series, secrets, transaction };
  });
}
