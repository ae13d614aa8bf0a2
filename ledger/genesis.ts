/**
 * The genesis: what all parties agree on before the first block. Its hash is the `networkId`, which every
 * transaction, vote and proposal is bound to, and which block 1 names as its previous hash.
 *
 * On disk it is JSON in exactly one form (`genesisText`), so that it too has one byte string.
 */

import { toHex } from "./bytes.ts";
import { LedgerFault } from "./faults.ts";
import { type Hash, hash } from "./hash.ts";
import {
  CERTIFICATE_ANCHORS_MAX,
  CERTIFICATE_SIZE_BYTES_MAX,
  GENESIS_LENGTH_MAX,
  GOVERNORS_MAX,
  MEMBERS_MAX,
  NAME_LENGTH_MAX,
  ORGANISATION_KEYS_MAX,
  ORGANISATIONS_MAX,
  TIMESTAMP_MS_MAX,
} from "./limits.ts";
import { identifier, type Membership, memberSchema } from "./membership.ts";
import {
  bytes,
  type Infer,
  type JsonValue,
  list,
  oneOf,
  record,
  text,
  toBytes,
  uint,
} from "./schema.ts";
import { ED25519_KEY_SIZE_BYTES } from "./signature.ts";

/** What an organisation is. */
export const ORGANISATION_KINDS = [
  "municipality",
  "prefecture",
  "company",
  "street",
  "state",
] as const;

/** What a key may sign for its organisation (docs: roles). Maker and checker are never one key. */
export const KEY_ROLES = [
  "clerk",
  "approver",
  "accountant",
  "registrar",
  "verifier",
  "partner",
  "auditor",
  "governor",
] as const;
/** What a key may sign for its organisation. */
export type KeyRole = (typeof KEY_ROLES)[number];

/** An organisation of the network: a municipality's id is its six-digit code. */
export const organisationSchema = record({
  id: identifier,
  kind: oneOf(ORGANISATION_KINDS),
  nameJa: text(NAME_LENGTH_MAX),
  nameEn: text(NAME_LENGTH_MAX),
});
/** An organisation of the network. */
export type Organisation = Infer<typeof organisationSchema>;

/** A key of an organisation's officer or service. */
export const organisationKeySchema = record({
  organisation: identifier,
  publicKey: bytes(ED25519_KEY_SIZE_BYTES),
  roles: list(oneOf(KEY_ROLES), KEY_ROLES.length, 1),
});

/**
 * CA certificates, DER, that every node checks cards' certificates against: the policy `replicated`. None is the policy
 * `attested`: no certificate reaches the ledger.
 */
export const cardAnchors = list(bytes(1, CERTIFICATE_SIZE_BYTES_MAX), CERTIFICATE_ANCHORS_MAX);

/**
 * Whose time a network's blocks tell. `world`: that of everybody. `rehearsal`: time stands still until it is moved by
 * hand, so that a year can be rehearsed in a minute. It is part of the network's id and never changes: no network that
 * holds anything of worth can be made to go by another time.
 */
export const NETWORK_CLOCKS = ["world", "rehearsal"] as const;

/** The genesis record. `createdAtMs` is the timestamp that block 1 must not precede. */
export const genesisSchema = record({
  version: uint(1, 1),
  name: text(NAME_LENGTH_MAX),
  createdAtMs: uint(TIMESTAMP_MS_MAX),
  members: list(memberSchema, MEMBERS_MAX, 1),
  organisations: list(organisationSchema, ORGANISATIONS_MAX, 1),
  keys: list(organisationKeySchema, ORGANISATION_KEYS_MAX, 1),
  cardAnchors,
  clock: oneOf(NETWORK_CLOCKS),
});
/** The genesis record. */
export type Genesis = Infer<typeof genesisSchema>;

/** The network's id: hash of the genesis in canonical bytes. */
export function networkIdOf(genesis: Genesis): Hash {
  return hash("genesis", toBytes(genesisSchema, genesis));
}

/** The membership before any change. */
export function genesisMembership(genesis: Genesis): Membership {
  return { members: genesis.members, outgoing: [] };
}

/** The one JSON text of a genesis: two spaces of indentation, fields in order, a final newline. */
export function genesisText(genesis: Genesis): string {
  return `${JSON.stringify(genesisSchema.toJson(genesis), null, 2)}\n`;
}

/**
 * Reads a genesis file.
 * @throws LedgerFault `MALFORMED` when the text is not the one form of a genesis; `INVALID_FIELD`;
 *   `TOO_LARGE`.
 */
export function parseGenesis(genesisFile: string): Genesis {
  if (genesisFile.length > GENESIS_LENGTH_MAX) {
    throw new LedgerFault("TOO_LARGE", {
      length: genesisFile.length,
      lengthMax: GENESIS_LENGTH_MAX,
    });
  }
  let json: JsonValue;
  try {
    json = JSON.parse(genesisFile);
  } catch (error) {
    throw new LedgerFault("MALFORMED", { cause: error, problem: "genesis is not JSON" });
  }
  const genesis = genesisSchema.fromJson(json);
  assertConsistent(genesis);
  if (genesisText(genesis) !== genesisFile) {
    throw new LedgerFault("MALFORMED", { problem: "genesis is not in its one canonical form" });
  }
  return genesis;
}

/** Numbers, keys and ids are each used once; whoever is named is there; at least one voter. */
function assertConsistent({ members, organisations, keys }: Genesis): void {
  const ids = organisations.map(({ id }) => id);
  assertUnique("organisations", ids);
  assertUnique(
    "keys",
    [...members, ...keys].map(({ publicKey }) => toHex(publicKey)),
  );
  for (const { roles } of keys) assertUnique("the roles of a key", roles);
  const governing = keys.filter(({ roles }) => roles.includes("governor"));
  if (new Set(governing.map(({ organisation }) => organisation)).size > GOVERNORS_MAX) {
    refuse(`at most ${GOVERNORS_MAX} organisations can govern`);
  }
  const known = new Set(ids);
  for (const { organisation } of [...members, ...keys]) {
    if (!known.has(organisation)) refuse(`${organisation} is not among the organisations`);
  }
  const isAscending = members.every(({ number }, i) => number > (members[i - 1]?.number ?? 0));
  if (!isAscending) refuse("members must be in ascending order of number, each once");
  if (members.some(({ role }) => role === "leaving")) refuse("nobody can be leaving");
  if (!members.some(({ role }) => role === "voter")) refuse("there must be a voter");
}

function assertUnique(what: string, values: readonly string[]): void {
  if (new Set(values).size !== values.length) refuse(`${what} must be unique`);
}

function refuse(problem: string): never {
  throw new LedgerFault("INVALID_FIELD", { path: "genesis", problem });
}
