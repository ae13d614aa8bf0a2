/**
 * Keys that sign again and again, kept as OpenSSL wants them: importing an Ed25519 key costs more than a check
 * with it, and a terminal's twice as much. Residents' keys are not kept: most residents pay rarely.
 */
import type { KeyObject } from "node:crypto";

/** Keys kept in a thread, some 4 KiB each: the terminals of a large city. */
const KEPT_MAX = 8192;

const kept = new Map<string, KeyObject>();

/** The key of these bytes, made when it is not kept. What `make` throws is thrown, and nothing kept. */
export function preparedKey(publicKey: Uint8Array, make: () => KeyObject): KeyObject {
  const name = Buffer.from(publicKey.buffer, publicKey.byteOffset, publicKey.length).toString(
    "latin1",
  );
  const known = kept.get(name);
  if (known !== undefined) return known;
  const key = make();
  if (kept.size >= KEPT_MAX) dropOldest();
  kept.set(name, key);
  return key;
}

function dropOldest(): void {
  const [oldest] = kept.keys();
  if (oldest !== undefined) kept.delete(oldest);
}
