/**
 * The one encoding of the ledger: deterministic CBOR (RFC 8949 section 4.2.1) restricted to
 * unsigned integers, byte strings, text, arrays, booleans and null, all of definite length.
 *
 * One value ↔ one byte string. What would let two byte strings mean the same value is refused:
 * longer forms of integers and lengths, indefinite lengths, floats (1.0 beside 1), tags, maps (order,
 * duplicates), `undefined`, text that is not exact UTF-8 (a byte order mark or a replaced byte would
 * vanish), bytes after the end. Vectors, right and wrong: test/vectors/encoding.json.
 */
import { decode as cborDecode, encode as cborEncode, type Token, Tokenizer } from "cborg";
import { equalBytes, utf8 } from "./bytes.ts";
import { LedgerFault } from "./faults.ts";

/** Whatever the encoding can hold. Integers are safe and not negative. */
export type CborValue = number | string | boolean | null | Uint8Array | readonly CborValue[];

/** The canonical bytes of a value. @throws RangeError for a number that is not a safe unsigned integer. */
export function encode(value: CborValue): Uint8Array {
  assertEncodable(value);
  return cborEncode(value);
}

/**
 * The value of canonical bytes.
 * @throws LedgerFault `MALFORMED` when the bytes are not the one encoding of an allowed value;
 *   `TOO_LARGE` when there are more than `sizeBytesMax`.
 */
export function decode(bytes: Uint8Array, sizeBytesMax: number): CborValue {
  if (bytes.length > sizeBytesMax) {
    throw new LedgerFault("TOO_LARGE", { sizeBytes: bytes.length, sizeBytesMax });
  }
  try {
    return cborDecode(bytes, { ...STRICT, tokenizer: new StrictTokenizer(bytes, STRICT) });
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

/** cborg's tokenizer, limited to the kinds of items above. */
class StrictTokenizer extends Tokenizer {
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
    return token;
  }
}

/** The decoded text must encode to the very bytes that it came from. ASCII, nearly all there is, does. */
function assertExactText(token: Token): void {
  const bytes: Uint8Array | undefined = token.byteValue;
  if (bytes !== undefined && isAscii(bytes)) return;
  if (bytes === undefined || !equalBytes(utf8(String(token.value)), bytes)) {
    throw new Error("text is not exact UTF-8");
  }
}

function isAscii(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if ((bytes[i] ?? 0) > 0x7f) return false;
  return true;
}

function assertEncodable(value: CborValue): void {
  if (typeof value === "number" && !(Number.isSafeInteger(value) && value >= 0)) {
    throw new RangeError(`${value} is not a safe unsigned integer`);
  }
  if (Array.isArray(value)) for (const item of value) assertEncodable(item);
}
