import type { Command } from "commander";
import { linkCreate } from "../../contracts/services/link-create.ts";
import { toHex } from "../../ledger/bytes.ts";
import { resultText } from "../error-report.ts";
import { leafCommand, perform } from "./command.ts";
import { submitWitnessed, type WitnessedChoice, withWitnessedOptions } from "./witnessed-card.ts";

interface Options extends WitnessedChoice {
  readonly facility: string;
  readonly service: string;
}

/** `registrar link`: the resident whose card is on the reader links it to a service. */
export function registrarLinkCommand(): Command {
  const command = leafCommand(
    "link",
    "カードでサービスの利用を登録する / Link the card on the reader to a service",
    [
      "registrar link --facility library --service books --municipality 131164 \\\n" +
        "      --store registrar.journal --anchor ca.pem --ocsp http://127.0.0.1:2560 \\\n" +
        "      --key registrar.key --verifier-key verifier.key --node http://127.0.0.1:8101",
    ],
  )
    .requiredOption("--facility <id>", "the facility")
    .requiredOption("--service <id>", "its service; of sensitive ones see: facility enrol");
  withWitnessedOptions(command);
  return perform<Options>(command, async (output, options) => {
    const { facility, service, municipality } = options;
    const place = { facility, service };
    const { ok, result } = await submitWitnessed(options, ({ registrar, certificate, nowMs }) => {
      const { link, cardCommit, cardSalt } = registrar.linkOf(certificate, place, nowMs);
      return {
        type: linkCreate.type,
        public: { municipality, ...place },
        private: { link: toHex(link), cardCommit: toHex(cardCommit), cardSalt: toHex(cardSalt) },
      };
    });
    const done = `${facility} の ${service} に登録しました / the card is linked`;
    output.result({ ok, result }, [ok ? done : resultText(result)]);
    return ok;
  });
}
