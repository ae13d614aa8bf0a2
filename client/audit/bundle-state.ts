/**
 * The state that a bundle begins with, when what is private of earlier blocks is destroyed and they cannot be executed
 * again. Nothing of it is believed: the header of its block, which the certificate covers, names its root.
 *
 *     state.cbor = CBOR sequence of byte strings: header of the block, then the chunks of the state after it
 */
import { MemoryState } from "../../contracts/state/state.ts";
import { decodeHeader } from "../../ledger/block.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { decodeChunk, type StateRecord } from "../../ledger/state-chunk.ts";
import { readBlocks } from "./block-sequence.ts";
import { type Bundle, STATE_FILE } from "./bundle.ts";

/** A state, and of which block it is said to be. */
export interface BundleState {
  readonly height: number;
  readonly state: MemoryState;
}

/** The state of a bundle; null when it has none. @throws LedgerFault `MALFORMED`, `TOO_LARGE`. */
export async function readState(bundle: Bundle): Promise<BundleState | null> {
  if (!(await bundle.fileNames()).includes(STATE_FILE)) return null;
  let height: number | null = null;
  const records: StateRecord[] = [];
  for await (const item of readBlocks(bundle.read(STATE_FILE))) {
    if (height === null) ({ height } = decodeHeader(item));
    else for (const one of decodeChunk(item, records.at(-1)?.[0] ?? "")) records.push(one);
  }
  if (height === null)
    throw new LedgerFault("MALFORMED", { problem: "a state begins with a header" });
  return { height, state: new MemoryState(records) };
}
