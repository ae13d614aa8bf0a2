import type { Command } from "commander";
import { ACCEPTED } from "../../ledger/block.ts";
import { resultText } from "../error-report.ts";
import { openTerminal } from "../terminal/terminal-folder.ts";
import { claimTerminal } from "../terminal/terminal-lock.ts";
import { voidPayment } from "../terminal/void-payment.ts";
import { leafCommand, perform } from "./command.ts";
import { terminalOption } from "./terminal-options.ts";

/** `terminal void`: takes a payment of the day back. */
export function terminalVoidCommand(): Command {
  const command = leafCommand("void", "Take a payment of the same day back, whole", [
    "terminal void --dir bakery 01a2 07f8 051a 8a8a 8e88 ed12 39bb 3724",
  ])
    .argument("<number...>", "the transaction's number, as on the receipt")
    .addOption(terminalOption());
  return perform<{ dir: string }>(command, async (output, { dir }, ...number) => {
    const id = number.join("").toLowerCase();
    const terminal = openTerminal(dir);
    await claimTerminal(dir);
    const { amountPt, decision } = await voidPayment(terminal, id);
    const { result, height, timestampMs: atMs } = decision;
    const isVoided = result === ACCEPTED;
    if (isVoided) terminal.journal.note({ id, amountPt, outcome: "VOIDED", atMs, height });
    output.result({ id, amountPt, result, height }, [
      isVoided
        ? `${amountPt} pt: 支払いを取り消しました / the payment is taken back`
        : `${amountPt} pt: ${resultText(result)}`,
    ]);
    return isVoided;
  });
}
