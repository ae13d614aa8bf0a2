import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { publicKeyOf } from "../../../client/pki/rsa-key.ts";
import { createTestCa, type TestCa } from "../../../client/pki/test-ca.ts";

/** When the fixture's certificates start to be valid. */
export const ISSUED_AT = new Date("2026-04-01T00:00:00Z");

const DAY_MS = 86_400_000;

/** A time at which everything of the fixture is valid. */
export const NOW_MS: number = ISSUED_AT.getTime() + 30 * DAY_MS;

let generations: Promise<readonly [TestCa, TestCa]> | undefined;

/** Two generations of one CA: same names, other keys. */
export function caGenerations(): Promise<readonly [TestCa, TestCa]> {
  generations ??= Promise.all([
    createTestCa({ issuedAt: ISSUED_AT }),
    createTestCa({ issuedAt: ISSUED_AT }),
  ]);
  return generations;
}

let residentKey: Uint8Array | undefined;

/** A resident's public key, SPKI DER. */
export function residentKeySpki(): Uint8Array {
  residentKey ??= rsaSpki(2048);
  return residentKey;
}

/** A fresh RSA public key, SPKI DER. */
export function rsaSpki(modulusLength: number, publicExponent: number = 65_537): Uint8Array {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength, publicExponent });
  return publicKeyOf(privateKey.export({ format: "pem", type: "pkcs8" }).toString());
}

/** PEM to DER. */
export function der(pem: string): Uint8Array {
  return new X509Certificate(pem).raw;
}
