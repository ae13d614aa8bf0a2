/**
 * Algorithms and the one rule for each; the arithmetic itself comes in as an argument, because RSA is
 * OpenSSL's (ledger/native/) and the pure folders know no runtime.
 */

/**
 * Signature algorithms, by the word that stands in every authorisation.
 * - `jpki-rsa2048-sha256`: the My Number Card's user-authentication key. RSASSA-PKCS1-v1_5 with SHA-256
 *   (RFC 8017 section 8.2), modulus of exactly 2048 bits, exponent 65537.
 * - `ecdsa-p384-sha384`: what the next card is expected to use (ecdsa-p384.ts). Verified, but no kind of signer
 *   may use it yet: that is for a later version of the rules to say.
 * - `ed25519`: organisations and nodes (RFC 8032; the open cases are decided in ed25519.ts).
 * - `rsa2048-sha256`: terminals. As the first, with exponent 3 or 65537: its check comes with every
 *   payment, and with exponent 3 costs a seventh of Ed25519's.
 */
export const SIGNATURE_ALGORITHMS = [
  "jpki-rsa2048-sha256",
  "ed25519",
  "rsa2048-sha256",
  "ecdsa-p384-sha384",
] as const;

/** An algorithm that can be verified. */
export type SignatureAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number];

/** Size of an RSA-2048 signature. */
export const RSA_SIGNATURE_SIZE_BYTES = 256;
/** Size of an Ed25519 public key. */
export const ED25519_KEY_SIZE_BYTES = 32;
/** Size of an Ed25519 signature. */
export const ED25519_SIGNATURE_SIZE_BYTES = 64;
/** Size of a P-384 public key: an uncompressed point. */
export const P384_KEY_SIZE_BYTES = 97;
/** Largest public key: RSA-2048 as PKCS#1 DER has 270 bytes. */
export const PUBLIC_KEY_SIZE_BYTES_MAX = 270;

/** One signature to check: raw Ed25519 key, uncompressed point of P-384, or RSA key as PKCS#1 DER. */
export interface SignedMessage {
  readonly algorithm: SignatureAlgorithm;
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** True when the signature is valid under the algorithm's one rule. Never throws: bad keys are false. */
export type VerifySignature = (signed: SignedMessage) => boolean;
