/** The door of a node for one transaction alone. */
import assert from "node:assert/strict";
import { LedgerFault } from "../../ledger/faults.ts";
import type { Admission, Admitted } from "../../node/admission.ts";
import type { Decision } from "../../node/mempool.ts";

/** Lets a transaction in. @throws LedgerFault when the door refuses it. */
export async function admitOne(admission: Admission, transaction: Uint8Array): Promise<Admitted> {
  const [judged] = await admission.admit([transaction]);
  if (judged instanceof LedgerFault) throw judged;
  assert.ok(judged !== undefined);
  return judged;
}

/** The decision on one that was let in; null when there is none in time. */
export async function decisionOnOne(
  admission: Admission,
  admitted: Admitted,
  waitMs: number,
): Promise<Decision | null> {
  const [decision = null] = await admission.wait([admitted], waitMs);
  return decision;
}
