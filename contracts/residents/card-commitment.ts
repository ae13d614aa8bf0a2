/** The commitment that binds a wallet to a card without naming the card. */
import { type Hash, hash } from "../../ledger/hash.ts";

/**
 * `H("card-commit", salt ‖ key)`. The salt (32 random bytes, another one for each municipality) keeps the
 * wallets of one card from being linked; the key is the card's authentication key, PKCS#1 DER.
 */
export function commitToCard(salt: Uint8Array, publicKey: Uint8Array): Hash {
  return hash("card-commit", salt, publicKey);
}
