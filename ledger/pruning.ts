/**
 * What is left of transactions and blocks when the witness is destroyed: enough for every hash and root in a header.
 *
 *     pruned transaction = [ public: bstr, witnessHash: bstr .size 32 ]      (transaction.ts)
 *     pruned block       = a block whose transactions are pruned, if they have anything to lose
 *
 * A transaction without a private part that no card signed has nothing to lose: organisations decide in the open, and
 * their signatures stay.
 */
import { type Block, encodeBlock } from "./block.ts";
import { decode, encode } from "./encoding.ts";
import { TRANSACTION_SIZE_BYTES_MAX } from "./limits.ts";
import {
  decodePrunedTransaction,
  decodeTransaction,
  type PrunedTransaction,
  type Transaction,
} from "./transaction.ts";

/** First byte of an array of two (RFC 8949 section 3.1): of three, for a whole transaction. */
const ARRAY_OF_TWO = 0x82;

/** True for the pruned form of a transaction. */
export function isPruned(transactionBytes: Uint8Array): boolean {
  return transactionBytes[0] === ARRAY_OF_TWO;
}

/** A transaction of a block, whole or pruned. @throws LedgerFault as `decodeTransaction`. */
export function decodeStored(transactionBytes: Uint8Array): Transaction | PrunedTransaction {
  return isPruned(transactionBytes)
    ? decodePrunedTransaction(transactionBytes)
    : decodeTransaction(transactionBytes);
}

/** True when a transaction is whole and has something that is to be destroyed one day. */
export function hasWitness(transactionBytes: Uint8Array): boolean {
  return !isPruned(transactionBytes) && bearsWitness(decodeTransaction(transactionBytes));
}

function bearsWitness({ privateBody, auth }: Transaction): boolean {
  return privateBody !== null || auth.some(({ kind }) => kind === "card");
}

/** The bytes of a transaction without its witness; the same bytes when it has none. */
export function prunedTransaction(transactionBytes: Uint8Array): Uint8Array {
  if (isPruned(transactionBytes)) return transactionBytes;
  const transaction = decodeTransaction(transactionBytes);
  if (!bearsWitness(transaction)) return transactionBytes;
  const [publicBytes = null] = decode(transactionBytes, TRANSACTION_SIZE_BYTES_MAX) as Uint8Array[];
  return encode([publicBytes, transaction.witnessHash]);
}

/** The bytes of a block without the witness of its transactions; it has the same hash. */
export function prunedBlock(block: Block): Uint8Array {
  const { headerBytes, proposalSignature, control, results } = block;
  const transactions = block.transactions.map(prunedTransaction);
  return encodeBlock({ headerBytes, proposalSignature, control, transactions, results });
}
