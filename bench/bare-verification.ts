/**
 * The floor: what OpenSSL takes to check the signatures of the payments and nothing else, one after the other
 * on one thread. Keys come as bytes, as they come to a node.
 */
import { verifySignature } from "../ledger/native/verify-signature.ts";
import type { SignedMessage } from "../ledger/signature.ts";
import { decodeTransaction, type SIGNER_KINDS, signaturesOf } from "../ledger/transaction.ts";

/** Who signs a payment. */
export type PaymentSigner = Exclude<(typeof SIGNER_KINDS)[number], "organisation">;

/** What that signer signed of each payment. */
export function signaturesBy(
  signer: PaymentSigner,
  payments: readonly Uint8Array[],
): SignedMessage[] {
  return payments.flatMap((payment) => {
    const transaction = decodeTransaction(payment);
    return signaturesOf(transaction).filter((_, i) => transaction.auth[i]?.kind === signer);
  });
}

/** CPU time of one check when all are checked once, µs. The process must do nothing else meanwhile. */
export function bareVerificationUs(signed: readonly SignedMessage[]): number {
  const before = process.cpuUsage();
  for (const one of signed) {
    if (!verifySignature(one)) throw new Error("a payment does not verify");
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / signed.length;
}
