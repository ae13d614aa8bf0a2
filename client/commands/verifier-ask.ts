import type { Command } from "commander";
import { resultText } from "../error-report.ts";
import { type CardChoice, withCard } from "../terminal/choose-card.ts";
import { askOverHttp } from "../verifier/ask-over-http.ts";
import { OcspSource } from "../verifier/ocsp.ts";
import { examineOne, isAttested } from "../verifier/verifier.ts";
import { cardOption, leafCommand, perform, readerOption, waitOption } from "./command.ts";
import {
  type LedgerChoice,
  OfficeDesk,
  openRegistrar,
  type RegistrarChoice,
  readAnchors,
  withLedgerOptions,
  withRegistrarOptions,
} from "./municipal-offices.ts";

interface Options extends RegistrarChoice, LedgerChoice, CardChoice {
  readonly ocsp: string;
  readonly key: string;
}

/** `verifier ask`: asks the issuer about the card on the reader, as a large payment needs it. No PIN. */
export function verifierAskCommand(): Command {
  const command = leafCommand(
    "ask",
    "Ask the issuer about the card on the reader, and say its word on the ledger",
    [
      "verifier ask --municipality 131164 --store registrar.journal --anchor ca.pem \\\n" +
        "      --ocsp http://127.0.0.1:2560 --key verifier.key --node http://127.0.0.1:8101",
    ],
  )
    .requiredOption("--ocsp <url>", "address of the issuer's responder")
    .requiredOption("--key <file>", "the verifier's key")
    .addOption(cardOption())
    .addOption(readerOption())
    .addOption(waitOption());
  withLedgerOptions(withRegistrarOptions(command));
  return perform<Options>(command, async (output, options) => {
    const registrar = openRegistrar(options);
    const certificate = await withCard(options, (card) => card.readAuthCertificate());
    const watched = registrar.watchedCard(certificate, Date.now());
    const source = new OcspSource(askOverHttp(options.ocsp), readAnchors(options.anchor));
    const { draft } = await examineOne(options.municipality, watched, source, Date.now());
    const desk = await OfficeDesk.open(options);
    const { result, height } = await desk.submit(draft, options.key);
    const ok = isAttested(result);
    const good = "カードの有効性を確認しました / the card is good";
    output.result({ ok, result, height }, [ok ? good : resultText(result)]);
    return ok;
  });
}
