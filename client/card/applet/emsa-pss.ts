import { createHash } from "node:crypto";

const ENCODED_BYTES = 256;
const HASH_BYTES = 32;
const TRAILER = 0xbc;

/**
 * EMSA-PSS with SHA-256 and MGF1-SHA-256 for a 2048-bit key, RFC 8017 section 9.1.1, from a digest
 * that is already there: Node's own PSS signing insists on hashing the message itself.
 */
export function encodePss(digest: Uint8Array, salt: Uint8Array): Uint8Array {
  const hash = sha256(new Uint8Array(8), digest, salt);
  const block = Buffer.alloc(ENCODED_BYTES - HASH_BYTES - 1);
  block[block.length - salt.length - 1] = 0x01;
  block.set(salt, block.length - salt.length);
  const mask = mgf1(hash, block.length);
  for (const [index, byte] of mask.entries()) block[index] = (block[index] ?? 0) ^ byte;
  // emBits is 2047: the leftmost bit is zero.
  block[0] = (block[0] ?? 0) & 0x7f;
  return Buffer.concat([block, hash, Buffer.of(TRAILER)]);
}

/** RFC 8017 appendix B.2.1. */
function mgf1(seed: Uint8Array, sizeBytes: number): Buffer {
  const parts: Buffer[] = [];
  for (let counter = 0; counter * HASH_BYTES < sizeBytes; counter++) {
    const suffix = Buffer.alloc(4);
    suffix.writeUInt32BE(counter);
    parts.push(sha256(seed, suffix));
  }
  return Buffer.concat(parts).subarray(0, sizeBytes);
}

function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}
