import type { Command } from "commander";
import { readText } from "../files.ts";
import { interrupted } from "../network/interrupted.ts";
import { NodeProcess } from "../network/node-process.ts";
import { leafCommand, perform } from "./command.ts";

/** `node start`: one node with its log on stdout, until it is stopped. */
export function nodeStartCommand(): Command {
  const command = leafCommand("start", "Run one node until it is stopped", [
    "node start --config local/nodes/1/node.json",
  ]).requiredOption("--config <file>", "node.json of the node (network-config/node.schema.json)");
  return perform<{ config: string }>(command, async (_, { config }) => {
    // The node's process reads it itself, but says only in English that it is not there.
    readText(config);
    const stopRequested = interrupted();
    const node = new NodeProcess(config, (line) => process.stdout.write(`${line}\n`));
    const exit = await Promise.race([node.exited, stopRequested.then(() => node.stop())]);
    return exit.code === 0;
  });
}
