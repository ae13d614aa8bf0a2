/**
 * Names and numbers of the JPKI application. The specification is not public; these are what the
 * open implementations (OpenSC, jpki/myna, myna-card) agree on. See README.md.
 */

/** Application identifier of JPKI (公的個人認証AP). */
export const JPKI_AID: Uint8Array = Uint8Array.from([
  0xd3, 0x92, 0xf0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01,
]);

/** Elementary files of the JPKI application, by file identifier. */
export const EF = {
  SIGN_CERTIFICATE: 0x00_01,
  SIGN_CA_CERTIFICATE: 0x00_02,
  TOKEN_INFO: 0x00_06,
  CERTIFICATE_AVAILABILITY: 0x00_08,
  /** Protected; its purpose is unknown. */
  UNKNOWN_0009: 0x00_09,
  AUTH_CERTIFICATE: 0x00_0a,
  AUTH_CA_CERTIFICATE: 0x00_0b,
  /** Key that a terminal's card-verifiable certificate is checked against. */
  TERMINAL_CA: 0x00_16,
  AUTH_KEY: 0x00_17,
  AUTH_PIN: 0x00_18,
  SIGN_KEY: 0x00_1a,
  SIGN_PIN: 0x00_1b,
} as const;

/** Instruction bytes with the class they belong to. */
export const INS = {
  VERIFY: 0x20,
  CHANGE_REFERENCE_DATA: 0x24,
  /** Class 80. */
  COMPUTE_SIGNATURE: 0x2a,
  GET_CHALLENGE: 0x84,
  INTERNAL_AUTHENTICATE: 0x88,
  /** Class 80. */
  SET_PUBLIC_IC_KEY: 0xa2,
  SELECT: 0xa4,
  /** Class 80. */
  SET_SESSION_KEY: 0xae,
  READ_BINARY: 0xb0,
  READ_RECORD: 0xb2,
  GET_DATA: 0xca,
  /** Class 80: the last-command indicator of phone tokens, refused by cards. */
  LAST_COMMAND: 0xfc,
} as const;

/** P2 that names the current EF. */
export const CURRENT_EF = 0x80;

/** Tries that a fresh user-authentication PIN has. */
export const AUTH_PIN_TRIES = 3;
/** Tries that a fresh signing password has. */
export const SIGN_PASSWORD_TRIES = 5;

/** Digits of the user-authentication PIN. */
export const AUTH_PIN_BYTES = 4;

/** Size of an RSA-2048 signature. */
export const SIGNATURE_BYTES = 256;
/** Size of a SHA-256 digest. */
export const DIGEST_BYTES = 32;

/**
 * The next generation, as far as it can be guessed: ECDSA on P-384 over a SHA-384 digest, asked for by the command of today.
 * How the real card will be spoken to is not public (docs/decisions/0014).
 */
export const NEXT_GENERATION = {
  /** Size of a SHA-384 digest. */
  DIGEST_BYTES: 48,
  /** Largest signature: DER of two integers of 49 bytes. */
  SIGNATURE_BYTES_MAX: 104,
} as const;

/** DER of a SHA-256 DigestInfo up to the digest itself, RFC 8017 section 9.2 note 1. */
const SHA256_DIGEST_INFO_PREFIX = Uint8Array.from([
  0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
  0x00, 0x04, 0x20,
]);

/**
 * The DigestInfo that PKCS #1 v1.5 pads, 51 bytes.
 * @throws RangeError when the digest is not 32 bytes.
 */
export function sha256DigestInfo(digest: Uint8Array): Uint8Array {
  if (digest.length !== DIGEST_BYTES) {
    throw new RangeError(`digest must be ${DIGEST_BYTES} bytes, got ${digest.length}`);
  }
  const info = new Uint8Array(SHA256_DIGEST_INFO_PREFIX.length + DIGEST_BYTES);
  info.set(SHA256_DIGEST_INFO_PREFIX);
  info.set(digest, SHA256_DIGEST_INFO_PREFIX.length);
  return info;
}
