import { type Command, Option } from "commander";
import { batchObject, OBJECTION_REASONS } from "../../contracts/settlement/batch-object.ts";
import { ACCEPTED } from "../../ledger/block.ts";
import { networkIdOf } from "../../ledger/genesis.ts";
import { resultText } from "../error-report.ts";
import { submitTransaction } from "../sdk/submit.ts";
import { signDraft } from "../sdk/transaction-builder.ts";
import { askNetworkTime } from "../terminal/network-time.ts";
import { openTerminal } from "../terminal/terminal-folder.ts";
import { leafCommand, perform } from "./command.ts";
import { terminalOption } from "./terminal-options.ts";

interface Options {
  readonly dir: string;
  readonly payer: string;
  readonly batch: string;
  readonly reason: (typeof OBJECTION_REASONS)[number];
}

/** `settlement object`: a shop says that what is to be settled with it is wrong. Its terminal signs. */
export function settlementObjectCommand(): Command {
  const command = leafCommand(
    "object",
    "自店の精算額に異議を申し立てる / Object to what is settled with your shop",
    ["settlement object --dir bakery --payer 131164 --batch 2026-11a --reason AMOUNT"],
  )
    .addOption(terminalOption())
    .requiredOption("--payer <code>", "the municipality that pays")
    .requiredOption("--batch <name>", "the batch, as in the municipality's notice")
    .addOption(
      new Option("--reason <word>", "what is wrong: 金額 AMOUNT, 手数料 FEE, その他 OTHER")
        .choices(OBJECTION_REASONS)
        .makeOptionMandatory(),
    );
  return perform<Options>(command, async (output, { dir, payer, batch, reason }) => {
    const { till, genesis, nodes } = openTerminal(dir);
    const { merchant, terminal, key } = till;
    const body = { payer, batch, merchant, terminal, reason };
    const nowMs = (await askNetworkTime(nodes)).nowMs();
    const context = { networkId: networkIdOf(genesis), nowMs };
    const draft = { type: batchObject.type, public: body, private: null };
    const { bytes } = await signDraft(draft, [key], context);
    const { id, result, height } = await submitTransaction(bytes, { nodes, genesis });
    const ok = result === ACCEPTED;
    output.result({ ok, id, result, height }, [
      ok
        ? `${batch}: 異議を申し立てました。承認のときにポイントは店に戻ります`
        : `${batch}: ${resultText(result)}`,
      ...(ok ? [`${batch}: objected; the points come back to your till at approval`] : []),
    ]);
    return ok;
  });
}
