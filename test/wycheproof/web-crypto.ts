/** The ledger's rule for signatures on WebCrypto, which every browser has: a third opinion. */
import { webcrypto } from "node:crypto";
import { strictP384Signature } from "../../ledger/ecdsa-p384.ts";
import { isStrictEd25519 } from "../../ledger/ed25519.ts";
import { isStrictRsa } from "../../ledger/rsa.ts";
import type { SignedMessage } from "../../ledger/signature.ts";

const { subtle } = webcrypto;

/** True when the signature is valid. Never rejects: bad keys are false. */
export async function verifyByWebCrypto(signed: SignedMessage): Promise<boolean> {
  try {
    return await verify(signed);
  } catch (error) {
    if (error instanceof DOMException) return false;
    throw error;
  }
}

function verify(signed: SignedMessage): Promise<boolean> | boolean {
  switch (signed.algorithm) {
    case "jpki-rsa2048-sha256":
    case "rsa2048-sha256":
      return isStrictRsa(signed) && verifyRsa(signed);
    case "ecdsa-p384-sha384":
      return verifyP384(signed);
    case "ed25519":
      return isStrictEd25519(signed) && verifyEd25519(signed);
  }
}

async function verifyRsa({ publicKey, message, signature }: SignedMessage): Promise<boolean> {
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  // WebCrypto takes the numbers, as a JSON Web Key (RFC 7518 section 6.3.1).
  const n = base64url(publicKey.subarray(9, 9 + 256));
  const e = base64url(publicKey.subarray(9 + 256 + 2));
  const key = await subtle.importKey("jwk", { kty: "RSA", n, e }, algorithm, false, ["verify"]);
  return subtle.verify(algorithm, key, signature, message);
}

async function verifyP384(signed: SignedMessage): Promise<boolean> {
  const signature = strictP384Signature(signed);
  if (signature === null) return false;
  const algorithm = { name: "ECDSA", namedCurve: "P-384", hash: "SHA-384" };
  const key = await subtle.importKey("raw", signed.publicKey, algorithm, false, ["verify"]);
  return subtle.verify(algorithm, key, signature, signed.message);
}

async function verifyEd25519({ publicKey, message, signature }: SignedMessage): Promise<boolean> {
  const key = await subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);
  return subtle.verify("Ed25519", key, signature, message);
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}
