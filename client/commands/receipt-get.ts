import type { Command } from "commander";
import { equalBytes } from "../../ledger/bytes.ts";
import { ClientError } from "../client-fault.ts";
import { writeNewFile } from "../files.ts";
import { decodeReceiptCode } from "../receipt-code.ts";
import { firstAnswer } from "../sdk/first-answer.ts";
import { LedgerClient } from "../sdk/ledger-client.ts";
import { leafCommand, nodeOption, perform } from "./command.ts";

/** `receipt get`: fetches the proof of a decided transaction. */
export function receiptGetCommand(): Command {
  const command = leafCommand("get", "Fetch the receipt of a transaction", [
    "receipt get 0123456789abcdef0123456789abcdef --node http://127.0.0.1:8101 --out my.receipt",
    "receipt get MYKEY:R1:…:… --node http://127.0.0.1:8101 --out my.receipt",
  ])
    .argument("<id>", "32 hexadecimal digits, or the text of the QR code that the shop showed")
    .addOption(nodeOption())
    .requiredOption("--out <file>", "where to keep it");
  return perform<{ node: readonly string[]; out: string }>(
    command,
    async (output, { node, out }, text = "") => {
      const nodes = node.map((url) => new LedgerClient(url));
      const id = text.includes(":") ? await idInCode(text, nodes) : text;
      const receipt = await firstAnswer(nodes, (client) => client.receipt(id));
      writeNewFile(out, receipt);
      output.result({ id, file: out, sizeBytes: receipt.length }, [
        `${out}: ${receipt.length} bytes. Check it: mykey-ledger receipt verify ${out} --genesis FILE`,
      ]);
      return true;
    },
  );
}

/** @throws ClientError `NOT_A_PAYMENT`, `OTHER_NETWORK`. */
async function idInCode(text: string, nodes: readonly LedgerClient[]): Promise<string> {
  const { networkId, id } = decodeReceiptCode(text);
  const asked = await firstAnswer(nodes, (node) => node.network());
  if (!equalBytes(asked.networkId, networkId)) throw new ClientError("OTHER_NETWORK");
  return id;
}
