/** Runs on a worker thread: checks a batch of signatures, answers true or false for each. */
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import type { SignedMessage } from "../../ledger/signature.ts";

/** The worker's task. The name is what the pool calls. */
export function verifyBatch(batch: readonly SignedMessage[]): boolean[] {
  return batch.map(verifySignature);
}
