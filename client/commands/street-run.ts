import { join } from "node:path";
import type { Command } from "commander";
import { readKeyFile } from "../files.ts";
import { ConversionDesk } from "../partner/conversion-desk.ts";
import { NotesFile } from "../partner/notes.ts";
import { LedgerClient } from "../sdk/ledger-client.ts";
import { StreetOverHttp } from "../street/street-over-http.ts";
import { asCompany } from "../street/street-system.ts";
import { TransfersOnNodes } from "../street/transfers-on-nodes.ts";
import { SYSTEM_DISK } from "../terminal/disk.ts";
import { genesisOption, leafCommand, nodeOption, perform } from "./command.ts";
import { claimPartner, partnerOption } from "./partner-options.ts";
import { keepRounds, noteLine } from "./rounds.ts";
import { trustedGenesis } from "./trusted-genesis.ts";

interface Options {
  readonly dir: string;
  readonly street: string;
  readonly node: readonly string[];
  readonly genesis?: string;
  readonly clerkKey: string;
  readonly system: string;
  readonly once?: true;
}

/** `street run`: carries transfers into the system of a street, a carrier or a prepaid issuer, until it is stopped. */
export function streetRunCommand(): Command {
  const command = leafCommand(
    "run",
    "Carry points into a street's own system / 商店街等への移行を運ぶ",
    [
      "street run --dir desk --street bremen --node http://127.0.0.1:8101 --genesis genesis.json " +
        "--clerk-key clerk.key --system http://127.0.0.1:9000/mykey",
    ],
  )
    .addOption(partnerOption())
    .requiredOption("--street <id>", "the street, carrier or issuer, as the ledger calls it")
    .addOption(nodeOption())
    .addOption(genesisOption())
    .requiredOption("--clerk-key <file>", "key that acknowledges and releases: role clerk")
    .requiredOption("--system <url>", "its own system (docs/street.md)")
    .option("--once", "until nothing is due, instead of until it is stopped");
  return perform<Options>(command, async (output, options) => {
    const { dir, street, system, clerkKey } = options;
    await claimPartner(dir);
    const nodes = options.node.map((url) => new LedgerClient(url));
    const genesis = await trustedGenesis(options.genesis, nodes);
    const desk = new ConversionDesk({
      ledger: new TransfersOnNodes({ street, nodes, genesis, clerkKey: readKeyFile(clerkKey) }),
      company: asCompany(new StreetOverHttp(system)),
      notes: new NotesFile(join(dir, "notes.json"), SYSTEM_DISK),
      onNote: (note) => output.line(noteLine(note, DONE)),
    });
    await keepRounds(desk, output, options.once === true);
    return true;
  });
}

const DONE = {
  CONFIRMED: "受領 / acknowledged",
  SETTLED: "完了 / settled",
  REJECTED: "取りやめ / released",
  RELEASED: "取消し済み / cancelled",
  OWED: "要確認：付与なしの受領 / acknowledged, and the street's system does not credit it",
  FAILED: "再試行 / tried again",
} as const;
