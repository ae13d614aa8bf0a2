import type { Command } from "commander";
import { BATCH } from "../../contracts/state/state-records.ts";
import { auditedLedger } from "../audit/audited-ledger.ts";
import { ClientError } from "../client-fault.ts";
import { expectNewFile, readDecoded, writeNewFile } from "../files.ts";
import { payoutDraft } from "../settlement/payouts.ts";
import { decodeTransferFile } from "../settlement/transfer-file.ts";
import { genesisOption, leafCommand, perform } from "./command.ts";
import { type BatchOptions, batchOptions, dateArgument } from "./settlement-options.ts";

interface Options extends BatchOptions {
  readonly sent: string;
  readonly returned?: string;
  readonly paidOn: string;
  readonly out: string;
}

/** `settlement results`: reads back what the bank did, as a draft of PAYOUT_REPORT. */
export function settlementResultsCommand(): Command {
  const command = batchOptions(
    leafCommand(
      "results",
      "Draft the report of what the bank paid / 銀行の振込結果から支払結果の報告を作る",
      [
        "settlement results bundle --payer 131164 --batch 2026-11a --sent furikomi.txt --paid-on 2026-11-30 --out report.json",
      ],
    ),
  )
    .requiredOption("--sent <file>", "the transfer file that the bank was given")
    .option("--returned <file>", "what the bank could not pay, as a file of the same form")
    .requiredOption("--paid-on <date>", "the day on which the bank paid", dateArgument)
    .addOption(genesisOption())
    .requiredOption("--out <file>", "where to write the draft; see: submit");
  return perform<Options>(command, async (output, options, directory = "") => {
    const { payer, batch: name, paidOn, out } = options;
    expectNewFile(out);
    const read = (file: string) => readDecoded(file, "a bank transfer file", decodeTransferFile);
    const sent = read(options.sent);
    const returned = options.returned === undefined ? [] : read(options.returned);
    const ledger = await auditedLedger(directory, options);
    const record = ledger.read(BATCH.key(payer, name));
    if (record === null) throw new ClientError("BATCH_NOT_OWED", { payer, batch: name });
    const draft = payoutDraft(record, { sent, returned }, { payer, batch: name, paidOn });
    writeNewFile(out, `${JSON.stringify(draft, null, 2)}\n`);
    const { totalYen, results } = draft.public;
    output.result({ file: out, totalYen, results }, [
      `${out}: ${sent.length - returned.length} 件 ${totalYen} 円 支払済み、${returned.length} 件 不能`,
      `${out}: ¥${totalYen} paid, ${returned.length} of ${sent.length} returned. Now: submit ${out}`,
    ]);
    return true;
  });
}
