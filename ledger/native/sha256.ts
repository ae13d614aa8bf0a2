/** SHA-256 by OpenSSL, several times as fast as the portable one. */
import { hash } from "node:crypto";
import { HASH_SIZE_BYTES } from "../hash.ts";

/**
 * SHA-256 in one call. The digest comes out as a string of 32 characters, one for each byte: making a Buffer
 * outside the heap costs as much again as hashing (0.33 µs against 0.75 µs for 140 bytes, Node 20).
 */
export function nativeSha256(bytes: Uint8Array): Uint8Array {
  const characters = hash("sha256", bytes, "binary");
  const digest = new Uint8Array(HASH_SIZE_BYTES);
  for (let i = 0; i < HASH_SIZE_BYTES; i++) digest[i] = characters.charCodeAt(i);
  return digest;
}
