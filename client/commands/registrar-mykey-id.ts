import type { Command } from "commander";
import { sha256 } from "../../ledger/hash.ts";
import { ClientError } from "../client-fault.ts";
import { CardLogin, loginMessage, type ProvenCard } from "../registrar/card-login.ts";
import { withUnlockedCard } from "../terminal/card-signer.ts";
import { type CardChoice, pinFor, withCard } from "../terminal/choose-card.ts";
import {
  cardOption,
  leafCommand,
  perform,
  pinOption,
  readerOption,
  waitOption,
} from "./command.ts";
import {
  openRegistrar,
  type RegistrarChoice,
  readAnchors,
  withRegistrarOptions,
} from "./municipal-offices.ts";

interface Options extends RegistrarChoice, CardChoice {
  readonly pin?: string;
  readonly set?: string;
  readonly delete?: true;
}

/** `registrar mykey-id`: the resident sees, changes or deletes his MyKey ID, by his card and PIN. */
export function registrarMyKeyIdCommand(): Command {
  const command = leafCommand(
    "mykey-id",
    "Show, choose or delete the MyKey ID of the resident whose card is on the reader",
    [
      "registrar mykey-id --municipality 131164 --store registrar.journal --anchor ca.pem",
      "registrar mykey-id --set hanako --municipality 131164 --store registrar.journal --anchor ca.pem",
    ],
  )
    .option("--set <id>", "any string of his own choice")
    .option("--delete", "take it away")
    .addOption(cardOption())
    .addOption(readerOption())
    .addOption(waitOption())
    .addOption(pinOption());
  withRegistrarOptions(command);
  return perform<Options>(command, async (output, options) => {
    if (options.set !== undefined && options.delete === true) {
      throw new ClientError("USAGE", { problem: "either --set or --delete" });
    }
    const registrar = openRegistrar(options);
    const proven = await logIn(options);
    if (options.set !== undefined) registrar.chooseMyKeyId(proven, options.set);
    if (options.delete === true) registrar.chooseMyKeyId(proven, null);
    const myKeyId = registrar.myKeyIdOf(proven);
    output.result({ myKeyId }, [`マイキーID / MyKey ID: ${myKeyId ?? "（なし） / none"}`]);
    return true;
  });
}

/** The desk is on the registrar's own computer: the challenge is its own. */
function logIn(options: Options): Promise<ProvenCard> {
  const login = new CardLogin(new Uint8Array(32), readAnchors(options.anchor));
  return withCard(options, async (card) => {
    const pin = await pinFor(card, options);
    const nonce = login.challenge(Date.now());
    return withUnlockedCard(card, pin, async ({ certificate }) => {
      const signature = await card.signDigest(sha256(loginMessage(new Uint8Array(32), nonce)));
      return login.prove({ nonce, certificate, signature }, Date.now());
    });
  });
}
