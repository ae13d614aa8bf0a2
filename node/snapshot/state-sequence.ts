/** The state that this node offers, for auditors: what blocks are executed on when earlier ones cannot be any more. */
import { LedgerFault } from "../../ledger/faults.ts";
import { KEYS } from "../storage/buckets.ts";
import type { Database } from "../storage/database.ts";
import type { Manifest } from "./manifest.ts";

/**
 * The header of the snapshot's block, then the chunks of the state after it.
 * @throws LedgerFault `NOT_FOUND` on the way, when another snapshot has taken its place.
 */
export function* stateSequence(
  database: Database,
  { header: { height }, headerBytes, chunks }: Manifest,
): Generator<Uint8Array, void> {
  yield headerBytes;
  for (let number = 0; number < chunks.length; number++) {
    const chunk = database.get(KEYS.chunk(height, number));
    if (chunk === undefined) throw new LedgerFault("NOT_FOUND", { height, number });
    yield chunk;
  }
}
