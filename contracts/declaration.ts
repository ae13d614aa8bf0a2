/**
 * The form in which a transaction type is declared, one file for each in transactions/. From it come the
 * checks at every node's edge, the keys to fetch, execution, the API's forms and the reference page.
 */
import type { FaultCode } from "../ledger/faults.ts";
import type { KeyRole } from "../ledger/genesis.ts";
import type { Infer, RecordSchema, Schema } from "../ledger/schema.ts";
import type { Authorisation } from "../ledger/transaction.ts";
import type { Validity } from "../ledger/transaction-id.ts";
import type { CivilDate } from "./fields/dates.ts";
import type { Posting } from "./points/accounts.ts";
import type { StateKey } from "./state/key-space.ts";

/** What a rule knows of the block: the ledger's only clock. */
export interface BlockContext {
  readonly height: number;
  readonly timestampMs: number;
  /** The date in Japan at that time. */
  readonly today: CivilDate;
}

/** The state as a rule sees it: records by key, its own writes included. */
export interface View {
  /** The record, or null. @throws Error when the declaration's `keys` does not name the key. */
  get<T>(key: StateKey<T>): T | null;
  /** Writes a record, which counts only if the rule accepts. @throws Error as `get`. */
  put<T>(key: StateKey<T>, value: T): void;
}

/** What a rule sees of a transaction. */
export interface Content<P, S> {
  /** The id in hexadecimal. */
  readonly id: string;
  /** What stays for ever. */
  readonly public: P;
  /** What is destroyed after the dispute window; null for types without private fields. */
  readonly private: S;
  /** One for each of the declaration's signers, in their order; the signatures are valid. */
  readonly auth: readonly Authorisation[];
  /** What they signed. */
  readonly signedMessage: Uint8Array;
}

/**
 * Who must sign. Signatures stand in the transaction in the order of the declaration.
 * - `officer`: in a role for the organisation that the public field `of` names.
 * - `holder`: whoever holds the key that the public field `of` names, which so proves to be at hand.
 * - `governors`: as many of the governing organisations as decide together; always the last.
 */
export type SignerRule<TextName extends string = string, KeyName extends string = string> =
  | { readonly kind: "card" | "terminal" | "governors" }
  | { readonly kind: "officer"; readonly of: TextName; readonly role: KeyRole }
  | { readonly kind: "holder"; readonly of: KeyName };

/** The resident's card. */
export const CARD = { kind: "card" } as const;
/** The merchant's terminal. */
export const TERMINAL_DEVICE = { kind: "terminal" } as const;
/** Those who govern the network. */
export const GOVERNORS_TOGETHER = { kind: "governors" } as const;

/** An officer or service of the organisation that a public field names. */
export function officer<const Field extends string>(of: Field, role: KeyRole) {
  return { kind: "officer", of, role } as const;
}

/** Whoever holds the Ed25519 key that a public field names. */
export function holder<const Field extends string>(of: Field) {
  return { kind: "holder", of } as const;
}

/** Two persons, one who makes and one who checks: wherever value or trust is created. */
export function makerAndChecker<const Field extends string>(of: Field) {
  return [officer(of, "clerk"), officer(of, "approver")] as const;
}

/** Words for people. */
export interface Wording {
  readonly ja: string;
  readonly en: string;
}

/** What every declaration has, whatever its bodies. */
interface Common {
  /** The word in the envelope. */
  readonly type: string;
  /** The rule version from which on this declaration holds, until a later one of the same type. */
  readonly since: number;
  readonly title: Wording;
  readonly summary: Wording;
  /** How long a request may be valid, and how its id is remembered: a minute or two, or for ever. */
  readonly validity: Validity;
}

/** A declared type, its bodies no longer known to the compiler. */
export interface TransactionType extends Common {
  readonly public: RecordSchema<unknown>;
  readonly private: RecordSchema<unknown> | null;
  readonly signers: readonly SignerRule[];
  /** Every code with which the rule may refuse. */
  readonly faults: readonly FaultCode[];
  keys(content: Content<unknown, unknown>): readonly StateKey<unknown>[];
  apply(view: View, content: Content<unknown, unknown>, block: BlockContext): Outcome;
}

/** What a rule decides: the postings of an accepted transaction, or why it is refused. */
export type Outcome = readonly Posting[] | FaultCode;

/** The public fields that hold a `T`: an organisation's id, or a key. */
type FieldOf<P, T> = { [K in keyof P]: P[K] extends T ? K : never }[keyof P] & string;

/** The type of the private body: null when there is no schema. */
type BodyOf<S> = S extends Schema<unknown> ? Infer<S> : null;

/** What a file in transactions/ says; the compiler knows its bodies, fields and faults. */
interface Declaration<P, S, F extends FaultCode> extends Common {
  readonly public: RecordSchema<P>;
  readonly private: S;
  readonly signers: readonly SignerRule<
    FieldOf<NoInfer<P>, string>,
    FieldOf<NoInfer<P>, Uint8Array>
  >[];
  readonly faults: readonly F[];
  /** Every state key that `apply` reads or writes, from the content alone: fetched at one go before. */
  keys(content: Content<NoInfer<P>, BodyOf<NoInfer<S>>>): readonly StateKey<unknown>[];
  /** The rule: a function of its arguments and nothing else. */
  apply(
    view: View,
    content: Content<NoInfer<P>, BodyOf<NoInfer<S>>>,
    block: BlockContext,
  ): readonly Posting[] | NoInfer<F>;
}

/** Declares a transaction type. */
export function defineTransaction<
  P,
  S extends RecordSchema<unknown> | null,
  const F extends FaultCode,
>(declaration: Declaration<P, S, F>): TransactionType {
  return declaration;
}

/** Whether those who govern sign it together. */
export function isGoverned({ signers }: Pick<TransactionType, "signers">): boolean {
  return signers.some(({ kind }) => kind === "governors");
}

/** The key of the (one) signer of a kind. */
export function signingKey(
  content: Content<unknown, unknown>,
  kind: Authorisation["kind"],
): Uint8Array {
  const found = content.auth.find((authorisation) => authorisation.kind === kind);
  if (found === undefined) throw new Error(`no ${kind} signs this type`);
  return found.publicKey;
}
