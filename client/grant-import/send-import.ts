/**
 * The import goes to the ledger, batch after batch. There is no journal of what was sent: the ledger is it. The same bytes
 * sent again give their first result, so whoever was stopped at any instant begins again and ends exactly once.
 */
import { ACCEPTED } from "../../ledger/block.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { type Decision, type SubmitContext, submitTransaction } from "../sdk/submit.ts";
import type { GrantsFile, SignedBatch } from "./grants-file.ts";

/** What became of a batch. */
export interface BatchOutcome {
  readonly batch: SignedBatch;
  readonly id: string;
  /** `OK`, or why all of it was refused. */
  readonly result: string;
  /** Of the block that holds it; null when no node took it. */
  readonly height: number | null;
}

/**
 * Sends every batch and proves its fate.
 * @throws ClientError `UNDECIDED`: send the file again.
 */
export async function sendImport(
  { batches }: GrantsFile,
  context: SubmitContext,
  onProgress: (done: number, all: number) => void,
): Promise<BatchOutcome[]> {
  const outcomes: BatchOutcome[] = [];
  for (const batch of batches) {
    onProgress(outcomes.length, batches.length);
    const { id, bytes } = batch.partly.transaction;
    const { result, height } = await fateOf(bytes, context);
    outcomes.push({ batch, id, result, height });
  }
  onProgress(batches.length, batches.length);
  return outcomes;
}

/** True when every batch was granted. */
export function isAllGranted(outcomes: readonly BatchOutcome[]): boolean {
  return outcomes.every(({ result }) => result === ACCEPTED);
}

async function fateOf(
  bytes: Uint8Array,
  context: SubmitContext,
): Promise<Pick<Decision, "result"> & { readonly height: number | null }> {
  try {
    return await submitTransaction(bytes, context);
  } catch (error) {
    // No node takes it: its day is over, or a signature is missing.
    if (error instanceof LedgerFault) return { result: error.code, height: null };
    throw error;
  }
}
