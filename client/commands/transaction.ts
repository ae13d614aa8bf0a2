import type { Command } from "commander";
import { toHex } from "../../ledger/bytes.ts";
import { resultText } from "../error-report.ts";
import { firstAnswer } from "../sdk/first-answer.ts";
import { LedgerClient } from "../sdk/ledger-client.ts";
import { leafCommand, nodeOption, perform } from "./command.ts";

/** `transaction`: what has become of a transaction, as a node says. */
export function transactionCommand(): Command {
  const command = leafCommand("transaction", "Ask what has become of a transaction", [
    "transaction 0123456789abcdef0123456789abcdef --node http://127.0.0.1:8101",
  ])
    .argument("<id>", "32 hexadecimal digits")
    .addOption(nodeOption());
  return perform<{ node: readonly string[] }>(command, async (output, { node }, id) => {
    const nodes = node.map((url) => new LedgerClient(url));
    const state = await firstAnswer(nodes, (client) => client.transaction(id ?? ""));
    const { status, result, height, index } = state;
    const where = height === null ? "" : ` at height ${height}, place ${index}`;
    output.result({ ...state, id: toHex(state.id) }, [
      `${toHex(state.id)}: ${status}${result === null ? "" : ` (${resultText(result)})`}${where}`,
    ]);
    return true;
  });
}
