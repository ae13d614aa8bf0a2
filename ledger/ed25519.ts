/**
 * Ed25519 with one verdict everywhere (RFC 8032 section 5.1.7). The RFC leaves cases open in which sound
 * libraries differ; this is the rule for each, and it can be checked without curve arithmetic but for the last:
 *
 * - S < L. A larger S would give a second signature of the same message.
 * - The key's y is below p. A larger one would give a second form of the same key.
 * - The key is none of the points of small order, for which signatures exist that nobody made.
 * - R is none of them either. OpenSSL itself is not of one mind: with R the identity, the one of Node 20 and 22
 *   accepts and the one of Node 24 refuses. No honest signer ever meets such an R.
 * - R is compared as bytes with the one encoding of [S]B - [k]A: the equation without the cofactor, which is
 *   what OpenSSL computes. Libraries that multiply by 8 accept more, so none of their verdicts is used.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { compareBytes, concatBytes, equalBytes, fromHex, toHex } from "./bytes.ts";
import {
  ED25519_KEY_SIZE_BYTES,
  ED25519_SIGNATURE_SIZE_BYTES,
  type SignedMessage,
} from "./signature.ts";

/** 2^255 - 19, big-endian. */
const FIELD_PRIME = fromHex("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed");
/** Order L of the base point, big-endian. */
const GROUP_ORDER = fromHex("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed");
/** The y of all points of order 1, 2, 4 and 8, big-endian hexadecimal. */
const SMALL_ORDER_Y: ReadonlySet<string> = new Set([
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0000000000000000000000000000000000000000000000000000000000000001",
  "05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826",
  "7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7",
  "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec",
]);

/** True when key and signature have the sizes and forms of the rule; every implementation asks first. */
export function isStrictEd25519({ publicKey, signature }: SignedMessage): boolean {
  if (publicKey.length !== ED25519_KEY_SIZE_BYTES) return false;
  if (signature.length !== ED25519_SIGNATURE_SIZE_BYTES) return false;
  const s = signature.subarray(ED25519_KEY_SIZE_BYTES).toReversed();
  return (
    compareBytes(s, GROUP_ORDER) < 0 &&
    hasStrictForm(publicKey) &&
    hasStrictForm(signature.subarray(0, ED25519_KEY_SIZE_BYTES))
  );
}

/** True when something can be signed for this key: the right size, a point, and none that the rule refuses. */
export function isEd25519PublicKey(publicKey: Uint8Array): boolean {
  return (
    publicKey.length === ED25519_KEY_SIZE_BYTES &&
    hasStrictForm(publicKey) &&
    pointOf(publicKey) !== null
  );
}

/** True when the encoded point's y is reduced and not that of a point of small order. */
function hasStrictForm(point: Uint8Array): boolean {
  const y = point.toReversed();
  y[0] = (y[0] ?? 0) & 0x7f; // the top bit is the sign of x
  return compareBytes(y, FIELD_PRIME) < 0 && !SMALL_ORDER_Y.has(toHex(y));
}

/** The portable implementation of the rule, for browsers and for comparison. About 1 ms. */
export function verifyEd25519(signed: SignedMessage): boolean {
  if (signed.algorithm !== "ed25519" || !isStrictEd25519(signed)) return false;
  const { publicKey, message, signature } = signed;
  const r = signature.subarray(0, ED25519_KEY_SIZE_BYTES);
  const s = littleEndian(signature.subarray(ED25519_KEY_SIZE_BYTES));
  const k = littleEndian(sha512(concatBytes(r, publicKey, message)));
  const { Point } = ed25519;
  const a = pointOf(publicKey);
  if (a === null) return false;
  const computed = Point.BASE.multiplyUnsafe(s).subtract(a.multiplyUnsafe(Point.Fn.create(k)));
  return equalBytes(computed.toBytes(), r);
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes.toReversed())}`);
}

/** The library says by throwing that bytes are no point; to the ledger they are just not valid. */
function pointOf(publicKey: Uint8Array): typeof ed25519.Point.BASE | null {
  try {
    return ed25519.Point.fromBytes(publicKey);
  } catch {
    return null;
  }
}
