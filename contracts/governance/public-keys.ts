/** Public keys of officers and nodes: each is used once, by one of them, for ever. */
import { toHex } from "../../ledger/bytes.ts";
import type { View } from "../declaration.ts";
import type { StateKey } from "../state/key-space.ts";
import { KEY, NODE_KEY } from "../state/state-records.ts";

/** The state keys that tell whether a public key was ever used, and under which it is taken. */
export function keysOfPublicKey(publicKey: Uint8Array): StateKey<unknown>[] {
  const hex = toHex(publicKey);
  return [KEY.key(hex), NODE_KEY.key(hex)];
}

/** Whether a public key was ever used. */
export function isUsedKey(view: View, publicKey: Uint8Array): boolean {
  return keysOfPublicKey(publicKey).some((key) => view.get(key) !== null);
}
