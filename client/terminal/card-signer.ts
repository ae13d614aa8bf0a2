/** A resident's card as a signer of transactions. */
import { createHash } from "node:crypto";
import { sha256 } from "../../ledger/hash.ts";
import type { Card } from "../card/card.ts";
import { CardError } from "../card/card-faults.ts";
import { endingSession } from "../card/ending-session.ts";
import { type CardKey, parseCardKey } from "../pki/profile.ts";
import type { TransactionSigner } from "../sdk/transaction-builder.ts";

/** A card whose PIN was accepted, ready to sign. */
export interface UnlockedCard extends TransactionSigner {
  /** The user-authentication certificate, DER. */
  readonly certificate: Uint8Array;
  /** Its key in the form of the ledger. */
  readonly publicKey: Uint8Array;
}

/** What a card of each generation is given to sign. */
const DIGESTS: Record<CardKey["algorithm"], (message: Uint8Array) => Uint8Array> = {
  "jpki-rsa2048-sha256": sha256,
  "ecdsa-p384-sha384": (message) => new Uint8Array(createHash("sha384").update(message).digest()),
};

/**
 * Reads the certificate, presents the PIN, hands the card to `work` and always ends the session. The PIN's
 * bytes are wiped.
 * @throws CardError; CertificateError when the certificate is not of the profile; what `work` throws.
 */
export async function withUnlockedCard<T>(
  card: Card,
  pin: Uint8Array,
  work: (card: UnlockedCard) => Promise<T>,
): Promise<T> {
  try {
    return await endingSession(card, async () => {
      const certificate = await card.readAuthCertificate();
      const { algorithm, publicKey } = parseCardKey(certificate);
      const digestOf = DIGESTS[algorithm];
      const answer = await card.verifyPin(pin);
      if (!answer.accepted) throw new CardError(answer.fault);
      return work({
        certificate,
        publicKey,
        authorise: async (message) => ({
          kind: "card",
          algorithm,
          publicKey,
          signature: await card.signDigest(digestOf(message)),
        }),
      });
    });
  } finally {
    pin.fill(0);
  }
}
