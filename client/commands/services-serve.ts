import type { Command } from "commander";
import { readKeyFile } from "../files.ts";
import { Callers } from "../office/callers.ts";
import { callersWithCards } from "../office/card-callers.ts";
import { audienceOf } from "../office/question.ts";
import { type ListenAddress, serveOffice } from "../office/serve-office.ts";
import { freshRegistrar } from "../registrar/registrar-service.ts";
import { servicesAnswers } from "../services/services-office.ts";
import { leafCommand, perform } from "./command.ts";
import {
  type LedgerChoice,
  OfficeDesk,
  openRegistrar,
  type RegistrarChoice,
  readAnchors,
  withLedgerOptions,
  withRegistrarOptions,
} from "./municipal-offices.ts";
import { withListenOption } from "./office-options.ts";

interface Options extends RegistrarChoice, LedgerChoice {
  readonly key: string;
  readonly listen: ListenAddress;
}

/** `services serve`: answers residents, by card and PIN, what they are linked to, and gives words to other systems. */
export function servicesServeCommand(): Command {
  const command = leafCommand(
    "serve",
    "住民のカードからの問い合わせに答える / Answer residents over HTTP, by their cards",
    [
      "services serve --municipality 131164 --store registrar.journal --anchor ca.pem \\\n" +
        "      --key clerk.key --node http://127.0.0.1:8101 --listen 127.0.0.1:8203",
    ],
  ).requiredOption("--key <file>", "the municipality's key that signs words: role clerk");
  withListenOption(withLedgerOptions(withRegistrarOptions(command)), 8203);
  return perform<Options>(command, async (_, options) => {
    const { municipality } = options;
    const { nodes, networkId } = await OfficeDesk.open(options);
    const audience = audienceOf("services", municipality, networkId);
    const registrar = freshRegistrar(options.store, () => openRegistrar(options));
    const signer = readKeyFile(options.key);
    const office = {
      title: `Services of ${municipality}`,
      callers: new Callers(audience, callersWithCards(readAnchors(options.anchor)), Date.now()),
      answers: servicesAnswers({ municipality, networkId, registrar, nodes, signer }),
    };
    await serveOffice(office, options.listen, (line) => process.stdout.write(line));
    return true;
  });
}
