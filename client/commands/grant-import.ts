import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { type Command, Option } from "commander";
import { type CivilDate, civilDateAt } from "../../contracts/fields/dates.ts";
import { GRANT_CATEGORIES } from "../../contracts/fields/fields.ts";
import { networkIdOf } from "../../ledger/genesis.ts";
import { GRANT_ITEMS_MAX } from "../../ledger/limits.ts";
import { ClientError } from "../client-fault.ts";
import { expectNewFile, readKeyFile, writeNewFile } from "../files.ts";
import { budgetLeftPt, problemsOnLedger } from "../grant-import/check-on-ledger.ts";
import { batchesOf, type GrantTerms } from "../grant-import/grant-batches.ts";
import { readGrantList } from "../grant-import/grant-list.ts";
import { type GrantTotals, totalsOf } from "../grant-import/grants-file.ts";
import { checkedTable } from "../grant-import/line-results.ts";
import { readListText } from "../grant-import/list-text.ts";
import { expectNewList, type Preparation, signImport } from "../grant-import/prepare-import.ts";
import { progressBar } from "../grant-import/progress-bar.ts";
import { type ResolvedList, resolveList } from "../grant-import/resolve-lines.ts";
import { totalsLines } from "../grant-import/totals-lines.ts";
import type { Output } from "../output.ts";
import type { LocalRegistrar } from "../registrar/local-registrar.ts";
import { csvOf } from "../reports/table.ts";
import { LedgerClient } from "../sdk/ledger-client.ts";
import { countUpTo, leafCommand, perform } from "./command.ts";
import { type LedgerChoice, openRegistrar, withLedgerOptions } from "./municipal-offices.ts";
import { dateArgument } from "./settlement-options.ts";
import { trustedGenesis } from "./trusted-genesis.ts";

/** Lines of one transaction: few enough that one that is refused is soon put right. */
const BATCH_LINES = 1000;
/** How often one list may be granted on purpose. */
const AGAIN_MAX = 99;

interface Options extends LedgerChoice {
  readonly municipality: string;
  readonly pointType: string;
  readonly category: string;
  readonly on?: CivilDate;
  readonly store?: string;
  readonly custody?: string;
  readonly anchor?: readonly string[];
  readonly allowRepeats?: true;
  readonly again: number;
  readonly batchLines: number;
  readonly results: string;
  readonly dryRun?: true;
  readonly key?: string;
  readonly out?: string;
}

/** `grant import`: checks a list of grants; without `--dry-run` the clerk signs it, for another officer to approve. */
export function grantImportCommand(): Command {
  const which = "--municipality 131164 --point-type health --category HEALTH";
  const files = "--results checked.csv --node http://127.0.0.1:8101";
  const command = leafCommand(
    "import",
    "Check and prepare grants from a CSV file / 名簿から一括付与を作る",
    [
      `grant import list.csv ${which} ${files} --dry-run`,
      `grant import list.csv ${which} ${files} --key clerk.key --out november.grants`,
    ],
  )
    .argument("<file>", "CSV, UTF-8 or Shift_JIS; columns: docs/grants.md")
    .requiredOption("--municipality <code>", "six-digit code")
    .requiredOption("--point-type <name>", "which points")
    .addOption(
      new Option("--category <category>", "of the budget")
        .choices(GRANT_CATEGORIES)
        .makeOptionMandatory(),
    )
    .option("--on <date>", "the day of the grant; today when left out", dateArgument)
    .option("--store <file>", "the registrar's journal, for lists with MyKey IDs")
    .option("--custody <file>", "its secret (default: beside the journal)")
    .option("--anchor <file...>", "certificates of the authority that issues the cards")
    .option("--allow-repeats", "a person may stand in the list more than once")
    .option("--again <count>", "grant a list once more that was granted", countUpTo(AGAIN_MAX), 0)
    .option("--batch-lines <count>", "in a transaction", countUpTo(GRANT_ITEMS_MAX), BATCH_LINES)
    .requiredOption("--results <file>", "where to write what was found, line by line (CSV)")
    .option("--dry-run", "only check; nothing is signed")
    .option("--key <file>", "the clerk's key")
    .option("--out <file>", "where to write what the approver signs; see: grant approve");
  withLedgerOptions(command);
  return perform<Options>(command, async (output, options, file = "") => {
    const signing = signingOf(options);
    expectNewFile(options.results);
    const found = await checkList(file, options, output);
    const { terms, totals, leftPt } = found;
    if (signing !== null) {
      await expectNewList(found, signing.clerk, found.nodes);
      writeNewFile(signing.out, await signImport(found, signing.clerk), "secret");
    }
    const out = signing?.out ?? null;
    const report = { ...totals, terms, budgetLeftPt: leftPt, results: options.results, file: out };
    output.result(report, [
      ...totalsLines(terms, totals),
      `  予算の残り / left of the budget: ${leftPt} → ${leftPt - totals.totalPt} pt`,
      `${options.results}: 行ごとの結果 / line by line`,
      ...(out === null ? [] : [`${out}: mykey-ledger grant approve ${out}`]),
    ]);
    return totals.totalPt <= leftPt;
  });
}

/** Who signs and where it goes; null for a dry run. */
function signingOf({ dryRun, key, out }: Options) {
  if (dryRun === true) return null;
  if (key === undefined || out === undefined) {
    throw new ClientError("USAGE", { problem: "--key and --out, or --dry-run" });
  }
  expectNewFile(out);
  return { clerk: readKeyFile(key), out };
}

interface Checked extends Preparation {
  readonly nodes: readonly LedgerClient[];
  readonly totals: GrantTotals;
  readonly leftPt: number;
}

/** Reads the list, asks the ledger about each line, writes the result file. @throws ClientError `GRANT_LINES_WRONG`. */
async function checkList(file: string, options: Options, output: Output): Promise<Checked> {
  const { bytes, text } = readListText(file);
  const terms = termsOf(options);
  const nodes = options.node.map((url) => new LedgerClient(url));
  const genesis = await trustedGenesis(options.genesis, nodes);
  const resolved = resolveList(readGrantList(text, file), {
    registrar: registrarOf(options),
    mayRepeat: options.allowRepeats === true,
  });
  const onLedger = await problemsOnLedger(resolved.lines, terms, {
    nodes,
    onProgress: (done, all) => output.progress(progressBar("確認中 / checking", done, all)),
  });
  reportLines({ ...resolved, problems: [...resolved.problems, ...onLedger] }, options.results);
  const batches = batchesOf(resolved.lines, options.batchLines);
  return {
    networkId: networkIdOf(genesis),
    listHash: new Uint8Array(createHash("sha256").update(bytes).digest()),
    terms,
    batches,
    again: options.again,
    nodes,
    totals: totalsOf(batches),
    leftPt: await budgetLeftPt(terms, nodes),
  };
}

function reportLines({ lines, problems }: ResolvedList, results: string): void {
  writeNewFile(results, csvOf(checkedTable(lines, problems)), "secret");
  const wrong = new Set(problems.map(({ line }) => line)).size;
  if (wrong > 0) throw new ClientError("GRANT_LINES_WRONG", { lines: wrong, results });
}

function termsOf({ municipality, pointType, category, on }: Options): GrantTerms {
  const day = on ?? civilDateAt(Date.now());
  return { issuer: municipality, pointType, budgetCategory: category, day };
}

/** Null for lists that name wallets alone. */
function registrarOf({ store, anchor, ...choice }: Options): LocalRegistrar | null {
  if (store === undefined) return null;
  // A journal that is not there would be a new one, in which nobody is.
  if (!existsSync(store)) throw new ClientError("FILE_UNREADABLE", { file: store });
  if (anchor === undefined) throw new ClientError("USAGE", { problem: "--store needs --anchor" });
  return openRegistrar({ ...choice, store, anchor });
}
