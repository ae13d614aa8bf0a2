/**
 * The one encoding of the ledger: deterministic CBOR (RFC 8949 section 4.2.1) restricted to
 * unsigned integers, byte strings, text, arrays, booleans and null, all of definite length.
 *
 * One value ↔ one byte string. What would let two byte strings mean the same value is refused:
 * longer forms of integers and lengths, indefinite lengths, floats (1.0 beside 1), tags, maps (order,
 * duplicates), `undefined`, text that is not exact UTF-8 (a byte order mark or a replaced byte would
 * vanish), bytes after the end. Depth and number of items have limits of their own: where the stack or
 * the memory of a runtime ends, nodes would differ. Vectors, right and wrong: test/vectors/encoding.json.
 *
 * Why not a library: docs/decisions/0007-strict-cbor.md.
 */
import { asciiText, equalBytes, utf8 } from "./bytes.ts";
import { LedgerFault } from "./faults.ts";
import { ENCODING_DEPTH_MAX, ENCODING_ITEMS_MAX } from "./limits.ts";

/** Whatever the encoding can hold. Integers are safe and not negative. */
export type CborValue = number | string | boolean | null | Uint8Array | readonly CborValue[];

/** The upper three bits of an item's first byte (RFC 8949 section 3.1). */
const MAJOR = { unsigned: 0, bytes: 2, text: 3, array: 4 } as const;
/** The lower five: up to here the argument itself, above it in the 1, 2, 4 or 8 bytes that follow. */
const DIRECT_ARGUMENT_MAX = 23;
const ARGUMENT_1_BYTE = 24;
const ARGUMENT_2_BYTES = 25;
const ARGUMENT_4_BYTES = 26;
const ARGUMENT_8_BYTES = 27;

const ITEM_FALSE = 0xf4;
const ITEM_TRUE = 0xf5;
const ITEM_NULL = 0xf6;

const TWO_TO_32 = 0x1_00_00_00_00;
const BYTE_ORDER_MARK = "\uFEFF";

/**
 * The canonical bytes of a value.
 * @throws TypeError or RangeError for what would not come back: a number that is not a safe unsigned
 *   integer, a lone surrogate, another kind of value, too deep, too many items.
 */
export function encode(value: CborValue): Uint8Array {
  return new Encoder().encode(value);
}

/**
 * The value of canonical bytes. Byte strings in it are views of them: whoever keeps a short one for long
 * copies it.
 * @throws LedgerFault `MALFORMED` when the bytes are not the one encoding of an allowed value;
 *   `TOO_LARGE` when there are more than `sizeBytesMax`.
 */
export function decode(bytes: Uint8Array, sizeBytesMax: number): CborValue {
  const decoder = decoderOf(bytes, sizeBytesMax);
  try {
    const value = decoder.item(0);
    if (!decoder.isAtEnd) throw new Error("bytes after the end");
    return value;
  } catch (error) {
    throw malformed(error);
  }
}

/**
 * The items of a CBOR sequence (RFC 8742), each as its bytes: views of those given.
 * @throws LedgerFault as `decode`.
 */
export function splitSequence(bytes: Uint8Array, sizeBytesMax: number): Uint8Array[] {
  const decoder = decoderOf(bytes, sizeBytesMax);
  try {
    const items: Uint8Array[] = [];
    while (!decoder.isAtEnd) items.push(decoder.itemBytes());
    return items;
  } catch (error) {
    throw malformed(error);
  }
}

function decoderOf(bytes: Uint8Array, sizeBytesMax: number): Decoder {
  if (bytes.length > sizeBytesMax) {
    throw new LedgerFault("TOO_LARGE", { sizeBytes: bytes.length, sizeBytesMax });
  }
  // A Buffer would give byte strings that are Buffers.
  const isPlain = bytes.constructor === Uint8Array;
  return new Decoder(
    isPlain ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length),
  );
}

function malformed(error: unknown): LedgerFault {
  return new LedgerFault("MALFORMED", { cause: error, problem: String(error) });
}

/** Reads items one after the other. Throws plain errors that say what is not canonical. */
class Decoder {
  readonly #bytes: Uint8Array;
  #at = 0;
  #items = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** The bytes of the next item, whatever it holds. */
  itemBytes(): Uint8Array {
    const start = this.#at;
    this.item(0);
    return this.#bytes.subarray(start, this.#at);
  }

  /** The next item. @param depth arrays around it. */
  item(depth: number): CborValue {
    this.#items += 1;
    if (this.#items > ENCODING_ITEMS_MAX) throw new Error("too many items");
    const first = this.#byte();
    switch (first >> 5) {
      case MAJOR.unsigned:
        return this.#argument(first);
      case MAJOR.bytes:
        return this.#take(this.#argument(first));
      case MAJOR.text:
        return decodeText(this.#take(this.#argument(first)));
      case MAJOR.array:
        return this.#array(this.#argument(first), depth);
      default:
        return simpleValue(first);
    }
  }

  #array(length: number, depth: number): CborValue[] {
    if (depth === ENCODING_DEPTH_MAX) throw new Error("arrays are nested too deeply");
    // Every item has a byte at least: nobody reserves memory with a few of them.
    if (length > this.#bytes.length - this.#at) throw new Error("bytes are missing at the end");
    const items = new Array<CborValue>(length);
    for (let i = 0; i < length; i++) items[i] = this.item(depth + 1);
    return items;
  }

  /** An integer or length, in its shortest form. */
  #argument(first: number): number {
    const info = first & 0x1f;
    if (info <= DIRECT_ARGUMENT_MAX) return info;
    switch (info) {
      case ARGUMENT_1_BYTE:
        return above(DIRECT_ARGUMENT_MAX, this.#byte());
      case ARGUMENT_2_BYTES:
        return above(0xff, this.#uint16());
      case ARGUMENT_4_BYTES:
        return above(0xff_ff, this.#uint32());
      case ARGUMENT_8_BYTES:
        return above(TWO_TO_32 - 1, this.#uint32() * TWO_TO_32 + this.#uint32());
      default:
        throw new Error("a length is not definite");
    }
  }

  #uint32(): number {
    return this.#uint16() * 0x1_00_00 + this.#uint16();
  }

  #uint16(): number {
    return this.#byte() * 0x1_00 + this.#byte();
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new Error("bytes are missing at the end");
    this.#at += 1;
    return byte;
  }

  #take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new Error("bytes are missing at the end");
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

/** What is not above the largest value of the next shorter form has a longer form than it needs. */
function above(shorterMax: number, argument: number): number {
  if (argument <= shorterMax) throw new Error("an integer or length is not in its shortest form");
  if (argument > Number.MAX_SAFE_INTEGER) throw new Error("an integer is not safe");
  return argument;
}

function simpleValue(first: number): boolean | null {
  switch (first) {
    case ITEM_FALSE:
      return false;
    case ITEM_TRUE:
      return true;
    case ITEM_NULL:
      return null;
    default:
      throw new Error(`item 0x${first.toString(16)} is not part of this encoding`);
  }
}

/** Short texts are made in one call; nearly all there is, is ASCII. */
const SHORT_TEXT_SIZE_BYTES_MAX = 1024;

function decodeText(bytes: Uint8Array): string {
  if (bytes.length > SHORT_TEXT_SIZE_BYTES_MAX || !isAscii(bytes)) return decodeUtf8(bytes);
  return asciiText(bytes);
}

function isAscii(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if ((bytes[i] ?? 0) > 0x7f) return false;
  return true;
}

/** Reads leniently; then the text must encode to the very bytes that it came from. */
function decodeUtf8(bytes: Uint8Array): string {
  let text = "";
  let at = 0;
  while (at < bytes.length) {
    const first = bytes[at] ?? 0;
    const size = utf8SizeBytes(first);
    let codePoint = size === 1 ? first : first & (0xff >> (size + 1));
    for (let i = 1; i < size; i++) codePoint = (codePoint << 6) | ((bytes[at + i] ?? 0) & 0x3f);
    text += String.fromCodePoint(codePoint);
    at += size;
  }
  if (text.startsWith(BYTE_ORDER_MARK) || !equalBytes(utf8(text), bytes)) {
    throw new Error("text is not exact UTF-8");
  }
  return text;
}

/** Bytes of the character that begins with this byte. */
function utf8SizeBytes(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}

/** What UTF-8 cannot say, or what a decoder would drop: a lone surrogate, a leading byte order mark. */
const INEXACT_TEXT = /\p{Surrogate}|^\uFEFF/u;

/** Where values are put together; it grows to the largest so far, and values are copied out of it. */
let scratch: Uint8Array = new Uint8Array(64 * 1024);
/** Writes one value. */
class Encoder {
  #at = 0;
  #items = 0;

  encode(value: CborValue): Uint8Array {
    this.#item(value, 0);
    return scratch.slice(0, this.#at);
  }

  #item(value: unknown, depth: number): void {
    this.#items += 1;
    if (this.#items > ENCODING_ITEMS_MAX) throw new RangeError("too many items");
    if (typeof value === "number") this.#head(MAJOR.unsigned, value);
    else if (typeof value === "string") this.#text(value);
    else if (value instanceof Uint8Array) this.#string(MAJOR.bytes, value);
    else if (Array.isArray(value)) this.#array(value, depth);
    else this.#byte(itemOf(value));
  }

  #array(items: readonly unknown[], depth: number): void {
    if (depth === ENCODING_DEPTH_MAX) throw new RangeError("arrays are nested too deeply");
    this.#head(MAJOR.array, items.length);
    for (const item of items) this.#item(item, depth + 1);
  }

  /** Nearly all text is ASCII: written as such until a character is not, and then anew. */
  #text(text: string): void {
    const start = this.#at;
    this.#head(MAJOR.text, text.length);
    this.#reserve(text.length);
    for (let i = 0; i < text.length; i++) {
      const codeUnit = text.charCodeAt(i);
      if (codeUnit > 0x7f) {
        this.#at = start;
        this.#unicode(text);
        return;
      }
      scratch[this.#at + i] = codeUnit;
    }
    this.#at += text.length;
  }

  #unicode(text: string): void {
    if (INEXACT_TEXT.test(text)) throw new RangeError("text is not exact in UTF-8");
    this.#string(MAJOR.text, utf8(text));
  }

  #string(major: number, bytes: Uint8Array): void {
    this.#head(major, bytes.length);
    this.#reserve(bytes.length);
    scratch.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** Major type and argument, in its shortest form. */
  #head(major: number, argument: number): void {
    if (!Number.isSafeInteger(argument) || argument < 0 || Object.is(argument, -0)) {
      throw new RangeError(`${argument} is not a safe unsigned integer`);
    }
    const kind = major << 5;
    if (argument <= DIRECT_ARGUMENT_MAX) {
      this.#byte(kind | argument);
    } else if (argument <= 0xff) {
      this.#byte(kind | ARGUMENT_1_BYTE);
      this.#byte(argument);
    } else if (argument <= 0xff_ff) {
      this.#byte(kind | ARGUMENT_2_BYTES);
      this.#uint16(argument);
    } else if (argument < TWO_TO_32) {
      this.#byte(kind | ARGUMENT_4_BYTES);
      this.#uint32(argument);
    } else {
      this.#byte(kind | ARGUMENT_8_BYTES);
      this.#uint32(Math.floor(argument / TWO_TO_32));
      this.#uint32(argument % TWO_TO_32);
    }
  }

  #uint32(value: number): void {
    this.#uint16(value >>> 16);
    this.#uint16(value & 0xff_ff);
  }

  #uint16(value: number): void {
    this.#byte(value >> 8);
    this.#byte(value & 0xff);
  }

  #byte(byte: number): void {
    this.#reserve(1);
    scratch[this.#at] = byte;
    this.#at += 1;
  }

  #reserve(sizeBytes: number): void {
    const needed = this.#at + sizeBytes;
    if (needed <= scratch.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * scratch.length));
    larger.set(scratch.subarray(0, this.#at));
    scratch = larger;
  }
}

function itemOf(value: unknown): number {
  if (value === null) return ITEM_NULL;
  if (typeof value !== "boolean") {
    throw new TypeError(`a value of type ${typeof value} has no encoding`);
  }
  return value ? ITEM_TRUE : ITEM_FALSE;
}
