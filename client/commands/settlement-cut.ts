import { type Command, Option } from "commander";
import { FEE_BP_MAX } from "../../contracts/settlement/batch.ts";
import { auditedLedger } from "../audit/audited-ledger.ts";
import { expectNewFile, writeNewFile } from "../files.ts";
import { cutDraft } from "../settlement/drafts.ts";
import { countUpTo, genesisOption, leafCommand, perform } from "./command.ts";
import { type BatchOptions, batchOptions, dateArgument } from "./settlement-options.ts";

interface Options extends BatchOptions {
  readonly closesOn: string;
  readonly paysOn?: string;
  readonly feeBp: number;
  readonly out: string;
}

/** `settlement cut`: a draft that takes what all merchants of a payer hold. */
export function settlementCutCommand(): Command {
  const command = batchOptions(
    leafCommand("cut", "Draft the cut of all tills / 加盟店のポイントを締める案を作る", [
      "settlement cut bundle --payer 131164 --batch 2026-11a --closes-on 2026-11-15 --out cut.json",
    ]),
  )
    .requiredOption("--closes-on <date>", "the 15th or the last day of a month", dateArgument)
    .option("--pays-on <date>", "a later day than the schedule's", dateArgument)
    .addOption(
      new Option("--fee-bp <count>", "merchant fee, basis points")
        .argParser(countUpTo(FEE_BP_MAX))
        .default(0),
    )
    .addOption(genesisOption())
    .requiredOption("--out <file>", "where to write the draft; see: submit");
  return perform<Options>(command, async (output, options, directory = "") => {
    const { out } = options;
    expectNewFile(out);
    const draft = cutDraft(await auditedLedger(directory, options), options);
    writeNewFile(out, `${JSON.stringify(draft, null, 2)}\n`);
    const { merchants, paysOn } = draft.public;
    output.result({ file: out, ...draft.public }, [
      `${out}: 加盟店 ${merchants.length} 店、支払日 ${paysOn}`,
      `${out}: ${merchants.length} merchants, to be paid on ${paysOn}. Now: submit ${out}`,
    ]);
    return true;
  });
}
