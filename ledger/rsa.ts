/**
 * RSASSA-PKCS1-v1_5 with SHA-256 and keys of 2048 bits (RFC 8017 section 8.2.2), one verdict everywhere.
 *
 * - The key is the DER of an RSAPublicKey in exactly one form: 270 bytes with exponent 65537, 268 with
 *   exponent 3; top bit of the modulus set, modulus odd. Imported as PKCS#1 it is fifty times as fast as SPKI.
 * - The signature has the length of the modulus and, as a number, is below it.
 * - The padded block is compared as a whole with the one that a signer makes: nothing in it is parsed, so
 *   neither another DigestInfo (without NULL, in BER) nor shorter padding nor garbage passes.
 */
import { concatBytes, equalBytes, fromHex, toHex } from "./bytes.ts";
import { sha256 } from "./hash.ts";
import { RSA_SIGNATURE_SIZE_BYTES, type SignedMessage } from "./signature.ts";

/** SEQUENCE { INTEGER modulus of 2048 bits (leading 00), INTEGER exponent }. */
const FORMS = {
  exponent65537: {
    sizeBytes: 270,
    head: fromHex("3082010a0282010100"),
    tail: fromHex("0203010001"),
    exponent: 65_537n,
  },
  exponent3: {
    sizeBytes: 268,
    head: fromHex("308201080282010100"),
    tail: fromHex("020103"),
    exponent: 3n,
  },
} as const;

type RsaForm = (typeof FORMS)[keyof typeof FORMS];

/** 00 01 FF … FF 00 and SHA-256's DigestInfo up to the digest (RFC 8017 section 9.2, note 1). */
const SHA256_INFO = fromHex("003031300d060960864801650304020105000420");
const BLOCK_HEAD = concatBytes(
  fromHex("0001"),
  new Uint8Array(RSA_SIGNATURE_SIZE_BYTES - 2 - SHA256_INFO.length - 32).fill(0xff),
  SHA256_INFO,
);

/** True when key and signature have the sizes and forms of the algorithm's rule. */
export function isStrictRsa(signed: SignedMessage): boolean {
  return signed.signature.length === RSA_SIGNATURE_SIZE_BYTES && formOf(signed) !== undefined;
}

/** The portable implementation of the rule, for browsers and for comparison. About 1 ms. */
export function verifyRsa(signed: SignedMessage): boolean {
  const form = formOf(signed);
  if (form === undefined || !isStrictRsa(signed)) return false;
  const { head, sizeBytes, tail, exponent } = form;
  const modulus = numberOf(signed.publicKey.subarray(head.length, sizeBytes - tail.length));
  const signature = numberOf(signed.signature);
  if (signature >= modulus) return false;
  const block = power(signature, exponent, modulus).toString(16);
  const padded = fromHex(block.padStart(2 * RSA_SIGNATURE_SIZE_BYTES, "0"));
  return equalBytes(padded, concatBytes(BLOCK_HEAD, sha256(signed.message)));
}

/** Cards have exponent 65537; terminals may have 3. */
function formOf({ algorithm, publicKey }: SignedMessage): RsaForm | undefined {
  if (hasForm(publicKey, FORMS.exponent65537)) return FORMS.exponent65537;
  const mayBe3 = algorithm === "rsa2048-sha256";
  return mayBe3 && hasForm(publicKey, FORMS.exponent3) ? FORMS.exponent3 : undefined;
}

function hasForm(der: Uint8Array, { head, tail, sizeBytes }: RsaForm): boolean {
  const modulusEnd = sizeBytes - tail.length;
  return (
    der.length === sizeBytes &&
    equalBytes(der.subarray(0, head.length), head) &&
    equalBytes(der.subarray(modulusEnd), tail) &&
    (der[head.length] ?? 0) >= 0x80 &&
    (der[modulusEnd - 1] ?? 0) % 2 === 1
  );
}

/** Square and multiply; all of it is public. */
function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === "1") result = (result * base) % modulus;
  }
  return result;
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes)}`);
}
