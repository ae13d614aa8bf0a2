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
 * Reader and writer are our own (docs/decisions/0007-strict-cbor.md).
 */
import { CborReader } from "./cbor-reader.ts";
import { writeCbor } from "./cbor-writer.ts";
import { LedgerFault } from "./faults.ts";

/** Whatever the encoding can hold. Integers are safe and not negative. */
export type CborValue = number | string | boolean | null | Uint8Array | readonly CborValue[];

/**
 * The canonical bytes of a value.
 * @throws TypeError or RangeError for what would not come back: a number that is not a safe unsigned
 *   integer, a lone surrogate, another kind of value, too deep, too many items.
 */
export function encode(value: CborValue): Uint8Array {
  return writeCbor(value);
}

/**
 * The value of canonical bytes. Byte strings in it are views of them: whoever keeps a short one for long
 * copies it.
 * @throws LedgerFault `MALFORMED` when the bytes are not the one encoding of an allowed value;
 *   `TOO_LARGE` when there are more than `sizeBytesMax`.
 */
export function decode(bytes: Uint8Array, sizeBytesMax: number): CborValue {
  return read(bytes, sizeBytesMax, (reader) => {
    const value = reader.readValue();
    if (!reader.isAtEnd) throw new Error("bytes after the end");
    return value;
  });
}

/**
 * The items of a CBOR sequence (RFC 8742), each as its bytes: views of those given. Whether text in them is exact
 * is found when they are decoded.
 * @throws LedgerFault as `decode`.
 */
export function splitSequence(bytes: Uint8Array, sizeBytesMax: number): Uint8Array[] {
  return read(bytes, sizeBytesMax, (reader) => {
    const items: Uint8Array[] = [];
    while (!reader.isAtEnd) items.push(reader.readItem());
    return items;
  });
}

function read<T>(bytes: Uint8Array, sizeBytesMax: number, readFrom: (reader: CborReader) => T): T {
  if (bytes.length > sizeBytesMax) {
    throw new LedgerFault("TOO_LARGE", { sizeBytes: bytes.length, sizeBytesMax });
  }
  try {
    return readFrom(new CborReader(bytes));
  } catch (error) {
    throw new LedgerFault("MALFORMED", { cause: error, problem: String(error) });
  }
}
