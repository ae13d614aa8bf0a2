/** Kinds of fields that several transactions and records share. */
import { toHex } from "../../ledger/bytes.ts";
import { isEd25519PublicKey } from "../../ledger/ed25519.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { KEY_ROLES } from "../../ledger/genesis.ts";
import {
  AMOUNT_PT_MAX,
  FIRST_KEYS_MAX,
  ISSUED_PT_MAX,
  NAME_LENGTH_MAX,
} from "../../ledger/limits.ts";
import { identifier } from "../../ledger/membership.ts";
import { bytes, list, oneOf, record, type Schema, text, uint } from "../../ledger/schema.ts";
import { ED25519_KEY_SIZE_BYTES } from "../../ledger/signature.ts";
import { holdsMyNumber } from "./my-number.ts";

/**
 * What grants and budgets are for (R-022…028): childcare support, volunteering, longevity gifts, health,
 * lifelong learning, events, the regional economy.
 */
export const GRANT_CATEGORIES = [
  "CHILDCARE",
  "VOLUNTEER",
  "LONGEVITY",
  "HEALTH",
  "LEARNING",
  "EVENT",
  "ECONOMY",
  "OTHER",
] as const;

/**
 * Where points are spent. Hospitals and libraries are not here and never will be: a payment there would
 * say what must not be said.
 */
export const MERCHANT_CATEGORIES = [
  "SHOP",
  "GROCERY",
  "RESTAURANT",
  "LODGING",
  "TRANSPORT",
  "MUSEUM",
  "LITERATURE_MUSEUM",
  "ZOO",
  "AQUARIUM",
  "GARDEN",
  "SPORTS",
  "COURSE",
  "COMMUNITY_CENTER",
  "CHILDCARE_FACILITY",
  "SENIOR_CENTER",
  "BICYCLE_PARKING",
  "OTHER",
] as const;

/**
 * What points are under the Payment Services Act (資金決済法): granted free, issued by a local government,
 * valid for six months at most (each of these three exempt), or a prepaid instrument.
 */
export const LEGAL_CLASSES = ["FREE", "LOCAL_GOVERNMENT", "SHORT_TERM", "PREPAID"] as const;

/** What forms offer as the cap on one grant, pt. */
export const PER_GRANT_CAP_DEFAULT_PT = 25_000;
/** What forms offer as the cap on the points of a type in one payment, pt. */
export const PER_USE_CAP_DEFAULT_PT = 25_000;

/** A schema with one more rule; `problem` says it in words. The rule must hold the same on every machine. */
export function refined<T>(
  inner: Schema<T>,
  problem: string,
  holds: (value: T) => boolean,
): Schema<T> {
  const check = (value: T, path: string): T => {
    if (holds(value)) return value;
    throw new LedgerFault("INVALID_FIELD", { path: path === "" ? "(root)" : path, problem });
  };
  return {
    jsonSchema: inner.jsonSchema,
    toCbor: (value, path = "") => {
      const raw = inner.toCbor(value, path);
      check(value, path);
      return raw;
    },
    fromCbor: (raw, path = "") => check(inner.fromCbor(raw, path), path),
    toJson: (value) => inner.toJson(value),
    fromJson: (raw, path = "") => check(inner.fromJson(raw, path), path),
  };
}

/** A list that names nothing twice; `nameOf` makes values out of what is compared by identity. */
export function eachOnce<T>(
  inner: Schema<readonly T[]>,
  nameOf: (item: T) => unknown,
): Schema<readonly T[]> {
  return refined(inner, "must name each once", (items) => isEachOnce(items.map(nameOf)));
}

function isEachOnce(values: readonly unknown[]): boolean {
  return new Set(values).size === values.length;
}

/** Names or codes in ascending order, each once. */
export function ascending(inner: Schema<string>, max: number, min = 1): Schema<readonly string[]> {
  return refined(list(inner, max, min), "must be in ascending order", (names) =>
    names.every((name, i) => i === 0 || name > (names[i - 1] ?? "")),
  );
}

/** Text of which no part is a My Number. */
export function withoutMyNumber(inner: Schema<string>): Schema<string> {
  return refined(inner, "must not hold a My Number", (value) => !holdsMyNumber(value));
}

/** A short name that an organisation chooses, safe in state keys: `bakery-3`, `health`. */
export const shortName = withoutMyNumber(identifier);

/** What people read: the name of a shop, of a point type. Set by organisations, never by residents. */
export const displayName = withoutMyNumber(text(NAME_LENGTH_MAX));

/** An amount that moves, pt. */
export const amountPt = uint(AMOUNT_PT_MAX, 1);

/** A sum of amounts, pt: so far below 2^53 that adding two is exact. */
export const totalPt = uint(ISSUED_PT_MAX);

/** An amount of money, yen. */
export const amountYen = uint(ISSUED_PT_MAX, 1);

/** A sum of money, yen. */
export const totalYen = uint(ISSUED_PT_MAX);

/** The year in which a fiscal year begins. */
export const fiscalYear = uint(9998, 1970);

/** A resident's pseudonym with one facility, 32 bytes. */
export const linkHandle = bytes(32);

/** A resident's pseudonym with one municipality, 32 bytes. */
export const walletHandle = bytes(32);

/** Wallets that a transaction lists, each once. */
export function walletHandles(max: number): Schema<readonly Uint8Array[]> {
  return refined(list(walletHandle, max, 1), "must name each wallet once", (handles) =>
    isEachOnce(handles.map(toHex)),
  );
}

/** SHA-256 of salt and card key, 32 bytes. */
export const cardCommit = bytes(32);

/** The salt of a card commitment, 32 bytes. */
export const cardSalt = bytes(32);

/** Keyed hash of a MyKey ID, 32 bytes: registrars alone have the key. */
export const myKeyIdTag = bytes(32);

/** Salted SHA-256 of evidence that a verifier keeps, 32 bytes. */
export const evidenceHash = bytes(32);

/** A terminal's key, PKCS#1 DER of an RSA-2048 key with exponent 3 (268 bytes) or 65537 (270). */
export const terminalKey = bytes(268, 270);

/** The key of an officer or a node: one with which something can be signed. */
export const ed25519Key = refined(
  bytes(ED25519_KEY_SIZE_BYTES),
  "is not a public key of Ed25519",
  isEd25519PublicKey,
);

/** Keys that a transaction lists, each once. */
export function ed25519Keys(max: number): Schema<readonly Uint8Array[]> {
  return refined(list(ed25519Key, max, 1), "must name each key once", (keys) =>
    isEachOnce(keys.map(toHex)),
  );
}

/** What a key may sign for its organisation. */
export const keyRoles = refined(
  list(oneOf(KEY_ROLES), KEY_ROLES.length, 1),
  "must name each role once",
  isEachOnce,
);

/** The keys with which an organisation begins, all different. */
export const firstKeys = refined(
  list(record({ publicKey: ed25519Key, roles: keyRoles }), FIRST_KEYS_MAX, 1),
  "must name each key once",
  (keys) => isEachOnce(keys.map(({ publicKey }) => toHex(publicKey))),
);

/** How terminals sign. */
export const terminalAlgorithm = oneOf(["rsa2048-sha256"]);

/** What points are under the Payment Services Act. */
export const legalClass = oneOf(LEGAL_CLASSES);

/** What a grant or a budget is for. */
export const grantCategory = oneOf(GRANT_CATEGORIES);

/** What a merchant is. */
export const merchantCategory = oneOf(MERCHANT_CATEGORIES);
/** What a merchant is. */
export type MerchantCategory = (typeof MERCHANT_CATEGORIES)[number];

/** The merchants where points may be spent, each kind once; empty = everywhere. */
export const restrictedTo = refined(
  list(merchantCategory, MERCHANT_CATEGORIES.length),
  "must name each category once",
  isEachOnce,
);
