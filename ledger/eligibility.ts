/**
 * A facility's word to another system, such as an e-library, that whoever stands before it may use a service now. It is
 * signed, good for one service of one system and for minutes, answers that system's own challenge, and is never on the
 * ledger. The subject is a pseudonym that only this system knows, so two systems cannot compare notes.
 */
import { equalBytes } from "./bytes.ts";
import { encode } from "./encoding.ts";
import { LedgerFault } from "./faults.ts";
import { HASH_SIZE_BYTES, type Hash, tagged } from "./hash.ts";
import { TIMESTAMP_MS_MAX } from "./limits.ts";
import { identifier } from "./membership.ts";
import { bytes, fromBytes, type Infer, record, toBytes, uint } from "./schema.ts";
import {
  ED25519_KEY_SIZE_BYTES,
  ED25519_SIGNATURE_SIZE_BYTES,
  type VerifySignature,
} from "./signature.ts";

/** The longest that a word is good for, ms. */
export const ELIGIBILITY_MS_MAX = 300_000;
/** How far the facility's clock may be ahead of the reader's, ms. */
const CLOCK_AHEAD_MS_MAX = 30_000;
/** A word as bytes: the fields, none of which is long. */
const ELIGIBILITY_SIZE_BYTES_MAX = 1024;

const claimsSchema = record({
  version: uint(1, 1),
  networkId: bytes(HASH_SIZE_BYTES),
  facility: identifier,
  service: identifier,
  /** The system that it is for. */
  audience: identifier,
  /** The user, by a pseudonym for that system alone. */
  subject: bytes(32),
  /** What that system asked with, random and used once. */
  challenge: bytes(16, 32),
  issuedAtMs: uint(TIMESTAMP_MS_MAX),
  expiresAtMs: uint(TIMESTAMP_MS_MAX),
});
/** What a facility says. */
export type EligibilityClaims = Infer<typeof claimsSchema>;

const eligibilitySchema = record({
  claims: claimsSchema,
  signature: bytes(ED25519_SIGNATURE_SIZE_BYTES),
});

/** Who signs for a facility. */
interface EligibilitySigner {
  sign(message: Uint8Array): Uint8Array;
}

/** What a system expects of a word that it is shown. */
export interface ExpectedEligibility {
  readonly networkId: Hash;
  readonly audience: string;
  readonly facility: string;
  readonly service: string;
  readonly challenge: Uint8Array;
  /** The facility's key, from the ledger. */
  readonly publicKey: Uint8Array;
  readonly nowMs: number;
  readonly verify: VerifySignature;
}

/** The bytes of a signed word. @throws LedgerFault `INVALID_FIELD`. */
export function signEligibility(claims: EligibilityClaims, signer: EligibilitySigner): Uint8Array {
  return toBytes(eligibilitySchema, { claims, signature: signer.sign(messageOf(claims)) });
}

/**
 * Reads a word and checks all of it.
 * @returns the user's pseudonym.
 * @throws LedgerFault `MALFORMED`, `INVALID_FIELD`, `TOO_LARGE`; `WRONG_NETWORK`; `SIGNATURE_INVALID`, also for a word to
 *   somebody else; `VALIDITY_TOO_LONG`, `EXPIRED`, `NOT_YET_VALID`.
 */
export function verifyEligibility(word: Uint8Array, expected: ExpectedEligibility): Uint8Array {
  const { claims, signature } = fromBytes(eligibilitySchema, word, ELIGIBILITY_SIZE_BYTES_MAX);
  if (!equalBytes(claims.networkId, expected.networkId)) throw new LedgerFault("WRONG_NETWORK");
  const { publicKey, nowMs, verify } = expected;
  if (publicKey.length !== ED25519_KEY_SIZE_BYTES) throw new RangeError("not a key of Ed25519");
  const isForUs =
    claims.audience === expected.audience &&
    claims.facility === expected.facility &&
    claims.service === expected.service &&
    equalBytes(claims.challenge, expected.challenge);
  const message = messageOf(claims);
  if (!isForUs || !verify({ algorithm: "ed25519", publicKey, message, signature })) {
    throw new LedgerFault("SIGNATURE_INVALID");
  }
  const { issuedAtMs, expiresAtMs } = claims;
  if (expiresAtMs - issuedAtMs > ELIGIBILITY_MS_MAX) throw new LedgerFault("VALIDITY_TOO_LONG");
  if (nowMs > expiresAtMs) throw new LedgerFault("EXPIRED");
  if (issuedAtMs > nowMs + CLOCK_AHEAD_MS_MAX) throw new LedgerFault("NOT_YET_VALID");
  return claims.subject;
}

function messageOf(claims: EligibilityClaims): Uint8Array {
  return tagged("eligibility", encode(claimsSchema.toCbor(claims)));
}
