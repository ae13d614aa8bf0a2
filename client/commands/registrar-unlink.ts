import type { Command } from "commander";
import { linkRemove } from "../../contracts/services/link-remove.ts";
import { toHex } from "../../ledger/bytes.ts";
import { resultText } from "../error-report.ts";
import { leafCommand, perform } from "./command.ts";
import { OfficeDesk, openRegistrar } from "./municipal-offices.ts";
import {
  type ResidentCardChoice,
  withResidentCard,
  withResidentCardOptions,
} from "./resident-card.ts";

interface Options extends ResidentCardChoice {
  readonly facility: string;
  readonly service: string;
}

/** `registrar unlink`: the resident ends a link; his card alone signs. */
export function registrarUnlinkCommand(): Command {
  const command = leafCommand(
    "unlink",
    "サービスの利用登録を終える / End the link of the card on the reader to a service",
    [
      "registrar unlink --facility library --service books --municipality 131164 \\\n" +
        "      --store registrar.journal --anchor ca.pem --node http://127.0.0.1:8101",
    ],
  )
    .requiredOption("--facility <id>", "the facility")
    .requiredOption("--service <id>", "its service");
  withResidentCardOptions(command);
  return perform<Options>(command, async (output, options) => {
    const { facility, service } = options;
    const desk = await OfficeDesk.open(options);
    const registrar = openRegistrar(options);
    const { ok, result } = await withResidentCard(options, (unlocked) => {
      const place = { facility, service };
      const { link, cardSalt } = registrar.linkOf(unlocked.certificate, place, Date.now());
      const body = { link: toHex(link), cardSalt: toHex(cardSalt) };
      return desk.submit({ type: linkRemove.type, public: {}, private: body }, unlocked);
    });
    const done = `${facility} の ${service} の登録を終えました / the link is ended`;
    output.result({ ok, result }, [ok ? done : resultText(result)]);
    return ok;
  });
}
