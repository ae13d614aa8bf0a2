/**
 * What a node answers, read by schema. Fields that this version does not know are passed over, so that a
 * newer node can serve an older client; a missing field is null and refused where null makes no sense.
 */
import { keyRoles, terminalAlgorithm, terminalKey } from "../../contracts/fields/fields.ts";
import { HASH_SIZE_BYTES } from "../../ledger/hash.ts";
import {
  GOVERNORS_MAX,
  MEMBERS_MAX,
  NAME_LENGTH_MAX,
  TIMESTAMP_MS_MAX,
  WALLET_LOTS_MAX,
} from "../../ledger/limits.ts";
import { identifier, nodeNumber } from "../../ledger/membership.ts";
import {
  bytes,
  type Fields,
  flag,
  type Infer,
  list,
  nullable,
  oneOf,
  pattern,
  type RecordOf,
  record,
  type Schema,
  text,
  uint,
} from "../../ledger/schema.ts";
import { ED25519_KEY_SIZE_BYTES } from "../../ledger/signature.ts";
import { TRANSACTION_ID_SIZE_BYTES } from "../../ledger/transaction-id.ts";
import { objectOf } from "./http.ts";

/** A record that passes over unknown fields and takes missing ones for null. */
function answer<F extends Fields>(fields: F): Schema<RecordOf<F>> {
  const known = record(fields);
  return {
    ...known,
    fromJson: (raw, path) => {
      const object = objectOf(raw);
      const picked = known.fieldNames.map((field) => [field, object[field] ?? null] as const);
      return known.fromJson(Object.fromEntries(picked), path);
    },
  };
}

/** Services that a node lists at once. */
const SERVICES_MAX = 2000;
/** Links that can be asked for at once. */
export const LINKS_AT_ONCE_MAX = 50;

const name = text(NAME_LENGTH_MAX);
const hash = bytes(HASH_SIZE_BYTES);
const id = bytes(TRANSACTION_ID_SIZE_BYTES);
const texts = answer({ ja: text(1000), en: text(1000) });
const result = pattern(/^(OK|[A-Z][A-Z_]{2,39})$/, "OK or a fault code");

/** `GET /v1/network`. */
export const networkAnswer = answer({
  networkId: hash,
  name,
  /** Organisation and key are null while the node is no member. */
  node: answer({
    number: nodeNumber,
    organisation: nullable(identifier),
    publicKey: nullable(bytes(ED25519_KEY_SIZE_BYTES)),
  }),
  version: text(40),
});

/** `GET /v1/rehearsal/clock`. */
export const clockAnswer = answer({ nowMs: uint(TIMESTAMP_MS_MAX) });

const peer = answer({
  number: nodeNumber,
  organisation: identifier,
  nameJa: name,
  role: oneOf(["voter", "learner", "leaving"]),
  connected: flag,
});

/** `GET /v1/status`. */
export const statusAnswer = answer({
  /** Null organisation: the node is no member. */
  node: answer({
    number: nodeNumber,
    organisation: nullable(identifier),
    nameJa: name,
    nameEn: name,
  }),
  role: oneOf(["leader", "follower", "candidate", "learner", "leaving", "no member"]),
  term: uint(),
  leader: nullable(nodeNumber),
  lastHeight: uint(),
  certifiedHeight: uint(),
  appliedHeight: uint(),
  blockHash: hash,
  stateRoot: hash,
  timestampMs: uint(TIMESTAMP_MS_MAX),
  signaturesVerified: uint(),
  members: list(peer, 64),
  quorum: answer({
    needed: uint(),
    reachable: uint(),
    missing: list(nodeNumber, 64),
    reason: nullable(texts),
  }),
});
/** State of a node. */
export type NodeStatus = Infer<typeof statusAnswer>;

const nodeFields = {
  number: nodeNumber,
  organisation: identifier,
  role: oneOf(["voter", "learner", "leaving"]),
  publicKey: bytes(ED25519_KEY_SIZE_BYTES),
  address: text(256),
} as const;

/** `GET /v1/membership`. */
export const membershipAnswer = answer({
  height: uint(),
  leader: nullable(nodeNumber),
  inForce: list(answer({ ...nodeFields, connected: flag }), MEMBERS_MAX),
  wished: list(answer(nodeFields), MEMBERS_MAX),
  /** The number of the next node that comes in. */
  nextNumber: nodeNumber,
  governors: answer({ organisations: list(identifier, GOVERNORS_MAX), threshold: uint() }),
  /** What a change under way waits for; null when the wish has come true. */
  waiting: nullable(texts),
});
/** Who runs the network, who shall, and who decides. */
export type NetworkMembership = Infer<typeof membershipAnswer>;

/** `GET /v1/terminals/:id`. */
export const terminalAnswer = answer({
  issuer: identifier,
  status: oneOf(["ACTIVE", "REVOKED"]),
  algorithm: terminalAlgorithm,
  publicKey: terminalKey,
});

/** `GET /v1/keys/:publicKey`. */
export const keyAnswer = answer({
  organisation: identifier,
  roles: keyRoles,
  status: oneOf(["ACTIVE", "REVOKED"]),
});

/** `GET /v1/facilities/:id`. */
export const facilityAnswer = answer({ municipality: identifier, nameJa: name, nameEn: name });

const offeredService = answer({
  facility: identifier,
  service: identifier,
  facilityNameJa: name,
  facilityNameEn: name,
  nameJa: name,
  nameEn: name,
  category: text(40),
  sensitive: flag,
});
/** A service that a facility offers. */
export type OfferedService = Infer<typeof offeredService>;

/** `GET /v1/services/:municipality`. */
export const servicesAnswer = answer({ services: list(offeredService, SERVICES_MAX) });

const knownLink = answer({
  handle: hash,
  facility: identifier,
  service: identifier,
  cardCommit: hash,
  status: oneOf(["ACTIVE", "SUSPENDED", "RENEWAL_REQUIRED", "REMOVED"]),
  validTo: nullable(text(10)),
});
/** A link that the ledger has. */
export type KnownLink = Infer<typeof knownLink>;

/** `GET /v1/links`. */
export const linksAnswer = answer({ links: list(knownLink, LINKS_AT_ONCE_MAX) });

/** `GET /v1/transactions/:id` and the answer to a submission. */
export const transactionAnswer = answer({
  id,
  status: oneOf(["unknown", "pending", "committed", "refused"]),
  result: nullable(result),
  height: nullable(uint()),
  index: nullable(uint()),
});
/** What a node says about a transaction. */
export type TransactionState = Infer<typeof transactionAnswer>;

/** `GET /v1/wallets/:handle`. */
export const walletAnswer = answer({
  handle: text(128),
  /** Null: an older node, which does not say. */
  municipality: nullable(identifier),
  status: oneOf(["ACTIVE", "SUSPENDED", "CLOSED"]),
  balancePt: uint(),
  lots: list(
    answer({ issuer: identifier, pointType: identifier, remainingPt: uint() }),
    WALLET_LOTS_MAX,
  ),
});
/** What a node says about a wallet. */
export type WalletState = Infer<typeof walletAnswer>;
