/** What the commands of residents and of other systems share. */
import { type Command, InvalidArgumentError } from "commander";
import { fromHex } from "../../ledger/bytes.ts";
import { networkIdOf } from "../../ledger/genesis.ts";
import { readGenesis } from "../files.ts";
import { asCaller } from "../office/card-callers.ts";
import { OfficeClient } from "../office/office-client.ts";
import { audienceOf, type Question } from "../office/question.ts";
import { withUnlockedCard } from "../terminal/card-signer.ts";
import { type CardChoice, pinFor, withCard } from "../terminal/choose-card.ts";
import {
  cardOption,
  collectUrl,
  genesisOption,
  pinOption,
  readerOption,
  waitOption,
} from "./command.ts";

/** An office, and the resident's card. */
export interface OfficeChoice extends CardChoice {
  readonly office: readonly string[];
  readonly municipality: string;
  readonly genesis: string;
  readonly pin?: string;
}

/** A service and a system that asks for a word about it. */
export interface WordChoice {
  readonly facility: string;
  readonly service: string;
  readonly audience: string;
  readonly challenge: Uint8Array;
}

/** The office asks the node, and is on the way of no payment, ms. */
const TIMEOUT_MS = 10_000;

/** Adds the options of `OfficeChoice`. */
export function withOfficeOptions(command: Command): Command {
  return command
    .requiredOption(
      "--office <url>",
      "address of the municipality's office; may be repeated",
      collectUrl,
    )
    .requiredOption("--municipality <code>", "six-digit code")
    .addOption(genesisOption().makeOptionMandatory())
    .addOption(cardOption())
    .addOption(readerOption())
    .addOption(waitOption())
    .addOption(pinOption());
}

/** Adds the options of `WordChoice`. */
export function withWordOptions(command: Command): Command {
  return command
    .requiredOption("--facility <id>", "the facility")
    .requiredOption("--service <id>", "its service")
    .requiredOption("--audience <id>", "the system that the word is for")
    .requiredOption("--challenge <hex>", "what that system asks with: 16 to 32 bytes", (text) => {
      if (/^([0-9a-f]{2}){16,32}$/.test(text)) return fromHex(text);
      throw new InvalidArgumentError("It must be 32 to 64 hexadecimal digits.");
    });
}

/** Asks the office by card and PIN. @throws CardError; LedgerFault that the office reported; ClientError. */
export function askByCard<Q, A>(
  options: OfficeChoice,
  question: Question<Q, A>,
  asked: Q,
): Promise<{ readonly answer: A; readonly certificate: Uint8Array }> {
  const { office: urls, municipality, genesis } = options;
  const audience = audienceOf("services", municipality, networkIdOf(readGenesis(genesis)));
  return withCard(options, async (card) => {
    const pin = await pinFor(card, options);
    return withUnlockedCard(card, pin, async (unlocked) => {
      const caller = asCaller(unlocked);
      const client = new OfficeClient({ urls, audience, ...caller, timeoutMs: TIMEOUT_MS });
      const answer = await client.ask(question, asked, Date.now());
      return { answer, certificate: caller.certificate };
    });
  });
}
