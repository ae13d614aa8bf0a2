/** What commands have in common in which a municipality's office serves the resident whose card is on the reader. */
import type { Command } from "commander";
import { type UnlockedCard, withUnlockedCard } from "../terminal/card-signer.ts";
import { type CardChoice, pinFor, withCard } from "../terminal/choose-card.ts";
import { cardOption, pinOption, readerOption, waitOption } from "./command.ts";
import {
  type LedgerChoice,
  type RegistrarChoice,
  withLedgerOptions,
  withRegistrarOptions,
} from "./municipal-offices.ts";

/** How a command line names the card, the office and the ledger. */
export interface ResidentCardChoice extends RegistrarChoice, LedgerChoice, CardChoice {
  readonly pin?: string;
}

/** Adds the options of `ResidentCardChoice`. */
export function withResidentCardOptions(command: Command): Command {
  command
    .addOption(cardOption())
    .addOption(readerOption())
    .addOption(waitOption())
    .addOption(pinOption());
  return withLedgerOptions(withRegistrarOptions(command));
}

/** Waits for the card and its PIN, and works with it until that is done. @throws CardError, ClientError. */
export function withResidentCard<T>(
  options: ResidentCardChoice,
  work: (unlocked: UnlockedCard) => Promise<T>,
): Promise<T> {
  return withCard(options, async (card) => {
    const pin = await pinFor(card, options);
    return withUnlockedCard(card, pin, work);
  });
}
