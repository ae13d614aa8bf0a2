import type { Command } from "commander";
import { ACCEPTED } from "../../ledger/block.ts";
import { resultText } from "../error-report.ts";
import { dailyDrafts, NOTHING_DUE } from "../registrar/daily-work.ts";
import { leafCommand, perform } from "./command.ts";
import {
  type LedgerChoice,
  OfficeDesk,
  openRegistrar,
  type RegistrarChoice,
  withLedgerOptions,
  withRegistrarOptions,
} from "./municipal-offices.ts";

interface Options extends RegistrarChoice, LedgerChoice {
  readonly key: string;
  readonly pointType?: readonly string[];
}

/** `registrar daily`: wallets forget old payments, expired points are written down. */
export function registrarDailyCommand(): Command {
  const command = leafCommand(
    "daily",
    "一日一回の処理：古い支払いの記憶を消し、失効を記録する。\n" +
      "Once a day: wallets forget old payments, and expired points are written down.",
    [
      "registrar daily --point-type volunteer --municipality 131164 --store registrar.journal \\\n" +
        "      --anchor ca.pem --key clerk.key --node http://127.0.0.1:8101",
    ],
  )
    .option("--point-type <id...>", "the municipality's points that expire", [])
    .requiredOption("--key <file>", "the municipality's key: role clerk");
  withLedgerOptions(withRegistrarOptions(command));
  return perform<Options>(command, async (output, options) => {
    const { municipality, pointType: pointTypes = [], key } = options;
    const handles = openRegistrar(options).handles();
    const desk = await OfficeDesk.open(options);
    const counts = { wallets: handles.length, changed: 0, nothingDue: 0 };
    const refused: string[] = [];
    for (const draft of dailyDrafts({ municipality, handles, pointTypes })) {
      const { result } = await desk.submit(draft, key);
      if (result === ACCEPTED) counts.changed += 1;
      else if (NOTHING_DUE.has(result)) counts.nothingDue += 1;
      else refused.push(`${draft.type}: ${resultText(result)}`);
    }
    const { wallets, changed, nothingDue } = counts;
    const ok = refused.length === 0;
    output.result({ ok, ...counts, refused }, [
      `ウォレット ${wallets}、記録 ${changed}、対象なし ${nothingDue} / ` +
        `${wallets} wallets, ${changed} written, ${nothingDue} with nothing due`,
      ...refused,
    ]);
    return ok;
  });
}
