/** A resident shows at a desk who he is, by his card and PIN. */
import { sha256 } from "../../ledger/hash.ts";
import type { TrustAnchors } from "../pki/trust-anchors.ts";
import { CardLogin, loginMessage, type ProvenCard } from "../registrar/card-login.ts";
import { withUnlockedCard } from "../terminal/card-signer.ts";
import { type CardChoice, pinFor, withCard } from "../terminal/choose-card.ts";

/** The desk is on the office's own computer: the challenge is its own. */
const NO_NETWORK = new Uint8Array(32);

/** The card that lies there, once it has signed a challenge. @throws CardError, CertificateError. */
export function proveCard(
  options: CardChoice & { readonly pin?: string },
  anchors: TrustAnchors,
): Promise<ProvenCard> {
  const login = new CardLogin(NO_NETWORK, anchors);
  return withCard(options, async (card) => {
    const pin = await pinFor(card, options);
    const nonce = login.challenge(Date.now());
    return withUnlockedCard(card, pin, async ({ certificate }) => {
      const signature = await card.signDigest(sha256(loginMessage(NO_NETWORK, nonce)));
      return login.prove({ nonce, certificate, signature }, Date.now());
    });
  });
}
