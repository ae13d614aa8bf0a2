/** A software card in a file, put on a reader in this process. */
import type { Card } from "../card/card.ts";
import { JpkiCard } from "../card/jpki-card.ts";
import { SoftwareCard, type SoftwareCardOptions } from "../card/software-card.ts";
import { loadSoftwareCard, saveSoftwareCard } from "../card/software-card-state.ts";
import { SoftwareChannel } from "../card/software-channel.ts";

/**
 * The card of a file. Every change of its counters is on disk before the card answers.
 * @throws CardError; the file system's error.
 */
export function openCardFile(file: string, options: SoftwareCardOptions = {}): SoftwareCard {
  return new SoftwareCard(loadSoftwareCard(file), {
    ...options,
    onChange: (state) => saveSoftwareCard(file, state),
  });
}

/** Connects to the card of a file. @throws CardError; the file system's error. */
export function connectCardFile(file: string): Promise<Card> {
  return JpkiCard.connect(new SoftwareChannel(openCardFile(file)));
}
