import type { Command } from "commander";
import { Callers, callersOnLedger } from "../office/callers.ts";
import { audienceOf } from "../office/question.ts";
import { type ListenAddress, serveOffice } from "../office/serve-office.ts";
import { askOverHttp } from "../verifier/ask-over-http.ts";
import { OcspSource } from "../verifier/ocsp.ts";
import { verifierAnswers } from "../verifier/verifier-service.ts";
import { leafCommand, perform } from "./command.ts";
import {
  type LedgerChoice,
  OfficeDesk,
  readAnchors,
  withLedgerOptions,
} from "./municipal-offices.ts";
import { withListenOption } from "./office-options.ts";

interface Options extends LedgerChoice {
  readonly municipality: string;
  readonly anchor: readonly string[];
  readonly ocsp: string;
  readonly key: string;
  readonly listen: ListenAddress;
}

/** `verifier serve`: asks the issuer about a card when a terminal is about to take a large payment. */
export function verifierServeCommand(): Command {
  const command = leafCommand(
    "serve",
    "Ask the issuer about cards for the municipality's terminals",
    [
      "verifier serve --municipality 131164 --anchor ca.pem --ocsp http://127.0.0.1:2560 \\\n" +
        "      --key verifier.key --node http://127.0.0.1:8101 --listen 127.0.0.1:8202",
    ],
  )
    .requiredOption("--municipality <code>", "six-digit code")
    .requiredOption("--anchor <file...>", "certificates of the authority that issues the cards")
    .requiredOption("--ocsp <url>", "address of the issuer's responder")
    .requiredOption("--key <file>", "the verifier's key");
  withListenOption(withLedgerOptions(command), 8202);
  return perform<Options>(command, async (_, options) => {
    const { municipality } = options;
    const desk = await OfficeDesk.open(options);
    const audience = audienceOf("verifier", municipality, desk.networkId);
    const anchors = readAnchors(options.anchor);
    const office = {
      title: `Verifier of ${municipality}`,
      callers: new Callers(audience, callersOnLedger(desk.nodes), Date.now()),
      answers: verifierAnswers({
        municipality,
        anchors,
        source: new OcspSource(askOverHttp(options.ocsp), anchors),
        submit: async (draft) => (await desk.submit(draft, options.key)).result,
      }),
    };
    await serveOffice(office, options.listen, (line) => process.stdout.write(line));
    return true;
  });
}
