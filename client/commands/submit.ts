import type { Command } from "commander";
import { type Genesis, networkIdOf, parseGenesis } from "../../ledger/genesis.ts";
import { decodeTransaction } from "../../ledger/transaction.ts";
import { readBytes, readGenesis, readJson, readKeyFile, writeNewFile } from "../files.ts";
import { firstAnswer } from "../sdk/first-answer.ts";
import { LedgerClient } from "../sdk/ledger-client.ts";
import { submitTransaction } from "../sdk/submit.ts";
import { draftSchema, officer, signDraft } from "../sdk/transaction-builder.ts";
import { genesisOption, keyOption, leafCommand, nodeOption, perform } from "./command.ts";

interface Options {
  readonly node: readonly string[];
  readonly genesis?: string;
  readonly key: readonly string[];
  readonly receipt?: string;
}

/** `submit`: sends a transaction and waits for the proof of its fate. */
export function submitCommand(): Command {
  const command = leafCommand("submit", "Send a transaction and wait for the proof of its fate", [
    "submit pay.transaction --node http://127.0.0.1:8101 --receipt pay.receipt",
    "submit open.json --key clerk.key --key approver.key --node http://127.0.0.1:8101",
  ])
    .argument("<file>", "a signed transaction, or a draft (.json) to be signed with --key")
    .addOption(nodeOption())
    .addOption(genesisOption())
    .addOption(keyOption())
    .option("--receipt <file>", "where to keep the receipt");
  return perform<Options>(command, async (output, options, file = "") => {
    const nodes = options.node.map((url) => new LedgerClient(url));
    const genesis =
      options.genesis === undefined
        ? parseGenesis(await firstAnswer(nodes, (node) => node.genesisText()))
        : readGenesis(options.genesis);
    const bytes = await bytesToSend(file, options.key, genesis);
    output.progress("Waiting for the block ...");
    const decision = await submitTransaction(bytes, { nodes, genesis });
    if (options.receipt !== undefined) writeNewFile(options.receipt, decision.receipt);
    const { receipt: _, ...facts } = decision;
    const trust = options.genesis === undefined ? ", by the node's own genesis" : "";
    output.result({ ...facts, receiptVerified: true }, [
      `${decision.id}: ${decision.status} (${decision.result}) at height ${decision.height}, ` +
        `receipt verified${trust}`,
    ]);
    return decision.status === "committed";
  });
}

/** A draft's signed bytes are on disk before they are sent: they are what is sent again if need be. */
async function bytesToSend(
  file: string,
  keys: readonly string[],
  genesis: Genesis,
): Promise<Uint8Array> {
  if (!file.endsWith(".json")) {
    const bytes = readBytes(file);
    decodeTransaction(bytes);
    return bytes;
  }
  const signers = keys.map((key) => officer(readKeyFile(key)));
  const context = { networkId: networkIdOf(genesis), nowMs: Date.now() };
  const { id, bytes } = await signDraft(readJson(file, draftSchema), signers, context);
  writeNewFile(file.replace(/\.json$/, `-${id}.transaction`), bytes);
  return bytes;
}
