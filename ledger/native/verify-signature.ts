/** The one rule for each signature algorithm, on OpenSSL, which is asked only what the rule leaves open. */
import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { concatBytes, fromHex } from "../bytes.ts";
import { strictP384Signature } from "../ecdsa-p384.ts";
import { isStrictEd25519 } from "../ed25519.ts";
import { isStrictRsa } from "../rsa.ts";
import type { SignedMessage } from "../signature.ts";
import { preparedKey } from "./prepared-keys.ts";

/** SPKI frame of a raw Ed25519 key (RFC 8410 section 4). */
const ED25519_SPKI_HEAD = fromHex("302a300506032b6570032100");
/** SPKI frame of an uncompressed point of P-384 (RFC 5480 section 2). */
const P384_SPKI_HEAD = fromHex("3076301006072a8648ce3d020106052b81040022036200");

/** True when the signature is valid. Wrong keys and sizes are false; it never throws. */
export function verifySignature(signed: SignedMessage): boolean {
  switch (signed.algorithm) {
    case "jpki-rsa2048-sha256":
      return isStrictRsa(signed) && verifyRsa(signed, makeRsaKey);
    case "rsa2048-sha256":
      return (
        isStrictRsa(signed) && verifyRsa(signed, (der) => preparedKey(der, () => makeRsaKey(der)))
      );
    case "ecdsa-p384-sha384":
      return verifyP384(signed);
    case "ed25519":
      return isStrictEd25519(signed) && verifyEd25519(signed);
  }
}

function verifyRsa(
  { publicKey, message, signature }: SignedMessage,
  keyOf: (der: Uint8Array) => KeyObject,
): boolean {
  const key = importKey(() => keyOf(publicKey));
  return key !== null && verify("sha256", message, key, signature);
}

function makeRsaKey(der: Uint8Array): KeyObject {
  const key = Buffer.from(der.buffer, der.byteOffset, der.length);
  return createPublicKey({ key, format: "der", type: "pkcs1" });
}

function verifyP384(signed: SignedMessage): boolean {
  const signature = strictP384Signature(signed);
  if (signature === null) return false;
  const key = importKey(() => makeSpkiKey(P384_SPKI_HEAD, signed.publicKey));
  if (key === null) return false;
  return verify("sha384", signed.message, { key, dsaEncoding: "ieee-p1363" }, signature);
}

function verifyEd25519({ publicKey, message, signature }: SignedMessage): boolean {
  const make = () => makeSpkiKey(ED25519_SPKI_HEAD, publicKey);
  const key = importKey(() => preparedKey(publicKey, make));
  return key !== null && verify(null, message, key, signature);
}

function makeSpkiKey(head: Uint8Array, publicKey: Uint8Array): KeyObject {
  const spki = Buffer.from(concatBytes(head, publicKey));
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
