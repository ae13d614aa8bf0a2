/**
 * Takes a mistaken payment back (PAY_VOID): whole, on the same day, signed by the terminal alone, since nobody but the payer can
 * gain by it. What the ledger wants to see of the payment stands in its receipt, which any node gives: the terminal keeps none.
 */
import { anyPayment } from "../../contracts/spending/payment.ts";
import { toHex } from "../../ledger/bytes.ts";
import { type CborValue, decode } from "../../ledger/encoding.ts";
import { networkIdOf } from "../../ledger/genesis.ts";
import { TRANSACTION_SIZE_BYTES_MAX } from "../../ledger/limits.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { decodeReceipt, verifyReceipt } from "../../ledger/receipt.ts";
import { ClientError } from "../client-fault.ts";
import { firstAnswer } from "../sdk/first-answer.ts";
import { type Decision, submitTransaction } from "../sdk/submit.ts";
import { signDraft } from "../sdk/transaction-builder.ts";
import { askNetworkTime } from "./network-time.ts";
import type { Terminal } from "./terminal-folder.ts";

/** Types of transactions that are taken back so. */
const PAYMENTS: readonly string[] = ["PAY", "FEE_PAY"];

/** What was taken back, and what the ledger says to it. */
export interface VoidedPayment {
  readonly amountPt: number;
  readonly decision: Decision;
}

/**
 * Takes back the payment with that id (hexadecimal). To do it again is harmless: a payment is taken back once.
 * @throws LedgerFault `NOT_FOUND`; ClientError `NOT_A_PAYMENT`, `UNDECIDED` as `submitTransaction`.
 */
export async function voidPayment(terminal: Terminal, id: string): Promise<VoidedPayment> {
  const { nodes, genesis, till } = terminal;
  const receipt = decodeReceipt(await firstAnswer(nodes, (node) => node.receipt(id)));
  const { transaction } = verifyReceipt(receipt, genesis, verifySignature);
  const isAsked = transaction.id === id && PAYMENTS.includes(transaction.envelope.type);
  if (!isAsked) throw new ClientError("NOT_A_PAYMENT", { id });
  const payment = anyPayment.fromCbor(transaction.privateBody, "payment");
  const body = {
    payment: anyPayment.toJson(payment),
    salt: toHex(saltOf(transaction.bytes)),
    terminal: till.terminal,
  };
  const { nowMs } = await askNetworkTime(nodes);
  const context = { networkId: networkIdOf(genesis), nowMs: nowMs() };
  const { bytes } = await signDraft(
    { type: "PAY_VOID", public: {}, private: body },
    [till.key],
    context,
  );
  return {
    amountPt: payment.amountPt,
    decision: await submitTransaction(bytes, { nodes, genesis }),
  };
}

/** Of a transaction that was decoded, so that its parts are what they must be (ledger/transaction.ts). */
function saltOf(transactionBytes: Uint8Array): Uint8Array {
  const [, privateBytes] = decode(transactionBytes, TRANSACTION_SIZE_BYTES_MAX) as CborValue[];
  const [salt] = decode(privateBytes as Uint8Array, TRANSACTION_SIZE_BYTES_MAX) as CborValue[];
  return salt as Uint8Array;
}
