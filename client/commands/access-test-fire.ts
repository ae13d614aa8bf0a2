import { type Command, InvalidArgumentError } from "commander";
import { networkIdOf } from "../../ledger/genesis.ts";
import { reportAccess } from "../access-test/access-report.ts";
import { armTerminals, readTerminals } from "../access-test/armed-terminals.ts";
import { confirmAll } from "../access-test/confirm.ts";
import { fireAll } from "../access-test/fire.ts";
import { expectNewFile } from "../files.ts";
import { LedgerClient } from "../sdk/ledger-client.ts";
import { genesisOption, leafCommand, nodeOption, perform } from "./command.ts";
import { trustedGenesis } from "./trusted-genesis.ts";

interface Options {
  readonly terminals: string;
  readonly test: string;
  readonly at?: number;
  readonly node: readonly string[];
  readonly genesis?: string;
  readonly csv?: string;
  readonly svg?: string;
}

/** Without `--at`: time to sign, ms. */
const SOON_MS = 5000;

/** `access-test fire`: all terminals of a folder send a ping at one instant. */
export function accessTestFireCommand(): Command {
  const command = leafCommand(
    "fire",
    "Let terminals send a transaction without value, all at once",
    [
      "access-test fire --terminals keys --test autumn-2026 --at 2026-12-01T10:00:00+09:00 \\\n" +
        "      --node http://127.0.0.1:8101 --node http://127.0.0.1:8102 --csv here.csv --svg here.svg",
    ],
  )
    .requiredOption("--terminals <folder>", "the terminals' keys, <terminal>.pem each")
    .requiredOption("--test <name>", "the name under which the test was announced")
    .option("--at <instant>", "when, with its time zone; in five seconds when left out", instant)
    .addOption(nodeOption())
    .addOption(genesisOption())
    .option("--csv <file>", "where the outcome of each terminal goes")
    .option("--svg <file>", "where the plot goes");
  return perform<Options>(command, async (output, options) => {
    for (const file of [options.csv, options.svg]) if (file !== undefined) expectNewFile(file);
    const nodes = options.node.map((url) => new LedgerClient(url));
    const networkId = networkIdOf(await trustedGenesis(options.genesis, nodes));
    const terminals = readTerminals(options.terminals);
    const atMs = options.at ?? Date.now() + SOON_MS;
    const armed = await armTerminals(terminals, { networkId, test: options.test, atMs });
    output.progress(`${armed.length} 台待機中 / terminals armed: ${new Date(atMs).toISOString()}`);
    const outcomes = await fireAll(armed, { nodes, atMs });
    return reportAccess(output, await confirmAll(armed, outcomes, nodes), options);
  });
}

function instant(text: string): number {
  const atMs = Date.parse(text);
  const hasZone = /(Z|[+-]\d{2}:\d{2})$/.test(text);
  if (Number.isNaN(atMs) || !hasZone) {
    throw new InvalidArgumentError("It must be like 2026-12-01T10:00:00+09:00.");
  }
  if (atMs < Date.now()) throw new InvalidArgumentError("It has passed.");
  return atMs;
}
