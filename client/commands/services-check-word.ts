import type { Command } from "commander";
import { toHex } from "../../ledger/bytes.ts";
import { readJson } from "../files.ts";
import { checkWord } from "../services/check-word.ts";
import { signedWordSchema } from "../services/questions.ts";
import { leafCommand, perform } from "./command.ts";
import { type LedgerChoice, OfficeDesk, withLedgerOptions } from "./municipal-offices.ts";
import { type WordChoice, withWordOptions } from "./services-options.ts";

/** `services check-word`: what a system such as an e-library does with the word of its visitor. */
export function servicesCheckWordCommand(): Command {
  const command = leafCommand(
    "check-word",
    "利用資格の証明を確かめる / Check the word that a visitor brings; shows his pseudonym for this system",
    [
      "services check-word word.json --facility library --service books --audience e-library \\\n" +
        "      --challenge 00…ff --node http://127.0.0.1:8101 --genesis genesis.json",
    ],
  ).argument("<file>", "the word; see: services word");
  withLedgerOptions(withWordOptions(command));
  return perform<LedgerChoice & WordChoice>(command, async (output, options, file = "") => {
    const { nodes, networkId } = await OfficeDesk.open(options);
    const { facility, service, audience, challenge } = options;
    const asked = { networkId, facility, service, audience, challenge, nowMs: Date.now() };
    const word = readJson(file, signedWordSchema);
    const subject = toHex(await checkWord(word, asked, nodes));
    output.result({ ok: true, subject }, [
      `${facility} の ${service} を利用できる人です / may use ${service} of ${facility}`,
      `このシステムでの仮名 / pseudonym here: ${subject}`,
    ]);
    return true;
  });
}
