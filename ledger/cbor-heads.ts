/** Heads of CBOR items (RFC 8949 section 3): those that our encoding has. */

/** The upper three bits of an item's first byte (RFC 8949 section 3.1). */
export const MAJOR = { unsigned: 0, bytes: 2, text: 3, array: 4 } as const;
/** The items that are no more than their first byte. */
export const ITEM = { false: 0xf4, true: 0xf5, null: 0xf6 } as const;
/** The lower five bits: up to here the argument itself, above it in the 1, 2, 4 or 8 bytes that follow. */
export const DIRECT_ARGUMENT_MAX = 23;
/** The lower five bits of a head with an argument of 8 bytes. */
export const INFO_8_BYTES = 27;

/** Bytes of the shortest form of an argument that does not fit into the first byte: 1, 2, 4 or 8. Else 0. */
export function argumentSize(argument: number): number {
  if (argument <= DIRECT_ARGUMENT_MAX) return 0;
  if (argument < 2 ** 8) return 1;
  if (argument < 2 ** 16) return 2;
  return argument < 2 ** 32 ? 4 : 8;
}
