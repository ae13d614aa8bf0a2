/**
 * Byte strings: comparison, joining, and the guards that every other file uses.
 *
 * A guard names the argument that is wrong and throws `TypeError` (wrong kind) or `RangeError`
 * (wrong value): a programmer's error, never an answer to somebody's input.
 */
import {
  bytesToHex,
  utf8ToBytes as encodeUtf8,
  hexToBytes as parseHex,
} from "@noble/hashes/utils.js";

const HEX_DIGITS: readonly number[] = [...encodeUtf8("0123456789abcdef")];
/** Longest text that is put together in one go: the digits of hashes, ids, Ed25519 keys and signatures. */
const SHORT_LENGTH_MAX = 128;
/** Where its characters are put, by their number, made when first needed: of lists a text is made faster than of bytes. */
const shortLists: (number[] | undefined)[] = new Array(SHORT_LENGTH_MAX + 1).fill(undefined);

function shortList(length: number): number[] {
  const known = shortLists[length];
  if (known !== undefined) return known;
  const made = new Array<number>(length).fill(0);
  shortLists[length] = made;
  return made;
}

/**
 * Lower-case hexadecimal, two digits a byte. Short ones are made as one string: as a sum of many, it would keep
 * all of them alive as long as itself, which for a hash is 680 bytes instead of 80.
 */
export function toHex(bytes: Uint8Array): string {
  if (2 * bytes.length > SHORT_LENGTH_MAX) return bytesToHex(bytes);
  const digits = shortList(2 * bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    digits[2 * i] = HEX_DIGITS[byte >> 4] ?? 0;
    digits[2 * i + 1] = HEX_DIGITS[byte & 0x0f] ?? 0;
  }
  return String.fromCharCode.apply(null, digits);
}

/** The text of bytes from `start` to `end` as one string; null when it is not ASCII, or too long to be made so. */
export function shortAscii(bytes: Uint8Array, start: number, end: number): string | null {
  if (end - start > SHORT_LENGTH_MAX) return null;
  const characters = shortList(end - start);
  for (let i = start; i < end; i++) {
    const character = bytes[i] ?? 0;
    if (character > 0x7f) return null;
    characters[i - start] = character;
  }
  return String.fromCharCode.apply(null, characters);
}

/** The text of ASCII bytes, some hundred at most, as one string. */
export function asciiText(bytes: Uint8Array): string {
  return String.fromCharCode.apply(null, bytes as unknown as number[]);
}

/** The bytes of a hexadecimal string. @throws Error when it is not hexadecimal. */
export function fromHex(hex: string): Uint8Array {
  return parseHex(hex);
}

/** The UTF-8 bytes of a string. */
export function utf8(text: string): Uint8Array {
  return encodeUtf8(text);
}

/** The parts one after the other, as new bytes. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let sizeBytes = 0;
  for (const part of parts) sizeBytes += part.length;
  const joined = new Uint8Array(sizeBytes);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** True when both have the same bytes. Not constant-time: nothing compared here is secret. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Lexicographic order of unsigned bytes, shorter first: the one order of the ledger. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Returns `value` when it is a byte string of `sizeBytes` bytes. */
export function bytesOfSize(value: unknown, sizeBytes: number, name: string): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new TypeError(`${name} must be bytes`);
  if (value.length !== sizeBytes) {
    throw new RangeError(`${name} must have ${sizeBytes} bytes, has ${value.length}`);
  }
  return value;
}
