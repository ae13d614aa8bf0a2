/**
 * Transactions: the public part that stays for ever, the private part and signatures that can be
 * destroyed, and the leaf that keeps both provable.
 *
 *     transaction     = [ public: bstr, private: bstr, auth: bstr ]
 *     pruned          = [ public: bstr, witnessHash: bstr .size 32 ]
 *     public          = [ version, networkId, type, id, createdAtMs, notAfterMs, body ]
 *     private         = [ salt: bstr .size 32, body ] / null      null: the type has no private fields
 *     auth            = [ * [ kind, algorithm, publicKey, signature ] ]     in the order that the type declares
 *
 *     signed message  = tag("transaction-sign")    ‖ publicHash ‖ privateHash
 *     leaf data       = publicHash ‖ witnessHash                 64 bytes; leaf = RFC 6962 leaf hash of it
 *     publicHash      = H("transaction-public",  public)
 *     privateHash     = H("transaction-private", private)
 *     witnessHash     = H("transaction-witness", privateHash ‖ auth)
 *
 * The parts are byte strings inside the outer array, so that each is hashed as it came. The networkId
 * ties a signature to one ledger, the tag to this purpose: a card signs any digest it is given, and the
 * digest of a payment can be produced by no other protocol.
 */
import { toHex } from "./bytes.ts";
import { type CborValue, decode, encode } from "./encoding.ts";
import { LedgerFault } from "./faults.ts";
import { HASH_SIZE_BYTES, type Hash, hash, tagged } from "./hash.ts";
import { AUTHORISATIONS_MAX, TIMESTAMP_MS_MAX, TRANSACTION_SIZE_BYTES_MAX } from "./limits.ts";
import { leafHash } from "./merkle.ts";
import { bytes, fromBytes, type Infer, list, oneOf, pattern, record, uint } from "./schema.ts";
import {
  PUBLIC_KEY_SIZE_BYTES_MAX,
  RSA_SIGNATURE_SIZE_BYTES,
  SIGNATURE_ALGORITHMS,
  type SignedMessage,
} from "./signature.ts";
import { TRANSACTION_ID_SIZE_BYTES } from "./transaction-id.ts";

/** Version of this format. */
export const TRANSACTION_VERSION = 1;
/** Size of the salt that keeps a private part from being guessed. */
export const SALT_SIZE_BYTES = 32;

/** Who signs: a resident's card, an organisation's officer or service, a merchant's terminal. */
export const SIGNER_KINDS = ["card", "organisation", "terminal"] as const;

/** What every public part begins with. */
const envelopeFields = {
  version: uint(TRANSACTION_VERSION, TRANSACTION_VERSION),
  networkId: bytes(HASH_SIZE_BYTES),
  type: pattern(/^[A-Z][A-Z_]{2,39}$/, "a transaction type such as PAY"),
  id: bytes(TRANSACTION_ID_SIZE_BYTES),
  createdAtMs: uint(TIMESTAMP_MS_MAX),
  notAfterMs: uint(TIMESTAMP_MS_MAX),
};
const envelopeSchema = record(envelopeFields);
const ENVELOPE_LENGTH = envelopeSchema.fieldNames.length;

/** Version, network, type, id and times (ms since 1970) of a transaction. */
export type Envelope = Infer<typeof envelopeSchema>;

/** One signature on a transaction. */
export const authorisationSchema = record({
  kind: oneOf(SIGNER_KINDS),
  algorithm: oneOf(SIGNATURE_ALGORITHMS),
  publicKey: bytes(1, PUBLIC_KEY_SIZE_BYTES_MAX),
  /** An RSA signature is the longest. */
  signature: bytes(1, RSA_SIGNATURE_SIZE_BYTES),
});
/** One signature on a transaction. */
export type Authorisation = Infer<typeof authorisationSchema>;

const authSchema = list(authorisationSchema, AUTHORISATIONS_MAX);
const saltSchema = bytes(SALT_SIZE_BYTES);
const hashSchema = bytes(HASH_SIZE_BYTES);

/** The unsigned parts of a transaction, ready to be signed. */
export interface UnsignedTransaction {
  readonly publicBytes: Uint8Array;
  readonly privateBytes: Uint8Array;
  /** The message that every signer signs (a card signs its SHA-256). */
  readonly signedMessage: Uint8Array;
}

/** A decoded transaction, with the bytes that it came from. Bodies are still to be checked by type. */
export interface Transaction {
  readonly bytes: Uint8Array;
  readonly envelope: Envelope;
  /** Hexadecimal id, the name under which people ask for it. */
  readonly id: string;
  readonly publicBody: CborValue;
  /** Null when the type has no private fields. */
  readonly privateBody: CborValue;
  readonly auth: readonly Authorisation[];
  readonly signedMessage: Uint8Array;
  readonly publicHash: Hash;
  readonly witnessHash: Hash;
  /** RFC 6962 leaf hash, what `transactionsRoot` is made of. */
  readonly leaf: Hash;
}

/** A transaction whose private part and signatures were destroyed. */
export interface PrunedTransaction {
  readonly envelope: Envelope;
  /** Hexadecimal id. */
  readonly id: string;
  readonly publicHash: Hash;
  readonly witnessHash: Hash;
  readonly leaf: Hash;
}

/** The part that can be destroyed, and the salt that keeps it from being guessed. */
export interface PrivatePart {
  readonly salt: Uint8Array;
  readonly body: CborValue;
}

/** Builds what is to be signed. `privatePart` null for types without private fields. */
export function buildTransaction(
  envelope: Envelope,
  publicBody: CborValue,
  privatePart: PrivatePart | null,
): UnsignedTransaction {
  const head = envelopeSchema.toCbor(envelope) as CborValue[];
  const publicBytes = encode([...head, publicBody]);
  if (privatePart?.body === null) throw new RangeError("without a body there is no private part");
  const privateBytes = encodePrivate(privatePart);
  return { publicBytes, privateBytes, signedMessage: signedMessage(publicBytes, privateBytes) };
}

/** The hash of a private part: what whoever has salt and body can prove to be a transaction's. */
export function privateHashOf(privatePart: PrivatePart): Hash {
  return hash("transaction-private", encodePrivate(privatePart));
}

/** The hash of the private part, which every signed message ends with: a view of it. */
export function privateHashIn(message: Uint8Array): Hash {
  return message.subarray(message.length - HASH_SIZE_BYTES);
}

function encodePrivate(privatePart: PrivatePart | null): Uint8Array {
  return encode(
    privatePart === null ? null : [saltSchema.toCbor(privatePart.salt), privatePart.body],
  );
}

/** The canonical bytes of a signed transaction; signatures stand in the order that its type declares. */
export function encodeTransaction(
  unsigned: UnsignedTransaction,
  auth: readonly Authorisation[],
): Uint8Array {
  const authBytes = encode(authSchema.toCbor(auth, "auth"));
  return encode([unsigned.publicBytes, unsigned.privateBytes, authBytes]);
}

/** Decodes a whole transaction. @throws LedgerFault `MALFORMED`, `TOO_LARGE` or `INVALID_FIELD`. */
export function decodeTransaction(transactionBytes: Uint8Array): Transaction {
  const [publicBytes, privateBytes, authBytes] = splitParts(transactionBytes, 3);
  const { envelope, body } = decodePublic(publicBytes);
  const publicHash = hash("transaction-public", publicBytes);
  const privateHash = hash("transaction-private", privateBytes);
  const witness = hash("transaction-witness", privateHash, authBytes);
  return {
    bytes: transactionBytes,
    envelope,
    id: toHex(envelope.id),
    publicBody: body,
    privateBody: decodePrivate(privateBytes),
    auth: fromBytes(authSchema, authBytes, TRANSACTION_SIZE_BYTES_MAX),
    signedMessage: tagged("transaction-sign", publicHash, privateHash),
    publicHash,
    witnessHash: witness,
    leaf: leafOf(publicHash, witness),
  };
}

/**
 * Hexadecimal id of what may be a transaction, read where it stands in every one and not checked at all: a name
 * to look under, nothing more.
 */
export function peekTransactionId(transactionBytes: Uint8Array): string {
  const publicPart = stringAt(transactionBytes, 1).start;
  const networkId = stringAt(transactionBytes, publicPart + 2);
  const type = stringAt(transactionBytes, networkId.end);
  const id = stringAt(transactionBytes, type.end);
  return toHex(transactionBytes.subarray(id.start, id.start + TRANSACTION_ID_SIZE_BYTES));
}

/** Where the content of a CBOR string begins and ends whose first byte is at `at`. */
function stringAt(encoded: Uint8Array, at: number): { start: number; end: number } {
  const info = (encoded[at] ?? 0) & 0x1f;
  const lengthSizeBytes = info < 24 ? 0 : 1 << (info - 24);
  let length = info < 24 ? info : 0;
  for (let i = 1; i <= lengthSizeBytes; i++) length = length * 256 + (encoded[at + i] ?? 0);
  const start = at + 1 + lengthSizeBytes;
  return { start, end: start + length };
}

/** Decodes a pruned transaction. @throws LedgerFault as `decodeTransaction`. */
export function decodePrunedTransaction(prunedBytes: Uint8Array): PrunedTransaction {
  const [publicBytes, witnessBytes] = splitParts(prunedBytes, 2);
  const publicHash = hash("transaction-public", publicBytes);
  const witnessHash = hashSchema.fromCbor(witnessBytes, "witnessHash");
  const { envelope } = decodePublic(publicBytes);
  return {
    envelope,
    id: toHex(envelope.id),
    publicHash,
    witnessHash,
    leaf: leafOf(publicHash, witnessHash),
  };
}

/** The bytes of the same transaction with other signatures: for those who sign one after the other. */
export function withSignatures(
  transaction: Transaction,
  auth: readonly Authorisation[],
): Uint8Array {
  const [publicBytes, privateBytes] = splitParts(transaction.bytes, 3);
  const { signedMessage: message } = transaction;
  return encodeTransaction({ publicBytes, privateBytes, signedMessage: message }, auth);
}

/** The signatures of a transaction as things to check. */
export function signaturesOf(transaction: Transaction): SignedMessage[] {
  return transaction.auth.map(({ algorithm, publicKey, signature }) => ({
    algorithm,
    publicKey,
    signature,
    message: transaction.signedMessage,
  }));
}

function signedMessage(publicBytes: Uint8Array, privateBytes: Uint8Array): Uint8Array {
  return tagged(
    "transaction-sign",
    hash("transaction-public", publicBytes),
    hash("transaction-private", privateBytes),
  );
}

/** Leaf data is 64 bytes: publicHash ‖ witnessHash. */
function leafOf(publicHash: Hash, witnessHash: Hash): Hash {
  return leafHash(publicHash, witnessHash);
}

function splitParts<N extends 2 | 3>(
  outer: Uint8Array,
  count: N,
): N extends 3 ? [Uint8Array, Uint8Array, Uint8Array] : [Uint8Array, Uint8Array] {
  const parts = decode(outer, TRANSACTION_SIZE_BYTES_MAX);
  const isRight =
    Array.isArray(parts) &&
    parts.length === count &&
    parts.every((part) => part instanceof Uint8Array);
  if (!isRight) {
    throw new LedgerFault("INVALID_FIELD", {
      path: "(root)",
      problem: `must be an array of ${count} byte strings`,
    });
  }
  return parts as never;
}

function decodePublic(publicBytes: Uint8Array): { envelope: Envelope; body: CborValue } {
  const items = decode(publicBytes, TRANSACTION_SIZE_BYTES_MAX);
  if (!Array.isArray(items) || items.length !== ENVELOPE_LENGTH + 1) {
    throw new LedgerFault("INVALID_FIELD", {
      path: "public",
      problem: `must be an array of ${ENVELOPE_LENGTH + 1} fields`,
    });
  }
  const envelope = envelopeSchema.fromCbor(items.slice(0, ENVELOPE_LENGTH), "public");
  return { envelope, body: items[ENVELOPE_LENGTH] };
}

function decodePrivate(privateBytes: Uint8Array): CborValue {
  const value = decode(privateBytes, TRANSACTION_SIZE_BYTES_MAX);
  if (value === null) return null;
  if (!Array.isArray(value) || value.length !== 2) {
    throw new LedgerFault("INVALID_FIELD", {
      path: "private",
      problem: "must be null or an array of salt and body",
    });
  }
  saltSchema.fromCbor(value[0], "private.salt");
  // "No private fields" has one form: null without a salt.
  if (value[1] === null) {
    throw new LedgerFault("INVALID_FIELD", { path: "private.body", problem: "must not be null" });
  }
  return value[1];
}
