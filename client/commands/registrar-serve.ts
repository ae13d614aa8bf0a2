import type { Command } from "commander";
import { Callers, callersOnLedger } from "../office/callers.ts";
import { audienceOf } from "../office/question.ts";
import { type ListenAddress, serveOffice } from "../office/serve-office.ts";
import { freshRegistrar, registrarAnswers } from "../registrar/registrar-service.ts";
import { leafCommand, perform } from "./command.ts";
import {
  type LedgerChoice,
  OfficeDesk,
  openRegistrar,
  type RegistrarChoice,
  withLedgerOptions,
  withRegistrarOptions,
} from "./municipal-offices.ts";
import { withListenOption } from "./office-options.ts";

interface Options extends RegistrarChoice, LedgerChoice {
  readonly listen: ListenAddress;
}

/** `registrar serve`: answers the municipality's terminals and clerks over HTTP. */
export function registrarServeCommand(): Command {
  const command = leafCommand("serve", "Tell the municipality's terminals the wallets of cards", [
    "registrar serve --municipality 131164 --store registrar.journal --anchor ca.pem \\\n" +
      "      --node http://127.0.0.1:8101 --listen 127.0.0.1:8201",
  ]);
  withListenOption(withLedgerOptions(withRegistrarOptions(command)), 8201);
  return perform<Options>(command, async (_, options) => {
    const { municipality } = options;
    const desk = await OfficeDesk.open(options);
    const audience = audienceOf("registrar", municipality, desk.networkId);
    const registrar = freshRegistrar(options.store, () => openRegistrar(options));
    const office = {
      title: `Registrar of ${municipality}`,
      callers: new Callers(audience, callersOnLedger(desk.nodes), Date.now()),
      answers: registrarAnswers({ municipality, registrar, nodes: desk.nodes }),
    };
    await serveOffice(office, options.listen, (line) => process.stdout.write(line));
    return true;
  });
}
