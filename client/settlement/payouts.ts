/** From an approved batch to the bank's file, and from the bank's answer back to the ledger. */

import type { CivilDate } from "../../contracts/fields/dates.ts";
import { type Batch, payoutYenOf } from "../../contracts/settlement/batch.ts";
import { ClientError } from "../client-fault.ts";
import type { AccountsFile } from "./accounts-file.ts";
import type { ListedTransfer, Transfer, TransferOrder } from "./transfer-file.ts";

/**
 * What the bank is to do for a batch: every line that is owed, also one that failed before.
 * @throws ClientError `BATCH_NOT_OWED` when nothing is owed; `ACCOUNT_MISSING` for a merchant without account.
 */
export function transferOrderOf(
  batch: Batch,
  { payer, payees }: AccountsFile,
  paysOn: CivilDate = batch.paysOn,
): TransferOrder {
  const accounts = new Map(payees.map((payee) => [payee.merchant, payee]));
  const transfers = batch.lines.flatMap((line, i): Transfer[] => {
    if (line.status !== "DUE" && line.status !== "FAILED") return [];
    const payee = accounts.get(line.merchant);
    if (payee === undefined) throw new ClientError("ACCOUNT_MISSING", { merchant: line.merchant });
    return [{ line: i + 1, payee, amountYen: payoutYenOf(line) }];
  });
  if (transfers.length === 0) throw new ClientError("BATCH_NOT_OWED");
  return { payer, paysOn, transfers };
}

/** Where a report belongs. */
export interface ReportedBatch {
  readonly payer: string;
  readonly batch: string;
  readonly paidOn: CivilDate;
}

/**
 * The draft of a PAYOUT_REPORT: all that was sent to the bank, less what it returned.
 * @param sent the file that went to the bank; @param returned what it could not pay, in the same form.
 * @throws ClientError `BANK_FILE_MISMATCH` when a file is not about this batch.
 */
export function payoutDraft(
  record: Batch,
  files: { readonly sent: readonly ListedTransfer[]; readonly returned: readonly ListedTransfer[] },
  named: ReportedBatch,
) {
  for (const transfer of files.sent) assertLine(record, transfer);
  const failed = new Set(
    files.returned.map((transfer) => {
      if (!files.sent.some((other) => areSame(transfer, other))) throw mismatch(transfer);
      return transfer.line;
    }),
  );
  const results = files.sent.map(({ line }) => ({
    merchant: record.lines[line - 1]?.merchant ?? "",
    outcome: failed.has(line) ? "FAILED" : "PAID",
  }));
  const paid = files.sent.filter(({ line }) => !failed.has(line));
  const totalYen = paid.reduce((sumYen, { amountYen }) => sumYen + amountYen, 0);
  return { type: "PAYOUT_REPORT", public: { ...named, totalYen, results }, private: null };
}

function assertLine({ lines }: Batch, transfer: ListedTransfer): void {
  const line = lines[transfer.line - 1];
  if (line === undefined || payoutYenOf(line) !== transfer.amountYen) throw mismatch(transfer);
}

function areSame(a: ListedTransfer, b: ListedTransfer): boolean {
  return (
    a.line === b.line &&
    a.bankCode === b.bankCode &&
    a.branchCode === b.branchCode &&
    a.accountNumber === b.accountNumber &&
    a.amountYen === b.amountYen
  );
}

function mismatch({ line, amountYen }: ListedTransfer): ClientError {
  return new ClientError("BANK_FILE_MISMATCH", { line, amountYen });
}
