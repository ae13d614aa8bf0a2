import { type Command, Option } from "commander";
import { tcpAddressOf } from "../../contracts/fields/node-address.ts";
import { toHex } from "../../ledger/bytes.ts";
import { networkIdOf } from "../../ledger/genesis.ts";
import { ClientError } from "../client-fault.ts";
import { type Entry, joinNetwork } from "../network/join-network.ts";
import { firstAnswer } from "../sdk/first-answer.ts";
import { LedgerClient } from "../sdk/ledger-client.ts";
import { transactionJson, transactionLines } from "../transaction-view.ts";
import { countUpTo, genesisOption, leafCommand, nodeOption, perform } from "./command.ts";
import { trustedGenesis } from "./trusted-genesis.ts";

interface Options {
  readonly node: readonly string[];
  readonly genesis?: string;
  readonly out: string;
  readonly address: string;
  readonly organisation?: string;
  readonly role: "voter" | "learner";
  readonly replaces?: number;
  readonly peerListen?: string;
  readonly apiHost: string;
  readonly apiPort: number;
  readonly force: boolean;
}

const NODE_NUMBER_MAX = 2_147_483_647;

/** `node create`: all that a node needs to join a running network, and what governance is to sign. */
export function nodeCreateCommand(): Command {
  const command = leafCommand("create", "Make a node that joins a running network", [
    "node create --organisation 131164 --address /dns4/node-4.example/tcp/7101 \\\n" +
      "      --node http://127.0.0.1:8101 --out node-4",
    "node create --replaces 2 --address /dns4/node-5.example/tcp/7101 \\\n" +
      "      --node http://127.0.0.1:8101 --out node-5",
  ])
    .addOption(nodeOption())
    .addOption(genesisOption())
    .requiredOption("--out <directory>", "where to write; nothing is overwritten")
    .requiredOption("--address <multiaddr>", "where the other nodes dial it")
    .option("--organisation <id>", "whose node it is")
    .addOption(new Option("--role <role>").choices(["voter", "learner"]).default("voter"))
    .option(
      "--replaces <number>",
      "the node whose organisation, role and place it takes",
      countUpTo(NODE_NUMBER_MAX),
    )
    .option("--peer-listen <multiaddr>", "where it listens for them; all interfaces")
    .option("--api-host <host>", "where its API listens", "127.0.0.1")
    .option("--api-port <port>", "and at which port", countUpTo(65_535), 8101)
    .option("--force", "come in even if the nodes in reach are no quorum then", false);
  return perform<Options>(command, async (output, options) => {
    const entry = entryOf(options);
    const nodes = options.node.map((url) => new LedgerClient(url));
    const genesis = await trustedGenesis(options.genesis, nodes);
    const membership = await firstAnswer(nodes, (asked) => asked.membership());
    const peerListen = options.peerListen ?? listenAt(options.address);
    const node = { ...options, peerListen, genesis, membership, entry };
    const joining = await joinNetwork(options.out, node);
    const { number, nodeFile, transactionFile, transaction } = joining;
    output.result(
      { number, nodeFile, transactionFile, transaction: transactionJson(transaction, genesis) },
      [
        `Network ${genesis.name} ${toHex(networkIdOf(genesis))}`,
        ...transactionLines(transaction, genesis),
        `${transactionFile}: mykey-ledger governance sign, then mykey-ledger submit`,
        `${nodeFile}: mykey-ledger node start --config ${nodeFile}`,
      ],
    );
    return true;
  });
}

/** @throws ClientError `USAGE` unless it replaces a node or belongs to an organisation. */
function entryOf({ organisation, replaces, role }: Options): Entry {
  if (replaces !== undefined && organisation === undefined) return { replaces };
  if (replaces === undefined && organisation !== undefined) return { organisation, role };
  throw new ClientError("USAGE", { problem: "either --organisation or --replaces is needed" });
}

function listenAt(address: string): string {
  const { protocol = "", port = 0 } = tcpAddressOf(address) ?? {};
  return protocol.endsWith("6") ? `/ip6/::/tcp/${port}` : `/ip4/0.0.0.0/tcp/${port}`;
}
