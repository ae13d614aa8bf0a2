/**
 * Sorting a million entries by the hash of their keys: hashes are uniform, so two counting passes over
 * their first four bytes leave almost nothing to compare (a comparing sort takes ten times as long).
 */
import { HASH_SIZE_BYTES } from "../../ledger/hash.ts";
import { compareKeyHash, ENTRY_SIZE_BYTES } from "./state-tree-node.ts";

const DIGITS = 65_536;

/** The entries in ascending order of key hash. @throws RangeError when a key is there twice. */
export function sortEntries(entries: Uint8Array): Uint8Array {
  const count = entries.length / ENTRY_SIZE_BYTES;
  const order = orderByDigit(entries, orderByDigit(entries, identity(count), 2), 0);
  const sorted = new Uint8Array(entries.length);
  order.forEach((index, rank) => {
    const from = index * ENTRY_SIZE_BYTES;
    const entry = entries.subarray(from, from + ENTRY_SIZE_BYTES);
    insert(sorted, rank * ENTRY_SIZE_BYTES, entry);
  });
  return sorted;
}

function identity(count: number): Uint32Array {
  return new Uint32Array(count).map((_, index) => index);
}

/** A stable order by the two bytes at an offset of the key hash. */
function orderByDigit(entries: Uint8Array, order: Uint32Array, offset: number): Uint32Array {
  const digitAt = (index: number) => {
    const at = index * ENTRY_SIZE_BYTES + offset;
    return (entries[at] ?? 0) * 256 + (entries[at + 1] ?? 0);
  };
  const starts = new Uint32Array(DIGITS + 1);
  for (const index of order) starts[digitAt(index) + 1] = (starts[digitAt(index) + 1] ?? 0) + 1;
  for (let digit = 1; digit < DIGITS; digit++) {
    starts[digit] = (starts[digit] ?? 0) + (starts[digit - 1] ?? 0);
  }
  const ordered = new Uint32Array(order.length);
  for (const index of order) {
    const digit = digitAt(index);
    const place = starts[digit] ?? 0;
    ordered[place] = index;
    starts[digit] = place + 1;
  }
  return ordered;
}

/** Puts an entry at a position, or before those in front of it that share its first bytes and are larger. */
function insert(sorted: Uint8Array, position: number, entry: Uint8Array): void {
  const keyHash = entry.subarray(0, HASH_SIZE_BYTES);
  let at = position;
  while (at > 0) {
    const order = compareKeyHash(sorted, at - ENTRY_SIZE_BYTES, keyHash);
    if (order === 0) throw new RangeError("a key is there twice");
    if (order < 0) break;
    sorted.copyWithin(at, at - ENTRY_SIZE_BYTES, at);
    at -= ENTRY_SIZE_BYTES;
  }
  sorted.set(entry, at);
}
