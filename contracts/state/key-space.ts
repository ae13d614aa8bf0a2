/** A key space: records of one kind, their keys, their schema, and the balances that they hold. */
import { fromBytes, type Schema, toBytes } from "../../ledger/schema.ts";
import type { Balance } from "../points/accounts.ts";

/** Largest record, bytes: a wallet with all its lots and their terms. */
const RECORD_SIZE_BYTES_MAX = 256 * 1024;

/** Records of one kind. */
export interface KeySpace<T> {
  /** What its keys begin with, up to the first `/`. */
  readonly name: string;
  /** What comes after it, for people: `<issuer>/<code>`. */
  readonly form: string;
  readonly schema: Schema<T>;
  key(...parts: readonly (string | number)[]): StateKey<T>;
  encode(value: T): Uint8Array;
  /** @throws LedgerFault when the bytes are not a record of this kind. */
  decode(bytes: Uint8Array): T;
  /** What the accounts kept in a record hold. */
  balances(key: StateKey<T>, value: T): readonly Balance[];
}

/** The key of one record. */
export class StateKey<T> {
  readonly space: KeySpace<T>;
  /** The key without the space's name. */
  readonly id: string;
  #text: string | null = null;

  constructor(space: KeySpace<T>, id: string) {
    this.space = space;
    this.id = id;
  }

  /** The whole key: `wallet/00ff…`. ASCII. Made when first asked for: rules name keys that were declared before. */
  get text(): string {
    this.#text ??= `${this.space.name}/${this.id}`;
    return this.#text;
  }
}

/** Declares a key space. */
export function keySpace<T>(
  name: string,
  form: string,
  schema: Schema<T>,
  balances: KeySpace<T>["balances"] = () => [],
): KeySpace<T> {
  const space: KeySpace<T> = {
    name,
    form,
    schema,
    key: (...parts) => {
      // Most keys have one part, and a payment makes a dozen of them.
      return new StateKey(space, parts.length === 1 ? `${parts[0]}` : parts.join("/"));
    },
    encode: (value) => toBytes(schema, value),
    decode: (bytes) => fromBytes(schema, bytes, RECORD_SIZE_BYTES_MAX),
    balances,
  };
  return space;
}
