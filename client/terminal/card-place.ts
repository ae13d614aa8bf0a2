/** Where customers put their cards: a reader, or a software card in a file. */
import type { Card } from "../card/card.ts";
import { JpkiCard } from "../card/jpki-card.ts";
import { CardReaders } from "../card/pcsc/card-readers.ts";
import { connectCardFile } from "../local-card/card-file.ts";
import { aborted } from "./waiting.ts";

/** The place of one customer's card, for one payment. */
export interface CardPlace {
  /**
   * Connects to the card that lies there; with a signal, waits for one until that aborts.
   * @throws CardError; `NO_CARD` when there is none.
   */
  connect(signal?: AbortSignal): Promise<Card>;
  /** Resolves when the card is taken off, or when the signal aborts. @throws CardError. */
  removed(signal: AbortSignal): Promise<void>;
  /** The payment is over; resolves when the place is empty for the next one, or when the signal aborts. */
  cleared(signal: AbortSignal): Promise<void>;
  /** Lets go of the reader. */
  close(): void;
}

/** Makes the place for a payment. @throws CardError. */
export type OpenCardPlace = () => Promise<CardPlace>;

/** The reader with that name; without one, the reader on which a card lies. */
export function readerPlace(reader?: string): OpenCardPlace {
  return async () => {
    // Opened for each payment: a reader may be plugged in, or its service started, between two.
    const readers = await CardReaders.open();
    const removed = (signal: AbortSignal) => readers.cleared(reader, signal);
    return {
      // A program that keeps hold of the card is the clerk's to know of, not the customer's to wait for.
      connect: async (cardUntil) => JpkiCard.connect(await readers.connect(reader, { cardUntil })),
      removed,
      cleared: removed,
      close: () => readers.close(),
    };
  };
}

/** A software card that is put there for each payment, and taken off after it. */
export function cardFilePlace(file: string): OpenCardPlace {
  return async () => ({
    connect: () => connectCardFile(file),
    removed: (signal) => aborted(signal),
    cleared: () => Promise.resolve(),
    close: () => undefined,
  });
}
