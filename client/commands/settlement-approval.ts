import type { Command } from "commander";
import { BATCH } from "../../contracts/state/state-records.ts";
import { auditedLedger } from "../audit/audited-ledger.ts";
import { ClientError } from "../client-fault.ts";
import { expectNewFile, writeNewFile } from "../files.ts";
import { approvalDraft } from "../settlement/drafts.ts";
import { genesisOption, leafCommand, perform } from "./command.ts";
import { type BatchOptions, batchOptions } from "./settlement-options.ts";

/** `settlement approval`: a draft with the figures that two officers are about to sign. */
export function settlementApprovalCommand(): Command {
  const command = batchOptions(
    leafCommand("approval", "Draft the approval of a batch / 精算を承認する案を作る", [
      "settlement approval bundle --payer 131164 --batch 2026-11a --out approval.json",
    ]),
  )
    .addOption(genesisOption())
    .requiredOption("--out <file>", "where to write the draft; see: submit");
  return perform<BatchOptions & { out: string }>(
    command,
    async (output, options, directory = "") => {
      const { payer, batch: name, out } = options;
      expectNewFile(out);
      const ledger = await auditedLedger(directory, options);
      const batch = ledger.read(BATCH.key(payer, name));
      if (batch === null) throw new ClientError("BATCH_NOT_OWED", { payer, batch: name });
      const draft = approvalDraft(batch, payer, name);
      writeNewFile(out, `${JSON.stringify(draft, null, 2)}\n`);
      const { totalYen, returned, claims } = draft.public;
      output.result({ file: out, ...draft.public }, [
        `${out}: 支払額 ${totalYen} 円、異議 ${returned.length} 店、他団体への請求 ${claims.length} 件`,
        `${out}: ¥${totalYen} to be paid, ${returned.length} objections, ${claims.length} claims`,
        `受付は ${batch.objectionUntil} まで / objections until ${batch.objectionUntil}. Then: submit ${out}`,
      ]);
      return true;
    },
  );
}
