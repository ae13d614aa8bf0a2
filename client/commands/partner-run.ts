import { join } from "node:path";
import { type Command, Option } from "commander";
import { readKeyFile } from "../files.ts";
import type { Output } from "../output.ts";
import { CompanyOverHttp } from "../partner/company-over-http.ts";
import { ConversionDesk, type DeskNote } from "../partner/conversion-desk.ts";
import { ConversionsOnNodes } from "../partner/conversions-on-nodes.ts";
import { NotesFile } from "../partner/notes.ts";
import { LedgerClient } from "../sdk/ledger-client.ts";
import { SYSTEM_DISK } from "../terminal/disk.ts";
import { genesisOption, leafCommand, nodeOption, perform } from "./command.ts";
import { claimPartner, openMemberLedger, partnerOption } from "./partner-options.ts";
import { keepRounds, noteLine } from "./rounds.ts";
import { trustedGenesis } from "./trusted-genesis.ts";

interface Options {
  readonly dir: string;
  readonly partner: string;
  readonly node: readonly string[];
  readonly genesis?: string;
  readonly partnerKey: string;
  readonly clerkKey: string;
  readonly system?: string;
  readonly once?: true;
}

/** `partner run`: a company's desk for conversions, until it is stopped. */
export function partnerRunCommand(): Command {
  const command = leafCommand("run", "Answer conversions for a company, until it is stopped", [
    "partner run --dir desk --partner jcb --node http://127.0.0.1:8101 --genesis genesis.json " +
      "--partner-key partner.key --clerk-key clerk.key --system http://127.0.0.1:9000/mykey",
  ])
    .addOption(partnerOption())
    .requiredOption("--partner <id>", "the company, as the ledger calls it")
    .addOption(nodeOption())
    .addOption(genesisOption())
    .requiredOption("--partner-key <file>", "key that confirms: role partner")
    .requiredOption("--clerk-key <file>", "key that rejects: role clerk")
    .addOption(
      new Option("--system <url>", "the company's system (docs/partners.md); without it a file"),
    )
    .option("--once", "until nothing is due, instead of until it is stopped");
  return perform<Options>(command, async (output, options) => {
    await claimPartner(options.dir);
    await keepRounds(await openDesk(output, options), output, options.once === true);
    return true;
  });
}

async function openDesk(output: Output, options: Options): Promise<ConversionDesk> {
  const { dir, partner, system } = options;
  const nodes = options.node.map((url) => new LedgerClient(url));
  const genesis = await trustedGenesis(options.genesis, nodes);
  const keys = {
    partnerKey: readKeyFile(options.partnerKey),
    clerkKey: readKeyFile(options.clerkKey),
  };
  return new ConversionDesk({
    ledger: new ConversionsOnNodes({ partner, nodes, genesis, ...keys }),
    company: system === undefined ? openMemberLedger(dir) : new CompanyOverHttp(system),
    notes: new NotesFile(join(dir, "notes.json"), SYSTEM_DISK),
    onNote: (note) => output.line(noteLine(note, DONE)),
  });
}

const DONE: Readonly<Record<DeskNote["done"], string>> = {
  CONFIRMED: "確定 / confirmed",
  SETTLED: "完了 / settled",
  REJECTED: "不成立 / rejected",
  RELEASED: "返却 / released",
  OWED: "要確認：引落しなしの確定 / confirmed, and the company's system does not take the units",
  FAILED: "再試行 / tried again",
};
