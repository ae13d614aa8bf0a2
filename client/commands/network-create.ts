import type { Command } from "commander";
import { toHex } from "../../ledger/bytes.ts";
import { networkIdOf } from "../../ledger/genesis.ts";
import { readJson } from "../files.ts";
import { createNetwork } from "../network/create-network.ts";
import { networkConfigSchema } from "../network/network-config.ts";
import { leafCommand, perform } from "./command.ts";

/** `network create`: keys, genesis and node configurations from a description. */
export function networkCreateCommand(): Command {
  const command = leafCommand("create", "Make keys, genesis and node configurations", [
    "network create --config network-config/local-3/network.json --out local",
  ])
    .requiredOption("--config <file>", "who takes part (network-config/network.schema.json)")
    .requiredOption("--out <directory>", "where to write; nothing is overwritten");
  return perform<{ config: string; out: string }>(command, (output, { config, out }) => {
    const description = readJson(config, networkConfigSchema);
    const { genesis, files } = createNetwork(description, out, Date.now());
    const networkId = toHex(networkIdOf(genesis));
    output.result({ networkId, files }, [
      ...files,
      `Network ${genesis.name} ${networkId}: ${genesis.members.length} nodes.`,
      "Hand every .key file to its owner alone, genesis.json to everybody.",
      "鍵ファイルは持ち主だけに、genesis.json は全員に渡してください。",
    ]);
    return true;
  });
}
