/**
 * SHA-256 with a domain tag for each kind of thing that is hashed or signed.
 *
 * `hash(tag, parts) = SHA-256(tag ‖ 0x00 ‖ parts…)`. A tag is printable ASCII and ends with a zero
 * byte, so no tag is the beginning of another and no bytes of one kind can pass for another kind.
 * Merkle trees use RFC 6962's own prefixes instead (merkle.ts), so that common tools can check them.
 */
import { sha256 as portableSha256 } from "@noble/hashes/sha2.js";
import { concatBytes, equalBytes, fromHex, utf8 } from "./bytes.ts";

/** 32 bytes. */
export type Hash = Uint8Array;

/** Size of every hash of the ledger. */
export const HASH_SIZE_BYTES = 32;

/** Every domain of hashing and signing. A number or word here is never used again for another thing. */
export const HASH_TAGS = [
  "genesis",
  "membership",
  "transaction-public",
  "transaction-private",
  "transaction-witness",
  "transaction-sign",
  "card-commit",
  "card-login",
  "continuity",
  "continuity-evidence",
  "block",
  "control",
  "proposal",
  "vote",
  "grant",
  "state-key",
  "state-value",
  "state-bucket",
  "state-branch",
  "donation-commit",
  "eligibility",
] as const;

/** A domain of hashing or signing. */
export type HashTag = (typeof HASH_TAGS)[number];

const TAGS: Record<HashTag, Uint8Array> = Object.fromEntries(
  HASH_TAGS.map((name) => [name, utf8(`mykey-ledger/v1/${name}\0`)]),
) as Record<HashTag, Uint8Array>;

let digest: (bytes: Uint8Array) => Uint8Array = portableSha256;

/**
 * Replaces the portable SHA-256 by a faster one (OpenSSL's is two to ten times as fast).
 * SHA-256 has one right answer, so this changes no verdict; it is checked all the same.
 * @throws Error when the implementation is wrong on a known answer (FIPS 180-4 examples).
 */
export function useSha256(implementation: (bytes: Uint8Array) => Uint8Array): void {
  const knownAnswers = [
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  ] as const;
  for (const [text, expectedHex] of knownAnswers) {
    if (!equalBytes(implementation(utf8(text)), fromHex(expectedHex))) {
      throw new Error("this SHA-256 gives wrong answers");
    }
  }
  digest = implementation;
}

/** SHA-256 without a tag: for trees (RFC 6962) and for what other standards define. */
export function sha256(bytes: Uint8Array): Hash {
  return digest(bytes);
}

/** `tag ‖ 0x00 ‖ parts…`, the bytes that `hash` digests and that signatures are made over. */
export function tagged(tag: HashTag, ...parts: Uint8Array[]): Uint8Array {
  return concatBytes(TAGS[tag], ...parts);
}

/** What is hashed: bytes, or the characters of a key, which are ASCII. */
type Part = Uint8Array | string;

/** Where short messages are put together, so that hashing one allocates nothing but its digest. */
const scratch = new Uint8Array(2048);
/** Its beginnings by their size, made when first needed: a view costs as much as a short hash. */
const beginnings: (Uint8Array | undefined)[] = new Array(scratch.length + 1).fill(undefined);
const NOTHING = new Uint8Array(0);

/** SHA-256 of parts one after the other, without a tag: for trees, and records on the disk. */
export function sha256OfParts(...parts: readonly Part[]): Hash {
  return digestOf(NOTHING, parts);
}

/** `SHA-256(tag ‖ 0x00 ‖ parts…)`. Callers pass parts of fixed size or one self-delimiting item. */
export function hash(tag: HashTag, ...parts: readonly Part[]): Hash {
  return digestOf(TAGS[tag], parts);
}

function digestOf(first: Uint8Array, parts: readonly Part[]): Hash {
  let sizeBytes = first.length;
  for (const part of parts) sizeBytes += part.length;
  const isShort = sizeBytes <= scratch.length;
  const message = isShort ? beginning(sizeBytes) : new Uint8Array(sizeBytes);
  message.set(first, 0);
  let at = first.length;
  for (const part of parts) {
    if (typeof part === "string") putAscii(message, part, at);
    else message.set(part, at);
    at += part.length;
  }
  return digest(message);
}

function beginning(sizeBytes: number): Uint8Array {
  const known = beginnings[sizeBytes];
  if (known !== undefined) return known;
  const made = scratch.subarray(0, sizeBytes);
  beginnings[sizeBytes] = made;
  return made;
}

function putAscii(message: Uint8Array, text: string, at: number): void {
  for (let i = 0; i < text.length; i++) {
    const codeUnit = text.charCodeAt(i);
    if (codeUnit > 0x7f) throw new RangeError("a key is ASCII");
    message[at + i] = codeUnit;
  }
}
