/**
 * One transaction that several sign, each at his own desk: the file goes from one to the next, or all get the
 * same one and the signatures are put together. It is an ordinary transaction whose signatures are not complete.
 */
import type { TransactionType } from "../../contracts/declaration.ts";
import { transactionType } from "../../contracts/registry.ts";
import { equalBytes, toHex } from "../../ledger/bytes.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import {
  type Authorisation,
  decodeTransaction,
  signaturesOf,
  type Transaction,
  withSignatures,
} from "../../ledger/transaction.ts";
import { ClientError } from "../client-fault.ts";
import type { TransactionSigner } from "./transaction-builder.ts";

/** A transaction that may still lack signatures. */
export interface PartlySigned {
  readonly transaction: Transaction;
  readonly declaration: TransactionType;
  /** The public body, read by its schema. */
  readonly body: unknown;
}

/**
 * Reads a transaction that is to be signed.
 * @throws LedgerFault as `decodeTransaction`; `WRONG_NETWORK`; `UNKNOWN_TYPE`; `INVALID_FIELD`;
 *   `SIGNATURE_INVALID` when one of those who signed did not.
 */
export function readPartlySigned(bytes: Uint8Array, networkId: Uint8Array): PartlySigned {
  const transaction = decodeTransaction(bytes);
  const { envelope, publicBody } = transaction;
  if (!equalBytes(envelope.networkId, networkId)) throw new LedgerFault("WRONG_NETWORK");
  const declaration = transactionType(envelope.type);
  if (declaration === undefined) throw new LedgerFault("UNKNOWN_TYPE", { type: envelope.type });
  const body = declaration.public.fromCbor(publicBody, "public");
  if (!signaturesOf(transaction).every(verifySignature)) throw new LedgerFault("SIGNATURE_INVALID");
  return { transaction, declaration, body };
}

/**
 * The transaction with all signatures of its copies and those of more signers, each key once.
 * @throws ClientError `OTHER_TRANSACTION` when the copies are not of one transaction.
 */
export async function countersign(
  copies: readonly [PartlySigned, ...PartlySigned[]],
  signers: readonly TransactionSigner[],
): Promise<PartlySigned> {
  const [{ transaction, ...meaning }] = copies;
  const other = copies.find(
    (copy) => !equalBytes(copy.transaction.signedMessage, transaction.signedMessage),
  );
  if (other !== undefined) {
    throw new ClientError("OTHER_TRANSACTION", {
      ids: `${transaction.id}, ${other.transaction.id}`,
    });
  }
  const signed = new Map<string, Authorisation>();
  for (const copy of copies) {
    for (const each of copy.transaction.auth) signed.set(toHex(each.publicKey), each);
  }
  for (const signer of signers) {
    const each = await signer.authorise(transaction.signedMessage);
    signed.set(toHex(each.publicKey), each);
  }
  const auth = inDeclaredOrder([...signed.values()], copies[0]);
  return { ...meaning, transaction: decodeTransaction(withSignatures(transaction, auth)) };
}

/** The holders of the keys that the transaction names come first; the others in the order of signing. */
function inDeclaredOrder(
  auth: readonly Authorisation[],
  { declaration, body }: PartlySigned,
): Authorisation[] {
  const fields = body as { readonly [field: string]: unknown };
  const holders = declaration.signers.flatMap((rule) =>
    rule.kind === "holder"
      ? auth.filter(({ publicKey }) => equalBytes(publicKey, fields[rule.of] as Uint8Array))
      : [],
  );
  return [...holders, ...auth.filter((each) => !holders.includes(each))];
}
