import type { Command } from "commander";
import { BATCH } from "../../contracts/state/state-records.ts";
import { auditedLedger } from "../audit/audited-ledger.ts";
import { ClientError } from "../client-fault.ts";
import { expectNewFile, readJson, writeNewFile } from "../files.ts";
import { accountsFile } from "../settlement/accounts-file.ts";
import { transferOrderOf } from "../settlement/payouts.ts";
import { encodeTransferFile } from "../settlement/transfer-file.ts";
import { genesisOption, leafCommand, perform } from "./command.ts";
import { type BatchOptions, batchOptions, dateArgument } from "./settlement-options.ts";

interface Options extends BatchOptions {
  readonly accounts: string;
  readonly paysOn?: string;
  readonly out: string;
}

/** `settlement bank-file`: the transfer file of an approved batch, for the payer's bank. */
export function settlementBankFileCommand(): Command {
  const command = batchOptions(
    leafCommand(
      "bank-file",
      "Write the bank transfer file of an approved batch / 承認済みの精算の総合振込ファイルを作る",
      [
        "settlement bank-file bundle --payer 131164 --batch 2026-11a --accounts accounts.json --out furikomi.txt",
      ],
    ),
  )
    .requiredOption("--accounts <file>", "bank accounts of payer and merchants (JSON); stays here")
    .option("--pays-on <date>", "another day of payment, for a second try", dateArgument)
    .addOption(genesisOption())
    .requiredOption("--out <file>", "where to write");
  return perform<Options>(command, async (output, options, directory = "") => {
    const { payer, batch: name, accounts, paysOn, out } = options;
    expectNewFile(out);
    const file = readJson(accounts, accountsFile);
    const ledger = await auditedLedger(directory, options);
    const batch = ledger.read(BATCH.key(payer, name));
    if (batch === null) throw new ClientError("BATCH_NOT_OWED", { payer, batch: name });
    const order = transferOrderOf(batch, file, paysOn);
    writeNewFile(out, encodeTransferFile(order), "secret");
    const totalYen = order.transfers.reduce((sumYen, { amountYen }) => sumYen + amountYen, 0);
    const transfers = order.transfers.length;
    output.result({ file: out, transfers, totalYen, paysOn: order.paysOn }, [
      `${out}: 振込 ${transfers} 件 合計 ${totalYen} 円 支払日 ${order.paysOn}`,
      `${out}: ${transfers} transfers, ¥${totalYen}, to be paid on ${order.paysOn}`,
    ]);
    return true;
  });
}
