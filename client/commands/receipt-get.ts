import type { Command } from "commander";
import { writeNewFile } from "../files.ts";
import { firstAnswer } from "../sdk/first-answer.ts";
import { LedgerClient } from "../sdk/ledger-client.ts";
import { leafCommand, nodeOption, perform } from "./command.ts";

/** `receipt get`: fetches the proof of a decided transaction. */
export function receiptGetCommand(): Command {
  const command = leafCommand("get", "Fetch the receipt of a transaction", [
    "receipt get 0123456789abcdef0123456789abcdef --node http://127.0.0.1:8101 --out my.receipt",
  ])
    .argument("<id>", "32 hexadecimal digits")
    .addOption(nodeOption())
    .requiredOption("--out <file>", "where to keep it");
  return perform<{ node: readonly string[]; out: string }>(
    command,
    async (output, { node, out }, id = "") => {
      const nodes = node.map((url) => new LedgerClient(url));
      const receipt = await firstAnswer(nodes, (client) => client.receipt(id));
      writeNewFile(out, receipt);
      output.result({ id, file: out, sizeBytes: receipt.length }, [
        `${out}: ${receipt.length} bytes. Check it: mykey-ledger receipt verify ${out} --genesis FILE`,
      ]);
      return true;
    },
  );
}
