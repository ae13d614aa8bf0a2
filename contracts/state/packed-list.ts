/**
 * Entries in one byte string, the newest first. A record keeps like this what is seldom read: it is then decoded
 * as fast as if it were not there.
 *
 *     packed = [ size: 2 bytes, big-endian; entry ]*
 */

const SIZE_SIZE_BYTES = 2;

/**
 * Puts entries in front, all of them; older ones stay as long as they fit into so many bytes.
 * @throws RangeError when an entry is too long.
 */
export function prepend(
  packed: Uint8Array,
  entries: readonly Uint8Array[],
  olderSizeBytesMax: number,
): Uint8Array {
  let newerSizeBytes = 0;
  for (const { length } of entries) newerSizeBytes += SIZE_SIZE_BYTES + length;
  const older = packed.subarray(0, endOfNewest(packed, olderSizeBytesMax));
  const joined = new Uint8Array(newerSizeBytes + older.length);
  let at = 0;
  for (const entry of entries) {
    if (entry.length > 0xff_ff) throw new RangeError(`an entry of ${entry.length} bytes`);
    joined[at] = entry.length >> 8;
    joined[at + 1] = entry.length & 0xff;
    joined.set(entry, at + SIZE_SIZE_BYTES);
    at += SIZE_SIZE_BYTES + entry.length;
  }
  joined.set(older, at);
  return joined;
}

/** Packs entries, the newest first. @throws RangeError when one is too long. */
export function pack(entries: readonly Uint8Array[]): Uint8Array {
  return prepend(new Uint8Array(0), entries, 0);
}

/** The entries, the newest first. */
export function unpack(packed: Uint8Array): Uint8Array[] {
  const entries: Uint8Array[] = [];
  for (let at = 0; at < packed.length; at = endOfEntry(packed, at)) {
    entries.push(packed.subarray(at + SIZE_SIZE_BYTES, endOfEntry(packed, at)));
  }
  return entries;
}

/** Where the last entry ends that still lies within so many bytes. */
function endOfNewest(packed: Uint8Array, sizeBytesMax: number): number {
  if (packed.length <= sizeBytesMax) return packed.length;
  let end = 0;
  for (let next = endOfEntry(packed, 0); next <= sizeBytesMax; next = endOfEntry(packed, next)) {
    end = next;
  }
  return end;
}

function endOfEntry(packed: Uint8Array, at: number): number {
  return at + SIZE_SIZE_BYTES + (packed[at] ?? 0) * 256 + (packed[at + 1] ?? 0);
}
