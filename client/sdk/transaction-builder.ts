/**
 * From what people write (a type and JSON bodies) to the bytes of a signed transaction, guided by the
 * declarations of contracts/.
 */
import { randomBytes } from "node:crypto";
import { validityMsMaxOf } from "../../contracts/check-transaction.ts";
import { transactionType } from "../../contracts/registry.ts";
import { toHex } from "../../ledger/bytes.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import type { Signer } from "../../ledger/native/ed25519-signer.ts";
import { type JsonValue, nullable, pattern, record, type Schema } from "../../ledger/schema.ts";
import {
  type Authorisation,
  buildTransaction,
  encodeTransaction,
  SALT_SIZE_BYTES,
  TRANSACTION_VERSION,
} from "../../ledger/transaction.ts";
import { makeTransactionId, TRANSACTION_ID_SIZE_BYTES } from "../../ledger/transaction-id.ts";

/** What is to be done, in the words of the declaration. */
export interface Draft {
  /** `ISSUER_OPEN`, `PAY` … */
  readonly type: string;
  /** The public body, as the declaration's JSON schema has it. */
  readonly public: JsonValue;
  /** The private body; null for types without one. */
  readonly private: JsonValue;
}

const anyJson: Schema<JsonValue> = {
  jsonSchema: {},
  toCbor: () => {
    throw new TypeError("a body is encoded by its own schema");
  },
  fromCbor: () => {
    throw new TypeError("a body is decoded by its own schema");
  },
  toJson: (value) => value,
  fromJson: (raw) => raw ?? null,
};

/** A draft in a file: `{ "type", "public", "private" }`. */
export const draftSchema: Schema<Draft> = record({
  type: pattern(/^[A-Z][A-Z_]{2,39}$/, "a transaction type such as PAY"),
  public: anyJson,
  private: nullable(anyJson),
});

/** One who signs: a card, an officer, a terminal. */
export interface TransactionSigner {
  /** Signs the message that `Transaction.signedMessage` defines. */
  authorise(message: Uint8Array): Promise<Authorisation> | Authorisation;
}

/** For which network and when. */
export interface BuildContext {
  readonly networkId: Uint8Array;
  readonly nowMs: number;
  /** How long the transaction is to be valid, ms; as long as its type may be when left out. */
  readonly validityMs?: number;
  /** Where id and salt come from: the operating system's generator when left out. */
  readonly bytesFor?: (what: "id" | "salt", sizeBytes: number) => Uint8Array;
}

const randomBytesFor = (_what: "id" | "salt", sizeBytes: number) =>
  new Uint8Array(randomBytes(sizeBytes));

/** A transaction ready to be sent. */
export interface SignedTransaction {
  /** Hexadecimal. */
  readonly id: string;
  /** Keep them before sending, and send them again when an answer is lost. */
  readonly bytes: Uint8Array;
  /** Of the private part: whoever knows both can show later what was signed. Null where there is none. */
  readonly salt: Uint8Array | null;
}

/**
 * Signs a draft, under a new id unless `bytesFor` gives one that was used.
 * @param signers in the order of the declaration; none for a transaction that others sign later
 *   (countersign.ts).
 * @throws LedgerFault `UNKNOWN_TYPE`, `INVALID_FIELD`.
 */
export async function signDraft(
  draft: Draft,
  signers: readonly TransactionSigner[],
  { networkId, nowMs, validityMs, bytesFor = randomBytesFor }: BuildContext,
): Promise<SignedTransaction> {
  const declaration = transactionType(draft.type);
  if (declaration === undefined) throw new LedgerFault("UNKNOWN_TYPE", { type: draft.type });
  const idBytes = bytesFor("id", TRANSACTION_ID_SIZE_BYTES);
  const id = makeTransactionId(declaration.validity, nowMs, idBytes);
  const salt = declaration.private === null ? null : bytesFor("salt", SALT_SIZE_BYTES);
  const unsigned = buildTransaction(
    {
      version: TRANSACTION_VERSION,
      networkId,
      type: draft.type,
      id,
      createdAtMs: nowMs,
      notAfterMs: nowMs + (validityMs ?? validityMsMaxOf(declaration)),
    },
    bodyOf(declaration.public, draft.public, "public"),
    declaration.private === null || salt === null
      ? nothing(draft.private)
      : { salt, body: bodyOf(declaration.private, draft.private, "private") },
  );
  const auth: Authorisation[] = [];
  for (const signer of signers) auth.push(await signer.authorise(unsigned.signedMessage));
  return { id: toHex(id), bytes: encodeTransaction(unsigned, auth), salt };
}

/** An officer or service of an organisation. */
export function officer(signer: Signer): TransactionSigner {
  return {
    authorise: (message) => ({
      kind: "organisation",
      algorithm: "ed25519",
      publicKey: signer.publicKey,
      signature: signer.sign(message),
    }),
  };
}

function bodyOf<T>(schema: Schema<T>, json: JsonValue, path: string) {
  return schema.toCbor(schema.fromJson(json, path), path);
}

function nothing(json: JsonValue): null {
  if (json === null) return null;
  throw new LedgerFault("INVALID_FIELD", {
    path: "private",
    problem: "must be null for this type",
  });
}
