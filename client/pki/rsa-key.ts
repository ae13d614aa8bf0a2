import { createPrivateKey, createPublicKey, generateKeyPair, webcrypto } from "node:crypto";
import { promisify } from "node:util";

/** Hashes that the test CA can sign with; the profile has SHA-256. */
export type SigningHash = "SHA-256" | "SHA-384";

/** A new RSA-2048 key, PKCS#8 PEM. Takes some 100 ms of another thread. */
export async function generateRsaKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  return privateKey.export({ format: "pem", type: "pkcs8" }).toString();
}

/** A new key of P-384, which the next generation of cards is expected to have, PKCS#8 PEM. */
export async function generateP384Key(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)("ec", { namedCurve: "P-384" });
  return privateKey.export({ format: "pem", type: "pkcs8" }).toString();
}

/** The public half of a private key, SubjectPublicKeyInfo DER. */
export function publicKeyOf(privateKeyPem: string): Uint8Array {
  return createPublicKey(privateKeyPem).export({ format: "der", type: "spki" });
}

/** A private key as @peculiar/x509 wants it to sign with. */
export function importSigningKey(
  privateKeyPem: string,
  hash: SigningHash = "SHA-256",
): Promise<webcrypto.CryptoKey> {
  const pkcs8 = createPrivateKey(privateKeyPem).export({ format: "der", type: "pkcs8" });
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash };
  return webcrypto.subtle.importKey("pkcs8", pkcs8, algorithm, false, ["sign"]);
}
