/**
 * Heads of CBOR items (RFC 8949 section 3): which of them our encoding has, and each in its shortest form. Depth and
 * number of items are bounded here, where nothing has been made of them yet.
 */
import { ENCODING_DEPTH_MAX, ENCODING_ITEMS_MAX } from "./limits.ts";

/** The upper three bits of an item's first byte (RFC 8949 section 3.1). */
export const MAJOR = { unsigned: 0, bytes: 2, text: 3, array: 4 } as const;
/** The items that are no more than their first byte. */
export const ITEM = { false: 0xf4, true: 0xf5, null: 0xf6 } as const;
/** The lower five bits: up to here the argument itself, above it in the 1, 2, 4 or 8 bytes that follow. */
const DIRECT_ARGUMENT_MAX = 23;
/** The lower five bits of a head with an argument of 8 bytes. */
export const ARGUMENT_8_BYTES = 27;

/** Bytes of the shortest form of an argument that does not fit into the first byte: 1, 2, 4 or 8. Else 0. */
export function argumentSize(argument: number): number {
  if (argument <= DIRECT_ARGUMENT_MAX) return 0;
  if (argument < 2 ** 8) return 1;
  if (argument < 2 ** 16) return 2;
  return argument < 2 ** 32 ? 4 : 8;
}

/**
 * Goes from head to head. The library obeys every tag that it knows and has no switch for it: a quarter of a
 * megabyte that says "big integer" takes it a minute.
 */
export class CborHeads {
  readonly #bytes: Uint8Array;
  #items = 0;
  /** Whether all text so far is ASCII, as nearly all is: other text must encode to the very bytes it came from. */
  isAscii = true;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Where the item that begins at `start` ends. Throws unless it is one that we allow, and all of it is there. */
  endOfItem(start: number): number {
    const bytes = this.#bytes;
    /** How many items are still to come of each array that is open. */
    const missing: number[] = [];
    let at = start;
    do {
      const first = bytes[at] ?? 0;
      const major = first >> 5;
      const argument = this.#argument(at, first);
      at += 1 + argumentSize(argument);
      if (major === MAJOR.text) this.isAscii &&= isAsciiFrom(bytes, at, argument);
      if (major === MAJOR.text || major === MAJOR.bytes) at += argument;
      if (at > bytes.length) throw new Error("the end is missing");
      if (major === MAJOR.array) open(missing, argument);
      while (missing.length > 0 && isLast(missing)) missing.pop();
    } while (missing.length > 0);
    return at;
  }

  /** The argument of an allowed item in its shortest form; 0 for what has none. */
  #argument(at: number, first: number): number {
    this.#items += 1;
    if (this.#items > ENCODING_ITEMS_MAX) throw new Error("too many items");
    if (first >= ITEM.false && first <= ITEM.null) return 0;
    const info = first & 0x1f;
    if (!isOurKind(first >> 5) || info > ARGUMENT_8_BYTES) {
      throw new Error(`item 0x${first.toString(16)} is not part of this encoding`);
    }
    if (info <= DIRECT_ARGUMENT_MAX) return info;
    const sizeBytes = 1 << (info - DIRECT_ARGUMENT_MAX - 1);
    let argument = 0;
    for (let i = at + 1; i <= at + sizeBytes; i++) {
      argument = argument * 256 + (this.#bytes[i] ?? 0);
    }
    if (argumentSize(argument) !== sizeBytes) {
      throw new Error("an integer or length is not in its shortest form");
    }
    if (argument > Number.MAX_SAFE_INTEGER) throw new Error("an integer is not safe");
    return argument;
  }
}

/** Opens an array: its own head is the first that is taken off. */
function open(missing: number[], items: number): void {
  if (missing.length === ENCODING_DEPTH_MAX) throw new Error("arrays are nested too deeply");
  missing.push(items + 1);
}

/** Takes an item off the innermost array; true when it was the last: then the array itself is an item that has come. */
function isLast(missing: number[]): boolean {
  const innermost = missing.length - 1;
  const left = (missing[innermost] ?? 0) - 1;
  missing[innermost] = left;
  return left === 0;
}

function isAsciiFrom(bytes: Uint8Array, at: number, length: number): boolean {
  const end = Math.min(at + length, bytes.length);
  for (let i = at; i < end; i++) if ((bytes[i] ?? 0) > 0x7f) return false;
  return true;
}

function isOurKind(major: number): boolean {
  return major === MAJOR.unsigned || (major >= MAJOR.bytes && major <= MAJOR.array);
}
