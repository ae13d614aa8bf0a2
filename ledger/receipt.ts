/**
 * Receipts: the proof that a transaction is in a committed block with a certain result, checkable
 * offline with the genesis alone.
 *
 *     receipt = [ version, transaction: bstr, index, count, path, result, resultPath,
 *                 header: bstr, certificate, certifiedHeader: bstr / null, historyPath ]
 *
 * The chain of proof, every link recomputed: transaction → leaf → transactionsRoot → header → block hash →
 * (historyRoot of a later header →) certificate → votes of a quorum of the membership.
 */
import {
  type BlockHeader,
  blockHash,
  decodeHeader,
  historyLeaf,
  resultLeaf,
  resultSchema,
} from "./block.ts";
import { equalBytes } from "./bytes.ts";
import { type Certificate, certificateSchema, verifyCertificate } from "./certificate.ts";
import { type FaultCode, LedgerFault } from "./faults.ts";
import { type Genesis, genesisMembership, networkIdOf } from "./genesis.ts";
import { HASH_SIZE_BYTES } from "./hash.ts";
import { BLOCK_TRANSACTIONS_MAX, TRANSACTION_SIZE_BYTES_MAX } from "./limits.ts";
import { verifyPath } from "./merkle.ts";
import { bytes, fromBytes, type Infer, list, nullable, record, toBytes, uint } from "./schema.ts";
import type { VerifySignature } from "./signature.ts";
import { decodeTransaction, type Transaction } from "./transaction.ts";

const RECEIPT_SIZE_BYTES_MAX = 2 * TRANSACTION_SIZE_BYTES_MAX;
const pathSchema = list(bytes(HASH_SIZE_BYTES), 64);

/** The receipt of one transaction. */
export const receiptSchema = record({
  version: uint(1, 1),
  transaction: bytes(1, TRANSACTION_SIZE_BYTES_MAX),
  index: uint(BLOCK_TRANSACTIONS_MAX),
  count: uint(BLOCK_TRANSACTIONS_MAX, 1),
  path: pathSchema,
  result: resultSchema,
  resultPath: pathSchema,
  header: bytes(1, 1024),
  certificate: certificateSchema,
  /** The certified header, when a later block than the transaction's carries the certificate. */
  certifiedHeader: nullable(bytes(1, 1024)),
  historyPath: pathSchema,
});
/** The receipt of one transaction. */
export type Receipt = Infer<typeof receiptSchema>;

/** What a receipt proves. */
export interface ProvenTransaction {
  readonly transaction: Transaction;
  /** `OK` or the fault code with which it was refused for ever. */
  readonly result: string;
  readonly header: BlockHeader;
  readonly certificate: Certificate;
}

/** Canonical bytes of a receipt. */
export function encodeReceipt(receipt: Receipt): Uint8Array {
  return toBytes(receiptSchema, receipt);
}

/** Receipt of canonical bytes. @throws LedgerFault `MALFORMED`, `TOO_LARGE` or `INVALID_FIELD`. */
export function decodeReceipt(receiptBytes: Uint8Array): Receipt {
  return fromBytes(receiptSchema, receiptBytes, RECEIPT_SIZE_BYTES_MAX);
}

/**
 * Checks a receipt against the genesis. The signatures inside the transaction need no check here: the
 * quorum that certified the block checked them, and they are part of the leaf.
 * @throws LedgerFault naming the link that is broken.
 */
export function verifyReceipt(
  receipt: Receipt,
  genesis: Genesis,
  verify: VerifySignature,
): ProvenTransaction {
  const header = decodeHeader(receipt.header);
  const { height } = header;
  const demand = (holds: boolean, code: FaultCode, link: string) => {
    if (!holds) throw new LedgerFault(code, { height, link });
  };
  const transaction = decodeTransaction(receipt.transaction);
  const networkId = networkIdOf(genesis);
  demand(equalBytes(transaction.envelope.networkId, networkId), "WRONG_NETWORK", "genesis");
  const { index, count, result } = receipt;
  demand(
    verifyPath(
      { hash: transaction.leaf, index, size: count },
      receipt.path,
      header.transactionsRoot,
    ),
    "PATH_INVALID",
    "transaction to header",
  );
  const leaf = resultLeaf({ index, count }, transaction.envelope.id, result);
  demand(
    verifyPath({ hash: leaf, index, size: count }, receipt.resultPath, header.resultsRoot),
    "PATH_INVALID",
    "result to header",
  );
  verifyFinality(receipt, header);
  const membership = genesisMembership(genesis);
  verifyCertificate(receipt.certificate, { networkId, membership, verify });
  return { transaction, result, header, certificate: receipt.certificate };
}

/** The certificate is for this block, or for a later one whose history holds this block. */
function verifyFinality(receipt: Receipt, header: BlockHeader): void {
  const { certificate, certifiedHeader, historyPath } = receipt;
  const own = blockHash(receipt.header);
  const certified = certifiedHeader === null ? header : decodeHeader(certifiedHeader);
  const certifiedHash = certifiedHeader === null ? own : blockHash(certifiedHeader);
  const isCertified =
    equalBytes(certificate.blockHash, certifiedHash) &&
    certificate.height === certified.height &&
    certificate.term === certified.term &&
    equalBytes(certificate.membershipHash, certified.membershipHash);
  if (!isCertified) {
    throw new LedgerFault("CERTIFICATE_INVALID", { height: header.height, reason: "other block" });
  }
  const leaf = { hash: historyLeaf(own), index: header.height, size: certified.height };
  const isLinked =
    certifiedHeader === null
      ? historyPath.length === 0
      : verifyPath(leaf, historyPath, certified.historyRoot);
  if (!isLinked) {
    throw new LedgerFault("PATH_INVALID", { height: header.height, link: "block to history" });
  }
}
