/**
 * A piece of a state on its way to another node or to an auditor: some records, in order of key.
 *
 *     chunk = 1 * ( key size (2 bytes) ‖ key ‖ value size (4 bytes) ‖ value )      big-endian
 *
 * Not CBOR: a state has millions of records, and nothing here needs to be told apart but two byte strings.
 */
import { asciiText, utf8 } from "./bytes.ts";
import { LedgerFault } from "./faults.ts";

/** A chunk is full beyond this size: at 100 Mbit/s it holds a heartbeat up for 20 ms. */
export const CHUNK_SIZE_BYTES: number = 256 * 1024;
/** No chunk is larger: the last record of a full one may be long. */
export const CHUNK_SIZE_BYTES_MAX: number = 4 * CHUNK_SIZE_BYTES;

/** As long as a database's keys can be. */
const KEY_SIZE_BYTES_MAX = 512;
const KEY_FIELD_BYTES = 2;
const VALUE_FIELD_BYTES = 4;

/** A record of the state. */
export type StateRecord = readonly [key: string, value: Uint8Array];

/** Bytes that a record takes in a chunk; keys are ASCII. */
export function recordSizeBytes([key, value]: StateRecord): number {
  return KEY_FIELD_BYTES + key.length + VALUE_FIELD_BYTES + value.length;
}

/** The bytes of a chunk of records, which are in order of key. */
export function encodeChunk(records: readonly StateRecord[]): Uint8Array {
  const chunk = new Uint8Array(records.reduce((sum, one) => sum + recordSizeBytes(one), 0));
  const view = new DataView(chunk.buffer);
  let at = 0;
  for (const [key, value] of records) {
    view.setUint16(at, key.length);
    chunk.set(utf8(key), at + KEY_FIELD_BYTES);
    at += KEY_FIELD_BYTES + key.length;
    view.setUint32(at, value.length);
    chunk.set(value, at + VALUE_FIELD_BYTES);
    at += VALUE_FIELD_BYTES + value.length;
  }
  return chunk;
}

/**
 * The records of a chunk, whose keys rise and are all above `after`.
 * @throws LedgerFault `MALFORMED` when it is none.
 */
export function decodeChunk(chunk: Uint8Array, after: string): StateRecord[] {
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
  const records: StateRecord[] = [];
  let last = after;
  try {
    for (let at = 0; at < chunk.length; ) {
      const keyEnd = at + KEY_FIELD_BYTES + view.getUint16(at);
      const valueStart = keyEnd + VALUE_FIELD_BYTES;
      const key = asciiOf(chunk.subarray(at + KEY_FIELD_BYTES, keyEnd));
      at = valueStart + view.getUint32(keyEnd);
      if (at > chunk.length || key <= last) throw new RangeError(`no record behind ${last}`);
      records.push([key, chunk.slice(valueStart, at)]);
      last = key;
    }
  } catch (error) {
    if (error instanceof RangeError) throw new LedgerFault("MALFORMED", { cause: error });
    throw error;
  }
  return records;
}

function asciiOf(bytes: Uint8Array): string {
  if (bytes.length > KEY_SIZE_BYTES_MAX) throw new RangeError("a state key is short");
  const key = asciiText(bytes);
  if (/[^ -~]/.test(key)) throw new RangeError("a state key is printable ASCII");
  return key;
}
