/**
 * Receipts: the proof that a transaction is in a committed block with a certain result, checkable
 * offline with the genesis alone.
 *
 *     receipt = [ version, transaction: bstr, index, count, path, result, resultPath,
 *                 header: bstr, certificate, certifiedHeader: bstr / null, historyPath, memberships ]
 *
 * The chain of proof, every link recomputed: transaction → leaf → transactionsRoot → header → block hash →
 * (historyRoot of a later header →) certificate → votes of a quorum of the membership (→ the certificates that
 * led to it from the genesis membership).
 */
import { type BlockHeader, resultLeaf, resultSchema } from "./block.ts";
import { equalBytes } from "./bytes.ts";
import { type Certificate, type SignatureContext, verifyCertificate } from "./certificate.ts";
import { type FaultCode, LedgerFault } from "./faults.ts";
import { finalityFields, pathSchema, verifyFinality } from "./finality.ts";
import { type Genesis, genesisMembership, networkIdOf } from "./genesis.ts";
import {
  BLOCK_TRANSACTIONS_MAX,
  RECEIPT_SIZE_BYTES_MAX,
  TRANSACTION_SIZE_BYTES_MAX,
} from "./limits.ts";
import type { Membership } from "./membership.ts";
import { membershipProofSchema, verifyMembershipProof } from "./membership-proof.ts";
import { verifyPath } from "./merkle.ts";
import { bytes, fromBytes, type Infer, record, toBytes, uint } from "./schema.ts";
import type { VerifySignature } from "./signature.ts";
import { decodeTransaction, type Transaction } from "./transaction.ts";

/** The receipt of one transaction. */
export const receiptSchema = record({
  version: uint(1, 1),
  transaction: bytes(1, TRANSACTION_SIZE_BYTES_MAX),
  index: uint(BLOCK_TRANSACTIONS_MAX),
  count: uint(BLOCK_TRANSACTIONS_MAX, 1),
  path: pathSchema,
  result: resultSchema,
  resultPath: pathSchema,
  ...finalityFields,
  /** Every change of membership up to the certificate's. */
  memberships: membershipProofSchema,
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
  const header = verifyFinality(receipt);
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
  const membership = provenMembership(receipt, genesis, { networkId, verify });
  verifyCertificate(receipt.certificate, { networkId, membership, verify });
  return { transaction, result, header, certificate: receipt.certificate };
}

/** The membership that must have certified the receipt's block. */
function provenMembership(
  { memberships, certificate }: Receipt,
  genesis: Genesis,
  signatures: SignatureContext,
): Membership {
  const founding = { membership: genesisMembership(genesis), provenHeight: 0 };
  const last = verifyMembershipProof(founding, memberships, signatures).at(-1) ?? founding;
  if (certificate.height > last.provenHeight) return last.membership;
  const { height } = certificate;
  throw new LedgerFault("CERTIFICATE_INVALID", { height, reason: "made before that membership" });
}
