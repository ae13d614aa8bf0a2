/** The card that a command is about: on a PC/SC reader, or a software card in a file. */
import { utf8 } from "../../ledger/bytes.ts";
import type { Card } from "../card/card.ts";
import { endingSession } from "../card/ending-session.ts";
import { JpkiCard } from "../card/jpki-card.ts";
import { CardReaders } from "../card/pcsc/card-readers.ts";
import { ClientError } from "../client-fault.ts";
import { connectCardFile } from "../local-card/card-file.ts";
import { enterPin } from "./enter-pin.ts";

/** How a command line names a card: options `--card`, or `--reader` and `--wait`. */
export interface CardChoice {
  /** File of a software card; without it the card is on a reader. */
  readonly card?: string;
  /** Name of the reader; without it the only card there is. */
  readonly reader?: string;
  /** Seconds to wait for reader and card, and for other programs to let go of it. */
  readonly wait?: number;
}

/** Connects to the card, hands it to `work`, always ends the session. @throws CardError. */
export async function withCard<T>(
  { card: file, reader, wait }: CardChoice,
  work: (card: Card) => Promise<T>,
): Promise<T> {
  if (file !== undefined) return endingSession(await connectCardFile(file), work);
  const readers = await CardReaders.open();
  try {
    const until = wait === undefined ? undefined : AbortSignal.timeout(wait * 1000);
    const channel = await readers.connect(reader, { cardUntil: until, freeUntil: until });
    return await endingSession(await JpkiCard.connect(channel), work);
  } finally {
    readers.close();
  }
}

/**
 * The PIN for a card: typed, or that of the command line, which is for software cards alone, since
 * every user of a computer can read its command lines.
 * @throws ClientError `USAGE`, `PIN_ENTRY_ENDED`; CardError.
 */
export async function pinFor(
  card: Card,
  { card: file, pin }: CardChoice & { readonly pin?: string },
): Promise<Uint8Array> {
  if (pin === undefined) {
    const triesLeft = await card.triesLeft();
    return enterPin(process.stdin, {
      say: (text) => process.stderr.write(text),
      question: `暗証番号（残り${triesLeft}回） / PIN (tries left: ${triesLeft}): `,
    });
  }
  if (file === undefined) {
    throw new ClientError("USAGE", { problem: "--pin is for software cards (--card) only" });
  }
  return utf8(pin);
}
