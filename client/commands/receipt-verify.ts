import type { Command } from "commander";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { decodeReceipt, verifyReceipt } from "../../ledger/receipt.ts";
import { readDecoded, readGenesis } from "../files.ts";
import { genesisOption, leafCommand, perform } from "./command.ts";

/** `receipt verify`: checks a receipt offline, with the genesis alone. */
export function receiptVerifyCommand(): Command {
  const command = leafCommand("verify", "Check a receipt offline, with the genesis alone", [
    "receipt verify my.receipt --genesis local/genesis.json",
  ])
    .argument("<file>", "the receipt")
    .addOption(genesisOption().makeOptionMandatory());
  return perform<{ genesis: string }>(command, (output, options, file = "") => {
    const genesis = readGenesis(options.genesis);
    const receipt = readDecoded(file, "a receipt", decodeReceipt);
    const proven = verifyReceipt(receipt, genesis, verifySignature);
    const { transaction, result, header, certificate } = proven;
    const { type } = transaction.envelope;
    const time = new Date(header.timestampMs).toISOString();
    output.result(
      {
        ok: true,
        id: transaction.id,
        type,
        result,
        height: header.height,
        timestampMs: header.timestampMs,
        votes: certificate.votes.length,
      },
      [
        `Proven: ${type} ${transaction.id} is ${result} at height ${header.height} (${time}),`,
        `certified by ${certificate.votes.length} nodes of ${genesis.name}.`,
        `証明済み：高さ ${header.height}、結果 ${result}、${certificate.votes.length} ノードの署名。`,
      ],
    );
    return true;
  });
}
