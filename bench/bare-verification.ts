/**
 * The floor: what OpenSSL takes to check the signatures of the payments and nothing else, one after the other
 * on one thread. Keys come as bytes, as they come to a node.
 */
import { verifySignature } from "../ledger/native/verify-signature.ts";
import type { SignedMessage } from "../ledger/signature.ts";
import { decodeTransaction, type SIGNER_KINDS, signaturesOf } from "../ledger/transaction.ts";

/** Who signs a payment. */
export type PaymentSigner = Exclude<(typeof SIGNER_KINDS)[number], "organisation">;

/** Below this the clock of the kernel is too coarse, ms. */
const MEASURED_MS_MIN = 500;

/** CPU time of one check, µs, over the signatures of that signer on the payments. */
export function bareVerificationUs(payments: readonly Uint8Array[], signer: PaymentSigner): number {
  const signed = payments.flatMap((payment) => signatureOf(payment, signer));
  checkAll(signed);
  let checks = 0;
  const began = process.cpuUsage();
  const beganMs = performance.now();
  while (performance.now() - beganMs < MEASURED_MS_MIN) {
    checkAll(signed);
    checks += signed.length;
  }
  const { user, system } = process.cpuUsage(began);
  return (user + system) / checks;
}

function signatureOf(payment: Uint8Array, signer: PaymentSigner): SignedMessage[] {
  const transaction = decodeTransaction(payment);
  return signaturesOf(transaction).filter((_, i) => transaction.auth[i]?.kind === signer);
}

function checkAll(signed: readonly SignedMessage[]): void {
  for (const one of signed) {
    if (!verifySignature(one)) throw new Error("a payment that was committed does not verify");
  }
}
