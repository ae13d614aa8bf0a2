import type { CardChannel } from "./card.ts";
import { CardError } from "./card-faults.ts";
import type { SoftwareCard } from "./software-card.ts";

/** A reader in this process with a software card on it. */
export class SoftwareChannel implements CardChannel {
  readonly #card: SoftwareCard;
  #present = true;

  /** Powers the card on. */
  constructor(card: SoftwareCard) {
    this.#card = card;
    card.powerOn();
  }

  /** Takes the card off the reader, which cuts its power. */
  remove(): void {
    this.#present = false;
    this.#card.powerOff();
  }

  async transmit(apdu: Uint8Array): Promise<Uint8Array> {
    if (!this.#present) throw new CardError({ code: "CARD_REMOVED" });
    return this.#card.process(apdu);
  }

  async powerOff(): Promise<void> {
    this.#card.powerOff();
  }
}
