/**
 * The one encoding of the ledger: deterministic CBOR (RFC 8949 section 4.2.1) restricted to
 * unsigned integers, byte strings, text, arrays, booleans and null, all of definite length.
 *
 * One value ↔ one byte string. What would let two byte strings mean the same value is refused:
 * longer forms of integers and lengths, indefinite lengths, floats (1.0 beside 1), tags, maps (order,
 * duplicates), `undefined`, text that is not exact UTF-8 (a byte order mark or a replaced byte would
 * vanish), bytes after the end. Depth and number of items have limits of their own: where the stack or
 * the memory of a runtime ends, nodes would differ. Vectors, right and wrong: test/vectors/encoding.json.
 */
import { decode as cborDecode, encode as cborEncode, type Token, Tokenizer } from "cborg";
import { equalBytes, utf8 } from "./bytes.ts";
import { LedgerFault } from "./faults.ts";
import { ENCODING_DEPTH_MAX, ENCODING_ITEMS_MAX } from "./limits.ts";

/** Whatever the encoding can hold. Integers are safe and not negative. */
export type CborValue = number | string | boolean | null | Uint8Array | readonly CborValue[];

/**
 * The canonical bytes of a value.
 * @throws TypeError or RangeError for what would not come back: a number that is not a safe unsigned
 *   integer, a lone surrogate, another kind of value, too deep, too many items.
 */
export function encode(value: CborValue): Uint8Array {
  if (countItems(value, 0) > ENCODING_ITEMS_MAX) throw new RangeError("too many items");
  return cborEncode(value);
}

/**
 * The value of canonical bytes. Byte strings in it are copies.
 * @throws LedgerFault `MALFORMED` when the bytes are not the one encoding of an allowed value;
 *   `TOO_LARGE` when there are more than `sizeBytesMax`.
 */
export function decode(bytes: Uint8Array, sizeBytesMax: number): CborValue {
  if (bytes.length > sizeBytesMax) {
    throw new LedgerFault("TOO_LARGE", { sizeBytes: bytes.length, sizeBytesMax });
  }
  // A Buffer would give byte strings that share its memory.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  try {
    return cborDecode(plain, { ...STRICT, tokenizer: new StrictTokenizer(plain, STRICT) });
  } catch (error) {
    throw new LedgerFault("MALFORMED", { cause: error, problem: String(error) });
  }
}

const STRICT = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowBigInt: false,
  retainStringBytes: true,
};

const MAJOR_UNSIGNED = 0;
const MAJOR_BYTES = 2;
const MAJOR_TEXT = 3;
const MAJOR_ARRAY = 4;
const BYTE_FALSE = 0xf4;
const BYTE_NULL = 0xf6;
const NO_BYTES = new Uint8Array(0);

/** cborg's tokenizer, limited to the kinds of items above, and in depth and number. */
class StrictTokenizer extends Tokenizer {
  #items = 0;
  /** How many items each array around the next item still waits for, outermost first. */
  readonly #open: number[] = [];

  override next(): Token {
    const first = this.data[this.pos()] ?? BYTE_NULL;
    const major = first >> 5;
    const allowed =
      major === MAJOR_UNSIGNED ||
      (major >= MAJOR_BYTES && major <= MAJOR_ARRAY) ||
      (first >= BYTE_FALSE && first <= BYTE_NULL);
    if (!allowed) throw new Error(`item 0x${first.toString(16)} is not part of this encoding`);
    const token = super.next();
    if (major === MAJOR_TEXT) assertExactText(token);
    this.#place(major === MAJOR_ARRAY ? Number(token.value) : null);
    return token;
  }

  /** Counts an item and follows the arrays around it. @param length of an array, null for others. */
  #place(length: number | null): void {
    this.#items += 1;
    if (this.#items > ENCODING_ITEMS_MAX) throw new Error("too many items");
    let innermost = this.#open.pop();
    while (innermost === 0) innermost = this.#open.pop();
    if (innermost !== undefined) this.#open.push(innermost - 1);
    if (length === null) return;
    if (this.#open.length === ENCODING_DEPTH_MAX) throw new Error("arrays are nested too deeply");
    this.#open.push(length);
  }
}

/** The decoded text must encode to the very bytes that it came from. ASCII, nearly all there is, does. */
function assertExactText(token: Token): void {
  // cborg retains no bytes for the empty text.
  const bytes: Uint8Array = token.byteValue ?? NO_BYTES;
  if (isAscii(bytes)) return;
  if (!equalBytes(utf8(String(token.value)), bytes)) throw new Error("text is not exact UTF-8");
}

function isAscii(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if ((bytes[i] ?? 0) > 0x7f) return false;
  return true;
}

/** What UTF-8 cannot say, or what a decoder would drop: a lone surrogate, a leading byte order mark. */
const INEXACT_TEXT = /\p{Surrogate}|^\uFEFF/u;

/** Items in a value, itself included. @throws TypeError or RangeError when it cannot be encoded. */
function countItems(value: unknown, depth: number): number {
  if (Array.isArray(value)) {
    if (depth === ENCODING_DEPTH_MAX) throw new RangeError("arrays are nested too deeply");
    let items = 1;
    for (const item of value) items += countItems(item, depth + 1);
    return items;
  }
  assertEncodable(value);
  return 1;
}

function assertEncodable(value: unknown): void {
  if (value === null || typeof value === "boolean" || value instanceof Uint8Array) return;
  if (typeof value === "string") {
    if (INEXACT_TEXT.test(value)) throw new RangeError("text is not exact in UTF-8");
  } else if (typeof value !== "number") {
    throw new TypeError(`a value of type ${typeof value} has no encoding`);
  } else if (!Number.isSafeInteger(value) || value < 0 || Object.is(value, -0)) {
    throw new RangeError(`${value} is not a safe unsigned integer`);
  }
}
