import type { Command } from "commander";
import { toHex } from "../../ledger/bytes.ts";
import { CardReaders } from "../card/pcsc/card-readers.ts";
import { leafCommand, perform } from "./command.ts";

/** `card readers`: the card readers of this computer. */
export function cardReadersCommand(): Command {
  const command = leafCommand("readers", "List the card readers of this computer", [
    "card readers",
  ]);
  return perform(command, async (output) => {
    const connected = await CardReaders.open();
    const readers = connected.list().map(({ atr, ...reader }) => ({
      ...reader,
      atr: atr ? toHex(atr) : null,
    }));
    connected.close();
    const lines = readers.map(({ name, hasCard, isInUse }) => {
      const what = hasCard ? "カードあり / a card" : "カードなし / no card";
      return `${name}: ${what}${isInUse ? "、使用中 / in use" : ""}`;
    });
    output.result(
      { readers },
      lines.length > 0 ? lines : ["カードリーダーがありません / no card reader"],
    );
    return true;
  });
}
