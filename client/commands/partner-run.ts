import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Command, Option } from "commander";
import { errorLine, errorReport } from "../error-report.ts";
import { readKeyFile } from "../files.ts";
import { interrupted } from "../network/interrupted.ts";
import type { Output } from "../output.ts";
import { CompanyOverHttp } from "../partner/company-over-http.ts";
import { ConversionDesk, type DeskNote } from "../partner/conversion-desk.ts";
import { ConversionsOnNodes } from "../partner/conversions-on-nodes.ts";
import { NotesFile } from "../partner/notes.ts";
import { LedgerClient } from "../sdk/ledger-client.ts";
import { SYSTEM_DISK } from "../terminal/disk.ts";
import { genesisOption, leafCommand, nodeOption, perform } from "./command.ts";
import { claimPartner, openMemberLedger, partnerOption } from "./partner-options.ts";
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

/** Between two looks at the chain, ms. */
const ROUND_EVERY_MS = 1000;

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
    const stop = interrupted();
    await claimPartner(options.dir);
    const desk = await openDesk(output, options);
    let isStopped = false;
    void stop.then(() => {
      isStopped = true;
    });
    while (!isStopped) {
      const left = await round(desk, output);
      if (left === 0 && options.once === true) return true;
      await Promise.race([delay(ROUND_EVERY_MS), stop]);
    }
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
    onNote: (note) => output.line(lineOf(note)),
  });
}

/** Null when nothing is known: no node answers, and the next round will ask again. */
async function round(desk: ConversionDesk, output: Output): Promise<number | null> {
  try {
    return await desk.round();
  } catch (error) {
    output.line(errorLine(errorReport(error)));
    return null;
  }
}

const DONE: Readonly<Record<DeskNote["done"], string>> = {
  CONFIRMED: "確定 / confirmed",
  SETTLED: "完了 / settled",
  REJECTED: "不成立 / rejected",
  RELEASED: "返却 / released",
  OWED: "要確認：引落しなしの確定 / confirmed, and the company's system does not take the units",
  FAILED: "再試行 / tried again",
};

function lineOf({ conversion, units, done, error }: DeskNote): string {
  const why = error === undefined ? "" : `: ${errorLine(errorReport(error))}`;
  return `${conversion} ${units}: ${DONE[done]}${why}`;
}
