import type { Command } from "commander";
import { type CardChoice, withCard } from "../terminal/choose-card.ts";
import { cardOption, leafCommand, perform, readerOption, waitOption } from "./command.ts";

/** `card tries`: how often the PIN may still be wrong. Spends none. */
export function cardTriesCommand(): Command {
  const command = leafCommand("tries", "Show how many tries are left for a card's PIN", [
    "card tries",
    "card tries --card local/hanako.card",
  ])
    .addOption(readerOption())
    .addOption(waitOption())
    .addOption(cardOption());
  return perform<CardChoice>(command, async (output, choice) => {
    const triesLeft = await withCard(choice, (card) => card.triesLeft());
    output.result({ triesLeft }, [
      `暗証番号の残り回数 / Tries left for the PIN: ${triesLeft}`,
      ...(triesLeft === 0
        ? ["ロック中。市区町村の窓口へ / Blocked: ask at the municipal office"]
        : []),
    ]);
    return true;
  });
}
