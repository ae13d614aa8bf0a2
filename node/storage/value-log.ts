/**
 * Values in files of their own, of which the database keeps the places: each is written once, and not again whenever
 * tables are merged (Lu et al., WiscKey: Separating Keys from Values in SSD-conscious Storage, FAST 2016, section 3).
 *
 * A place says what lies there too: SHA-256 of key and value. So bytes of another value, of an earlier one, or of another
 * file are noticed, and a value needs nothing around it. Nothing is scanned at a start: what a crash left behind the last
 * value that a record names is never read.
 *
 * Invariant: only the last segment grows; of another one, less and less is needed.
 */
import { KEYS } from "./buckets.ts";
import { CHECKSUM_SIZE_BYTES, checksumOf, hasChecksum, StorageError } from "./record.ts";
import type { Segments } from "./segments.ts";

/** A value that does not fit goes into the next segment; one that is larger has a segment to itself. */
export const SEGMENT_SIZE_BYTES_MAX: number = 64 * 1024 * 1024;

/** Where a value lies, and what it is. */
export interface Place {
  readonly segment: number;
  readonly offset: number;
  readonly sizeBytes: number;
  readonly checksum: Uint8Array;
}

/** Begins the record of a place: no value begins with it, which is a block, a CBOR array. */
const PLACE_TAG = 0;
const SEGMENT_AT = 1;
const OFFSET_AT = 5;
const SIZE_AT = 9;
const CHECKSUM_AT = 13;

/** `0 ‖ segment ‖ offset ‖ size (4 bytes each) ‖ checksum (8 bytes)`. */
export function encodePlace({ segment, offset, sizeBytes, checksum }: Place): Uint8Array {
  const bytes = new Uint8Array(CHECKSUM_AT + CHECKSUM_SIZE_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, PLACE_TAG);
  view.setUint32(SEGMENT_AT, segment);
  view.setUint32(OFFSET_AT, offset);
  view.setUint32(SIZE_AT, sizeBytes);
  bytes.set(checksum, CHECKSUM_AT);
  return bytes;
}

/** The place in a record; null when the record is a value itself, as builds wrote it that knew no segments. */
export function decodePlace(payload: Uint8Array): Place | null {
  if (payload[0] !== PLACE_TAG) return null;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  return {
    segment: view.getUint32(SEGMENT_AT),
    offset: view.getUint32(OFFSET_AT),
    sizeBytes: view.getUint32(SIZE_AT),
    checksum: payload.subarray(CHECKSUM_AT),
  };
}

/** True for keys whose values lie here: blocks. */
export function isSeparated(key: string): boolean {
  return KEYS.block(0) <= key && key < KEYS.blocksEnd;
}

/** The value at a place. @throws StorageError `RECORD_DAMAGED` when it does not lie there. */
export function readValue(
  segments: Pick<Segments, "read">,
  key: string,
  { segment, offset, sizeBytes, checksum }: Place,
): Uint8Array {
  const value = segments.read(segment, offset, sizeBytes);
  if (value.length !== sizeBytes || !hasChecksum(key, value, checksum)) {
    const what = `the value of ${key} in segment ${segment} on this node's disk is damaged`;
    throw StorageError.lost("RECORD_DAMAGED", what);
  }
  return value;
}

/** The values of one database. */
export class ValueLog {
  readonly #segments: Segments;
  readonly #segmentSizeBytesMax: number;
  #last: number;
  /** Where the last segment ends. */
  #end: number;

  private constructor(segments: Segments, segmentSizeBytesMax: number, last: number, end: number) {
    this.#segments = segments;
    this.#segmentSizeBytesMax = segmentSizeBytesMax;
    this.#last = last;
    this.#end = end;
  }

  /** Goes on where the last segment ends. */
  static async open(
    segments: Segments,
    segmentSizeBytesMax: number = SEGMENT_SIZE_BYTES_MAX,
  ): Promise<ValueLog> {
    const sizes = await segments.sizes();
    const last = Math.max(0, ...sizes.keys());
    return new ValueLog(segments, segmentSizeBytesMax, last, sizes.get(last) ?? 0);
  }

  /** The segment that grows; 0 when there is none. */
  get last(): number {
    return this.#last;
  }

  /** Adds values by key, one call at a time. They are on the disk when it resolves. @returns their places by key. */
  async append(values: ReadonlyMap<string, Uint8Array>): Promise<ReadonlyMap<string, Place>> {
    const places = new Map<string, Place>();
    let gathered: Uint8Array[] = [];
    let end = this.#end;
    for (const [key, value] of values) {
      if (this.#last === 0 || (end > 0 && end + value.length > this.#segmentSizeBytesMax)) {
        await this.#add(gathered);
        await this.#begin();
        gathered = [];
        end = 0;
      }
      const checksum = checksumOf(key, value);
      places.set(key, { segment: this.#last, offset: end, sizeBytes: value.length, checksum });
      gathered.push(value);
      end += value.length;
    }
    await this.#add(gathered);
    return places;
  }

  /** Nothing is added any more to what is there now. */
  async rotate(): Promise<void> {
    if (this.#end > 0) await this.#begin();
  }

  /** The value at a place. @throws StorageError `RECORD_DAMAGED` when it does not lie there. */
  read(key: string, place: Place): Uint8Array {
    return readValue(this.#segments, key, place);
  }

  /** How long each segment is, bytes, by number. */
  sizes(): Promise<ReadonlyMap<number, number>> {
    return this.#segments.sizes();
  }

  /** Removes a segment of which nothing is needed, and not the last. */
  remove(segment: number): Promise<void> {
    return this.#segments.remove(segment);
  }

  close(): Promise<void> {
    return this.#segments.close();
  }

  async #begin(): Promise<void> {
    await this.#segments.create(this.#last + 1);
    this.#last += 1;
    this.#end = 0;
  }

  async #add(values: readonly Uint8Array[]): Promise<void> {
    const [first] = values;
    if (first === undefined) return;
    const bytes = values.length === 1 ? first : Buffer.concat(values);
    await this.#segments.append(this.#last, this.#end, bytes);
    this.#end += bytes.length;
  }
}
