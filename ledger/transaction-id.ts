/**
 * Transaction ids: UUIDs that begin with the time of creation (RFC 9562), so that an id can only ever come
 * again within the short life of its transaction, and need not be remembered afterwards.
 *
 *     bytes 0–5    createdAtMs, big-endian
 *     byte 6       version in the high four bits, random below
 *     byte 8       binary 10 in the high two bits, random below
 *     the rest     random
 *
 * The version says how long an id is remembered: 7 for organisations (for ever, in the state), 8 for
 * card-signed transactions (until their time has passed). So no payment can carry an organisation's id.
 */
import { bytesOfSize } from "./bytes.ts";

/** Size of a transaction id, chosen and stored by the client before it sends. */
export const TRANSACTION_ID_SIZE_BYTES = 16;

/** How long a transaction may live, and how its id is remembered. */
export type Validity = "card" | "organisation";

const VERSIONS: Record<Validity, number> = { organisation: 7, card: 8 };
const TIME_SIZE_BYTES = 6;

/** A new id. @param random 16 bytes from the operating system's generator. */
export function makeTransactionId(
  validity: Validity,
  createdAtMs: number,
  random: Uint8Array,
): Uint8Array {
  const id = bytesOfSize(random, TRANSACTION_ID_SIZE_BYTES, "random").slice();
  let rest = createdAtMs;
  for (let i = TIME_SIZE_BYTES - 1; i >= 0; i--) {
    id[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  id[6] = (VERSIONS[validity] << 4) | ((id[6] ?? 0) & 0x0f);
  id[8] = 0x80 | ((id[8] ?? 0) & 0x3f);
  return id;
}

/** When a transaction with this id (hexadecimal) was made, ms. */
export function createdAtMsOf(id: string): number {
  return Number.parseInt(id.slice(0, 2 * TIME_SIZE_BYTES), 16);
}

/** When the card-signed transaction with this id (hexadecimal) was made, ms; null for an organisation's. */
export function paymentTimeMs(id: string): number | null {
  const version = Number.parseInt(id.charAt(2 * TIME_SIZE_BYTES), 16);
  return version === VERSIONS.card ? createdAtMsOf(id) : null;
}

/** True when the id has the form above, for that time and kind of transaction. */
export function isTransactionId(id: Uint8Array, validity: Validity, createdAtMs: number): boolean {
  let timeMs = 0;
  for (let i = 0; i < TIME_SIZE_BYTES; i++) timeMs = timeMs * 256 + (id[i] ?? 0);
  return (
    timeMs === createdAtMs && (id[6] ?? 0) >> 4 === VERSIONS[validity] && (id[8] ?? 0) >> 6 === 0b10
  );
}
