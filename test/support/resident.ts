/** A resident with a card of a test CA, and what a registrar needs to know him by it. */
import { X509Certificate } from "node:crypto";
import { issueSoftwareCard } from "../../client/card/issue-software-card.ts";
import { JpkiCard } from "../../client/card/jpki-card.ts";
import { SoftwareCard } from "../../client/card/software-card.ts";
import type { SoftwareCardState } from "../../client/card/software-card-state.ts";
import { SoftwareChannel } from "../../client/card/software-channel.ts";
import { createTestCa, type TestCa } from "../../client/pki/test-ca.ts";
import { loadTrustAnchors, type TrustAnchors } from "../../client/pki/trust-anchors.ts";
import { utf8 } from "../../ledger/bytes.ts";

/** A card and its holder's PIN. */
export class Resident {
  readonly card: SoftwareCard;
  readonly #asMade: SoftwareCardState;

  private constructor(card: SoftwareCard) {
    this.card = card;
    this.#asMade = card.state;
  }

  /** Makes a card with the PIN 1234. */
  static async of(ca: TestCa): Promise<Resident> {
    return new Resident(await issueSoftwareCard({ ca, pin: "1234" }));
  }

  /** The same card as it was made, with all its tries. */
  renewed(): Resident {
    return new Resident(new SoftwareCard(this.#asMade));
  }

  /** The certificate for user authentication, DER. */
  get certificate(): Uint8Array {
    return derOf(this.card.state.auth.certificatePem);
  }

  /** The right PIN, as fresh bytes. */
  get pin(): Uint8Array {
    return utf8("1234");
  }

  /** Puts the card on a reader. */
  placeCard(): Promise<JpkiCard> {
    return JpkiCard.connect(new SoftwareChannel(this.card));
  }
}

/** A new CA, and itself as the only anchor. */
export async function newAuthority(): Promise<{ ca: TestCa; anchors: TrustAnchors }> {
  const ca = await createTestCa();
  return { ca, anchors: loadTrustAnchors([derOf(ca.userAuthentication.certificatePem)]) };
}

function derOf(pem: string): Uint8Array {
  return new Uint8Array(new X509Certificate(pem).raw);
}
