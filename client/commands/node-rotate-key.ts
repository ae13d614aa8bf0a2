import type { Command } from "commander";
import { rotateKey } from "../network/rotate-key.ts";
import { firstAnswer } from "../sdk/first-answer.ts";
import { LedgerClient } from "../sdk/ledger-client.ts";
import { transactionJson, transactionLines } from "../transaction-view.ts";
import { genesisOption, leafCommand, nodeOption, perform } from "./command.ts";
import { trustedGenesis } from "./trusted-genesis.ts";

interface Options {
  readonly config: string;
  readonly node: readonly string[];
  readonly genesis?: string;
  readonly address?: string;
}

/** `node rotate-key`: the next key of a node, and what governance is to sign. */
export function nodeRotateKeyCommand(): Command {
  const command = leafCommand("rotate-key", "Make a node's next key", [
    "node rotate-key --config node-4/node.json --node http://127.0.0.1:8104",
  ])
    .requiredOption("--config <file>", "node.json of the node, which is changed")
    .addOption(nodeOption())
    .addOption(genesisOption())
    .option("--address <multiaddr>", "where the others dial it from then on; as today");
  return perform<Options>(command, async (output, { config, node, genesis: file, address }) => {
    const nodes = node.map((url) => new LedgerClient(url));
    const genesis = await trustedGenesis(file, nodes);
    const membership = await firstAnswer(nodes, (asked) => asked.membership());
    const rotation = await rotateKey(config, { genesis, membership, address: address ?? null });
    const { keyFile, transactionFile, transaction } = rotation;
    output.result(
      { keyFile, transactionFile, transaction: transactionJson(transaction, genesis) },
      [
        ...transactionLines(transaction, genesis),
        `${config}: start the node again, so that it has both keys`,
        `${transactionFile}: then mykey-ledger governance sign, and mykey-ledger submit`,
      ],
    );
    return true;
  });
}
