/** Runs on a worker thread: checks a batch of signatures, answers 1 or 0 for each. */
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { unpackSigned } from "./signature-batch.ts";

/** The worker's task. The name is what the pool calls. */
export function verifyBatch(packed: Uint8Array): Uint8Array {
  const verdicts: number[] = [];
  for (const signed of unpackSigned(packed)) verdicts.push(verifySignature(signed) ? 1 : 0);
  return Uint8Array.from(verdicts);
}
