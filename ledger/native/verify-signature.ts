/**
 * The one rule for each signature algorithm, on OpenSSL.
 *
 * RSA keys come as PKCS#1 DER, which OpenSSL imports fifty times as fast as SPKI. The DER must be exactly
 * the 270 (exponent 65537) or 268 (exponent 3) bytes of a 2048-bit key, so that no other form of one key
 * passes; the signature has exactly the modulus' length. Of Ed25519 OpenSSL leaves open what ed25519.ts
 * decides first.
 */
import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { concatBytes, equalBytes, fromHex } from "../bytes.ts";
import { isStrictEd25519 } from "../ed25519.ts";
import { RSA_SIGNATURE_SIZE_BYTES, type SignedMessage } from "../signature.ts";
import { preparedKey } from "./prepared-keys.ts";

/** SEQUENCE { INTEGER modulus of 2048 bits (leading 00), INTEGER exponent }. */
const RSA_FORMS = {
  exponent65537: {
    sizeBytes: 270,
    head: fromHex("3082010a0282010100"),
    tail: fromHex("0203010001"),
  },
  exponent3: { sizeBytes: 268, head: fromHex("308201080282010100"), tail: fromHex("020103") },
} as const;

type RsaForm = (typeof RSA_FORMS)[keyof typeof RSA_FORMS];

/** SPKI frame of a raw Ed25519 key (RFC 8410 section 4). */
const ED25519_SPKI_HEAD = fromHex("302a300506032b6570032100");

/** True when the signature is valid. Wrong keys and sizes are false; it never throws. */
export function verifySignature(signed: SignedMessage): boolean {
  switch (signed.algorithm) {
    case "jpki-rsa2048-sha256":
      return hasForm(signed.publicKey, RSA_FORMS.exponent65537) && verifyRsa(signed, makeRsaKey);
    case "rsa2048-sha256":
      return (
        (hasForm(signed.publicKey, RSA_FORMS.exponent3) ||
          hasForm(signed.publicKey, RSA_FORMS.exponent65537)) &&
        verifyRsa(signed, (der) => preparedKey(der, () => makeRsaKey(der)))
      );
    case "ed25519":
      return isStrictEd25519(signed) && verifyEd25519(signed);
  }
}

/** The DER is the one form of a 2048-bit key: top bit of the modulus set, modulus odd. */
function hasForm(der: Uint8Array, form: RsaForm): boolean {
  const { head, tail, sizeBytes } = form;
  const modulusEnd = sizeBytes - tail.length;
  return (
    der.length === sizeBytes &&
    equalBytes(der.subarray(0, head.length), head) &&
    equalBytes(der.subarray(modulusEnd), tail) &&
    (der[head.length] ?? 0) >= 0x80 &&
    (der[modulusEnd - 1] ?? 0) % 2 === 1
  );
}

function verifyRsa(
  { publicKey, message, signature }: SignedMessage,
  keyOf: (der: Uint8Array) => KeyObject,
): boolean {
  if (signature.length !== RSA_SIGNATURE_SIZE_BYTES) return false;
  const key = importKey(() => keyOf(publicKey));
  return key !== null && verify("sha256", message, key, signature);
}

function makeRsaKey(der: Uint8Array): KeyObject {
  const key = Buffer.from(der.buffer, der.byteOffset, der.length);
  return createPublicKey({ key, format: "der", type: "pkcs1" });
}

function verifyEd25519({ publicKey, message, signature }: SignedMessage): boolean {
  const key = importKey(() => preparedKey(publicKey, () => makeEd25519Key(publicKey)));
  return key !== null && verify(null, message, key, signature);
}

function makeEd25519Key(publicKey: Uint8Array): KeyObject {
  const spki = Buffer.from(concatBytes(ED25519_SPKI_HEAD, publicKey));
  return createPublicKey({ key: spki, format: "der", type: "spki" });
}

/** OpenSSL refuses some byte strings as keys by throwing; to the ledger they are just not valid. */
function importKey(make: () => KeyObject): KeyObject | null {
  try {
    return make();
  } catch {
    return null;
  }
}
