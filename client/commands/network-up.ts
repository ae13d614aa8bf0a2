import type { Command } from "commander";
import { MEMBERS_MAX } from "../../ledger/limits.ts";
import { interrupted } from "../network/interrupted.ts";
import { ensureLocalNetwork, LocalNetwork, NODES_DEFAULT } from "../network/local-network.ts";
import { countUpTo, leafCommand, perform } from "./command.ts";

/** `network up`: a whole network on this machine, until it is stopped. */
export function networkUpCommand(): Command {
  const command = leafCommand("up", "Run a whole network on this machine until Ctrl-C", [
    "network up",
    "network up --nodes 5 --dir local/five",
  ])
    .option(
      "--nodes <count>",
      `nodes of the network; ${NODES_DEFAULT} for a new one`,
      countUpTo(MEMBERS_MAX),
    )
    .option("--dir <directory>", "where the network is kept; made when it is not there");
  return perform<{ nodes?: number; dir?: string }>(command, async (output, options) => {
    const directory = options.dir ?? `local/network-${options.nodes ?? NODES_DEFAULT}`;
    const stopRequested = interrupted();
    const portsMoved = await ensureLocalNetwork(directory, options.nodes);
    output.progress("Starting the nodes ...");
    const network = await LocalNetwork.open(directory, (_, error) => output.error(error));
    const nodes = network.nodes.map(({ number, organisation, client, process: { pid } }) => ({
      number,
      pid,
      organisation: organisation.id,
      url: client.url,
    }));
    output.result({ directory, nodes, portsMoved }, [
      `${network.genesis.name} (${directory})`,
      ...network.nodes.map(
        ({ number, organisation: { nameJa, nameEn }, client }) =>
          `  ${number}  ${client.url}  ${nameJa} ${nameEn}`,
      ),
      ...movedLines(portsMoved),
      "Ctrl-C で終了 / stops all nodes",
    ]);
    await Promise.race([stopRequested, network.ended()]);
    await network.stop();
    return true;
  });
}

function movedLines(numbers: readonly number[]): string[] {
  if (numbers.length === 0) return [];
  const nodes = numbers.join(", ");
  return [
    `ポートが使用中のため、ノード ${nodes} は通常と別のポートを使います。上の URL を使ってください。`,
    `Ports were busy: nodes ${nodes} use others than usual. Use the addresses above.`,
  ];
}
