/** A software card in a file, put on a reader in this process. */
import type { Card } from "../card/card.ts";
import { JpkiCard } from "../card/jpki-card.ts";
import { SoftwareCard } from "../card/software-card.ts";
import { loadSoftwareCard, saveSoftwareCard } from "../card/software-card-state.ts";
import { SoftwareChannel } from "../card/software-channel.ts";
import { ClientError } from "../client-fault.ts";
import { messageOf } from "../files.ts";

/**
 * Connects to the card of a file. Every change of its counters is on disk before the card answers.
 * @throws ClientError `FILE_UNREADABLE`; CardError.
 */
export function connectCardFile(file: string): Promise<Card> {
  const card = new SoftwareCard(loadCardFile(file), {
    onChange: (state) => saveSoftwareCard(file, state),
  });
  return JpkiCard.connect(new SoftwareChannel(card));
}

function loadCardFile(file: string) {
  try {
    return loadSoftwareCard(file);
  } catch (error) {
    const isOfSystem = error instanceof Error && "syscall" in error;
    if (!isOfSystem) throw error;
    throw new ClientError("FILE_UNREADABLE", { file, problem: messageOf(error), cause: error });
  }
}
