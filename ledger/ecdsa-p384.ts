/**
 * ECDSA on P-384 with SHA-384 (FIPS 186-5 section 6.4), which the next generation of cards is expected to use.
 * One verdict everywhere: what libraries read differently is decided here, before any of them is asked.
 *
 * - The key is an uncompressed point: 04, x, y (SEC 1 section 2.3.3). That it lies on the curve every library checks.
 * - The signature is the DER of SEQUENCE { INTEGER r, INTEGER s } and nothing else: shortest lengths, shortest
 *   non-negative integers, no byte more (X.690 sections 8.3.2 and 10.1).
 * - 0 < r, s < n. Both halves of s are taken, as the standard has it: a card makes either, and a payment is
 *   named by its id, so the other form of a signature gains nobody anything.
 */
import { p384 } from "@noble/curves/nist.js";
import { compareBytes, equalBytes, fromHex } from "./bytes.ts";
import { P384_KEY_SIZE_BYTES, type SignedMessage } from "./signature.ts";

const SCALAR_SIZE_BYTES = 48;
/** Order n of the base point, big-endian. */
const GROUP_ORDER = fromHex(
  "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
);
const ZERO = new Uint8Array(SCALAR_SIZE_BYTES);
const UNCOMPRESSED = 0x04;
const SEQUENCE = 0x30;
const INTEGER = 0x02;

/** The signature as r ‖ s, 96 bytes, when key and signature have the form of the rule; else null. */
export function strictP384Signature({ publicKey, signature }: SignedMessage): Uint8Array | null {
  if (publicKey.length !== P384_KEY_SIZE_BYTES || publicKey[0] !== UNCOMPRESSED) return null;
  // Two integers of 49 bytes fit a length of one byte, so no longer form is the shortest.
  if (signature[0] !== SEQUENCE || signature[1] !== signature.length - 2) return null;
  const r = readScalar(signature, 2);
  const s = r && readScalar(signature, r.end);
  if (!r || s?.end !== signature.length) return null;
  const both = new Uint8Array(2 * SCALAR_SIZE_BYTES);
  both.set(r.scalar);
  both.set(s.scalar, SCALAR_SIZE_BYTES);
  return both;
}

/** The portable implementation of the rule, for browsers and for comparison. Some milliseconds. */
export function verifyP384(signed: SignedMessage): boolean {
  const signature = strictP384Signature(signed);
  if (signature === null) return false;
  try {
    return p384.verify(signature, signed.message, signed.publicKey, { lowS: false });
  } catch {
    // The library says by throwing that bytes are no point of the curve.
    return false;
  }
}

interface Scalar {
  /** Big-endian, 48 bytes, above zero and below the order. */
  readonly scalar: Uint8Array;
  /** Where the next thing begins. */
  readonly end: number;
}

function readScalar(der: Uint8Array, start: number): Scalar | null {
  const end = start + 2 + (der[start + 1] ?? 0);
  const digits = der.subarray(start + 2, end);
  const [first = 0x80, second = 0x80] = digits;
  if (der[start] !== INTEGER || end > der.length || first >= 0x80) return null;
  // A zero in front is there only to keep the next bit from being a sign.
  if (first === 0 && second < 0x80) return null;
  const magnitude = first === 0 ? digits.subarray(1) : digits;
  if (magnitude.length > SCALAR_SIZE_BYTES) return null;
  const scalar = new Uint8Array(SCALAR_SIZE_BYTES);
  scalar.set(magnitude, SCALAR_SIZE_BYTES - magnitude.length);
  const isInRange = !equalBytes(scalar, ZERO) && compareBytes(scalar, GROUP_ORDER) < 0;
  return isInRange ? { scalar, end } : null;
}
