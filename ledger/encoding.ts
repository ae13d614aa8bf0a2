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
 * A library makes values of bytes; what is canonical is decided here, whatever it is lenient about: every head is
 * checked before the library sees it (docs/decisions/0007-strict-cbor.md).
 */
import { Encoder } from "cbor-x/encode";
import { equalBytes } from "./bytes.ts";
import { CborHeads } from "./cbor-heads.ts";
import { writeCbor } from "./cbor-writer.ts";
import { LedgerFault } from "./faults.ts";

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
  return writeCbor(value);
}

/**
 * The value of canonical bytes. Byte strings in it are views of them: whoever keeps a short one for long
 * copies it.
 * @throws LedgerFault `MALFORMED` when the bytes are not the one encoding of an allowed value;
 *   `TOO_LARGE` when there are more than `sizeBytesMax`.
 */
export function decode(bytes: Uint8Array, sizeBytesMax: number): CborValue {
  return read(bytes, sizeBytesMax, (plain) => {
    const heads = new CborHeads(plain);
    if (heads.endOfItem(0) !== plain.length) throw new Error("bytes after the end");
    const value: CborValue = library.decode(plain);
    if (!heads.isAscii && !equalBytes(encode(value), plain)) {
      throw new Error("text is not exact UTF-8");
    }
    return value;
  });
}

/**
 * The items of a CBOR sequence (RFC 8742), each as its bytes: views of those given. Whether text in them is exact
 * is found when they are decoded.
 * @throws LedgerFault as `decode`.
 */
export function splitSequence(bytes: Uint8Array, sizeBytesMax: number): Uint8Array[] {
  return read(bytes, sizeBytesMax, (plain) => {
    const items: Uint8Array[] = [];
    const heads = new CborHeads(plain);
    for (let at = 0; at < plain.length; ) {
      const end = heads.endOfItem(at);
      items.push(plain.subarray(at, end));
      at = end;
    }
    return items;
  });
}

function read<T>(bytes: Uint8Array, sizeBytesMax: number, readPlain: (plain: Uint8Array) => T): T {
  if (bytes.length > sizeBytesMax) {
    throw new LedgerFault("TOO_LARGE", { sizeBytes: bytes.length, sizeBytesMax });
  }
  // A view: the library leaves a property on what it reads, and a Buffer would give Buffers.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  try {
    return readPlain(plain);
  } catch (error) {
    throw new LedgerFault("MALFORMED", { cause: error, problem: String(error) });
  }
}
