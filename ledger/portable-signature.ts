/** The one rule for each signature algorithm without OpenSSL: runs in a browser, and checks that OpenSSL keeps it. */
import { verifyP384 } from "./ecdsa-p384.ts";
import { verifyEd25519 } from "./ed25519.ts";
import { verifyRsa } from "./rsa.ts";
import type { SignedMessage } from "./signature.ts";

/** True when the signature is valid. Wrong keys and sizes are false; it never throws. */
export function verifySignaturePortably(signed: SignedMessage): boolean {
  switch (signed.algorithm) {
    case "jpki-rsa2048-sha256":
    case "rsa2048-sha256":
      return verifyRsa(signed);
    case "ecdsa-p384-sha384":
      return verifyP384(signed);
    case "ed25519":
      return verifyEd25519(signed);
  }
}
