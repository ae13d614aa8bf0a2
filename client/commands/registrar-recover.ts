import type { Command } from "commander";
import { WALLET } from "../../contracts/state/state-records.ts";
import { fromHex } from "../../ledger/bytes.ts";
import { auditedLedger } from "../audit/audited-ledger.ts";
import { type CardChoice, withCard } from "../terminal/choose-card.ts";
import {
  cardOption,
  genesisOption,
  leafCommand,
  perform,
  readerOption,
  waitOption,
} from "./command.ts";
import { openRegistrar, type RegistrarChoice, withRegistrarOptions } from "./municipal-offices.ts";

interface Options extends RegistrarChoice, CardChoice {
  readonly genesis?: string;
}

/** `registrar recover`: the journal is lost; the ledger and the custody's secret know the card again. No PIN. */
export function registrarRecoverCommand(): Command {
  const command = leafCommand(
    "recover",
    "Find the wallet of the card on the reader again, when the journal is lost",
    ["registrar recover bundle --municipality 131164 --store registrar.journal --anchor ca.pem"],
  )
    .argument("<directory>", "the ledger, as audit export downloads it; it is checked")
    .addOption(genesisOption())
    .addOption(cardOption())
    .addOption(readerOption())
    .addOption(waitOption());
  withRegistrarOptions(command);
  return perform<Options>(command, async (output, options, directory = "") => {
    const { genesis, municipality } = options;
    const registrar = openRegistrar(options);
    const certificate = await withCard(options, (card) => card.readAuthCertificate());
    const ledger = await auditedLedger(directory, genesis === undefined ? {} : { genesis });
    const wallets = ledger
      .all(WALLET)
      .filter(({ value }) => value.municipality === municipality)
      .map(({ id, value: { cardCommit } }) => ({ handle: fromHex(id), cardCommit }));
    registrar.recover(certificate, wallets, Date.now());
    output.result({ recovered: true, height: ledger.height }, [
      "ウォレットが見つかり、登録しました / the wallet was found and is known again",
    ]);
    return true;
  });
}
