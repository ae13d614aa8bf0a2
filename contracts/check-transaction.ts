/**
 * The checks of a transaction that need no state. Every node makes them when it takes a transaction in, and
 * for every transaction of a block: a block with one that fails is no block. Whether the signatures are
 * valid is checked elsewhere (`signaturesOf`); here, whether they are the right ones.
 */
import { equalBytes } from "../ledger/bytes.ts";
import { LedgerFault } from "../ledger/faults.ts";
import type { Hash } from "../ledger/hash.ts";
import {
  CARD_VALIDITY_MS_MAX,
  GOVERNANCE_VALIDITY_MS_MAX,
  ORGANISATION_VALIDITY_MS_MAX,
} from "../ledger/limits.ts";
import type { Envelope, Transaction } from "../ledger/transaction.ts";
import { isTransactionId } from "../ledger/transaction-id.ts";
import { type Content, isGoverned, type TransactionType } from "./declaration.ts";
import { transactionType } from "./registry.ts";
import { RULE_VERSION } from "./rule-version.ts";
import { checkSigners, type SignerClaims } from "./signers.ts";
import type { StateKey } from "./state/key-space.ts";

/** A transaction whose bodies are read, and which is signed by the right kinds of signers. */
export interface CheckedTransaction {
  readonly source: Transaction;
  readonly declaration: TransactionType;
  readonly content: Content<unknown, unknown>;
  readonly claims: SignerClaims;
  /** Until then, ms, the chain itself remembers the id: later nothing with that id can be valid. */
  readonly idEndsMs: number;
  /** The keys that the rule may read and write. */
  readonly ruleKeys: readonly StateKey<unknown>[];
}

/** How long a request of that type may be valid, ms. */
export function validityMsMaxOf(declaration: TransactionType): number {
  if (declaration.validity === "card") return CARD_VALIDITY_MS_MAX;
  return isGoverned(declaration) ? GOVERNANCE_VALIDITY_MS_MAX : ORGANISATION_VALIDITY_MS_MAX;
}

/**
 * Checks what can be checked without the state.
 * @throws LedgerFault `WRONG_NETWORK`, `UNKNOWN_TYPE`, `INVALID_FIELD`, `VALIDITY_TOO_LONG`,
 *   `SIGNER_MISSING`, `SIGNER_UNEXPECTED` or `SAME_SIGNER`.
 */
export function checkTransaction(
  transaction: Transaction,
  networkId: Hash,
  ruleVersion: number = RULE_VERSION,
): CheckedTransaction {
  const { envelope, auth, id, signedMessage } = transaction;
  if (!equalBytes(envelope.networkId, networkId)) throw new LedgerFault("WRONG_NETWORK");
  const declaration = transactionType(envelope.type, ruleVersion);
  if (declaration === undefined) throw new LedgerFault("UNKNOWN_TYPE", { type: envelope.type });
  const validityMsMax = validityMsMaxOf(declaration);
  checkValidity(envelope, validityMsMax);
  checkId(envelope, declaration);
  const content = {
    id,
    public: declaration.public.fromCbor(transaction.publicBody, "public"),
    private: readPrivate(transaction, declaration),
    auth,
    signedMessage,
  };
  return {
    source: transaction,
    declaration,
    content,
    claims: checkSigners(declaration.signers, content),
    idEndsMs: envelope.createdAtMs + validityMsMax,
    ruleKeys: declaration.keys(content),
  };
}

function checkId({ id, createdAtMs }: Envelope, { validity }: TransactionType): void {
  if (isTransactionId(id, validity, createdAtMs)) return;
  throw new LedgerFault("INVALID_FIELD", {
    path: "public.id",
    problem: `must begin with createdAtMs and have the version of ${validity} ids`,
  });
}

function checkValidity({ createdAtMs, notAfterMs }: Envelope, validityMsMax: number): void {
  if (notAfterMs <= createdAtMs) {
    throw new LedgerFault("INVALID_FIELD", {
      path: "public.notAfterMs",
      problem: "must be after createdAtMs",
    });
  }
  if (notAfterMs - createdAtMs > validityMsMax) {
    throw new LedgerFault("VALIDITY_TOO_LONG", {
      validityMs: notAfterMs - createdAtMs,
      validityMsMax,
    });
  }
}

function readPrivate({ privateBody }: Transaction, { private: schema }: TransactionType): unknown {
  if (schema !== null) return schema.fromCbor(privateBody, "private");
  if (privateBody === null) return null;
  throw new LedgerFault("INVALID_FIELD", {
    path: "private",
    problem: "this type has no private fields",
  });
}
