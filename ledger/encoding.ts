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
 * A library makes values of bytes and bytes of values; what is canonical is decided here, whatever it is lenient
 * about (docs/decisions/0007-strict-cbor.md). Every head is checked before the library sees it, every value after.
 */
import { Encoder } from "cbor-x/encode";
import { equalBytes } from "./bytes.ts";
import { LedgerFault } from "./faults.ts";
import { ENCODING_DEPTH_MAX, ENCODING_ITEMS_MAX } from "./limits.ts";

/** Whatever the encoding can hold. Integers are safe and not negative. */
export type CborValue = number | string | boolean | null | Uint8Array | readonly CborValue[];

/** Without the library's extensions: no records, and byte strings are major type 2 without a tag. */
const PLAIN_CBOR = { useRecords: false, tagUint8Array: false, int64AsNumber: true };
const library = new Encoder(PLAIN_CBOR);

/**
 * The canonical bytes of a value.
 * @throws TypeError or RangeError for what would not come back: a number that is not a safe unsigned
 *   integer, a lone surrogate, another kind of value, too deep, too many items.
 */
export function encode(value: CborValue): Uint8Array {
  // A copy: the library gives a view of a buffer that it fills with many.
  return new Uint8Array(write(value));
}

/**
 * The value of canonical bytes. Byte strings in it are views of them: whoever keeps a short one for long
 * copies it.
 * @throws LedgerFault `MALFORMED` when the bytes are not the one encoding of an allowed value;
 *   `TOO_LARGE` when there are more than `sizeBytesMax`.
 */
export function decode(bytes: Uint8Array, sizeBytesMax: number): CborValue {
  return read(bytes, sizeBytesMax, (plain, isAscii) => {
    const value: CborValue = library.decode(plain);
    if (isAscii) new Walk().visit(value, 0);
    else if (!equalBytes(write(value), plain)) throw new Error("text is not exact UTF-8");
    return value;
  });
}

/**
 * The items of a CBOR sequence (RFC 8742), each as its bytes: views of those given.
 * @throws LedgerFault as `decode`.
 */
export function splitSequence(bytes: Uint8Array, sizeBytesMax: number): Uint8Array[] {
  return read(bytes, sizeBytesMax, (plain) => {
    const items: Uint8Array[] = [];
    if (plain.length === 0) return items;
    let at = 0;
    library.decodeMultiple(plain, (value: CborValue) => {
      const canonical = write(value);
      const item = plain.subarray(at, at + canonical.length);
      if (!equalBytes(canonical, item)) throw new Error("not the canonical bytes of the value");
      items.push(item);
      at += item.length;
    });
    return items;
  });
}

function read<T>(
  bytes: Uint8Array,
  sizeBytesMax: number,
  decodePlain: (plain: Uint8Array, isAscii: boolean) => T,
): T {
  if (bytes.length > sizeBytesMax) {
    throw new LedgerFault("TOO_LARGE", { sizeBytes: bytes.length, sizeBytesMax });
  }
  // A view: the library leaves a property on what it reads, and a Buffer would give Buffers.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  try {
    return decodePlain(plain, checkHeads(plain).isAscii);
  } catch (error) {
    throw new LedgerFault("MALFORMED", { cause: error, problem: String(error) });
  }
}

/** The upper three bits of an item's first byte (RFC 8949 section 3.1). */
const MAJOR = { unsigned: 0, bytes: 2, text: 3, array: 4 } as const;
/** The lower five: up to here the argument itself, above it in the 1, 2, 4 or 8 bytes that follow. */
const DIRECT_ARGUMENT_MAX = 23;
const ARGUMENT_8_BYTES = 27;
const ITEM_FALSE = 0xf4;
const ITEM_NULL = 0xf6;

/** The least argument that needs 1, 2, 4 or 8 bytes; a smaller one has a shorter form. */
const LEAST_OF_SIZE: Readonly<Record<number, number>> = {
  1: 24,
  2: 2 ** 8,
  4: 2 ** 16,
  8: 2 ** 32,
};

/**
 * Goes from head to head; throws unless each is of our kinds and in its shortest form. The library obeys every tag
 * that it knows and has no switch for it: a quarter of a megabyte that says "big integer" takes it a minute.
 * @returns whether all text is ASCII, as nearly all is: other text must encode to the very bytes it came from.
 */
function checkHeads(bytes: Uint8Array): { isAscii: boolean } {
  let items = 0;
  let isAscii = true;
  let at = 0;
  while (at < bytes.length) {
    items += 1;
    if (items > ENCODING_ITEMS_MAX) throw new Error("too many items");
    const first = bytes[at] ?? 0;
    if (!isOurKind(first)) {
      throw new Error(`item 0x${first.toString(16)} is not part of this encoding`);
    }
    const info = first & 0x1f;
    const sizeBytes = info <= DIRECT_ARGUMENT_MAX ? 0 : 1 << (info - DIRECT_ARGUMENT_MAX - 1);
    const argument = sizeBytes === 0 ? info : argumentOf(bytes, at + 1, sizeBytes);
    at += 1 + sizeBytes;
    const major = first >> 5;
    if (major === MAJOR.text) isAscii &&= isAsciiFrom(bytes, at, argument);
    if (major === MAJOR.text || major === MAJOR.bytes) at += argument;
  }
  return { isAscii };
}

function argumentOf(bytes: Uint8Array, at: number, sizeBytes: number): number {
  let argument = 0;
  for (let i = at; i < at + sizeBytes; i++) argument = argument * 256 + (bytes[i] ?? 0);
  if (argument < (LEAST_OF_SIZE[sizeBytes] ?? 0)) {
    throw new Error("an integer or length is not in its shortest form");
  }
  return argument;
}

function isAsciiFrom(bytes: Uint8Array, at: number, length: number): boolean {
  const end = Math.min(at + length, bytes.length);
  for (let i = at; i < end; i++) if ((bytes[i] ?? 0) > 0x7f) return false;
  return true;
}

function isOurKind(first: number): boolean {
  const major = first >> 5;
  if (major === MAJOR.unsigned || (major >= MAJOR.bytes && major <= MAJOR.array)) {
    return (first & 0x1f) <= ARGUMENT_8_BYTES;
  }
  return first >= ITEM_FALSE && first <= ITEM_NULL;
}

/** The canonical bytes, until the next call. */
function write(value: CborValue): Uint8Array {
  const walk = new Walk();
  walk.visit(value, 0);
  return library.encode(walk.hasWide ? widened(value) : value);
}

/** What UTF-8 cannot say, or what a decoder would drop: a lone surrogate, a leading byte order mark. */
const INEXACT_TEXT = /\p{Surrogate}|^\uFEFF/u;
const UINT32_MAX = 0xff_ff_ff_ff;

/** A walk over one value; nothing is copied. `visit` throws what `encode` throws. */
class Walk {
  #items = 0;
  /** True once an integer above 32 bits has come by. */
  hasWide = false;

  visit(value: unknown, depth: number): void {
    this.#items += 1;
    if (this.#items > ENCODING_ITEMS_MAX) throw new RangeError("too many items");
    if (typeof value === "number") this.#visitInteger(value);
    else if (typeof value === "string") {
      if (INEXACT_TEXT.test(value)) throw new RangeError("text is not exact in UTF-8");
    } else if (Array.isArray(value)) {
      if (depth === ENCODING_DEPTH_MAX) throw new RangeError("arrays are nested too deeply");
      for (let i = 0; i < value.length; i++) this.visit(value[i], depth + 1);
    } else if (value !== null && typeof value !== "boolean" && !(value instanceof Uint8Array)) {
      throw new TypeError(`a value of type ${typeof value} has no encoding`);
    }
  }

  #visitInteger(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0 || Object.is(value, -0)) {
      throw new RangeError(`${value} is not a safe unsigned integer`);
    }
    if (value > UINT32_MAX) this.hasWide = true;
  }
}

/** The library would write a number above 32 bits as a float, a bigint as the integer that it is. */
function widened(value: unknown): unknown {
  if (typeof value === "number" && value > UINT32_MAX) return BigInt(value);
  return Array.isArray(value) ? value.map(widened) : value;
}
