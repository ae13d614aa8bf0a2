/** The input of `network create`: who takes part in a network, before there are keys. */

import { tcpMultiaddr } from "../../contracts/fields/node-address.ts";
import { cardAnchors, KEY_ROLES, ORGANISATION_KINDS } from "../../ledger/genesis.ts";
import { MEMBERS_MAX, NAME_LENGTH_MAX } from "../../ledger/limits.ts";
import { identifier, nodeNumber } from "../../ledger/membership.ts";
import {
  bytes,
  type Infer,
  type JsonSchema,
  list,
  nullable,
  oneOf,
  record,
  text,
  uint,
} from "../../ledger/schema.ts";
import { ED25519_KEY_SIZE_BYTES } from "../../ledger/signature.ts";

/** The public key made elsewhere, or null: a key is made and its file written. */
const publicKey = nullable(bytes(ED25519_KEY_SIZE_BYTES));

/** Takes part with officers and services, each with a key of its own for its role. */
const organisationConfig = record({
  id: identifier,
  kind: oneOf(ORGANISATION_KINDS),
  nameJa: text(NAME_LENGTH_MAX),
  nameEn: text(NAME_LENGTH_MAX),
  keys: list(record({ role: oneOf(KEY_ROLES), publicKey }), 1000),
});

/** A machine of the network. */
const nodeConfig = record({
  number: nodeNumber,
  organisation: identifier,
  role: oneOf(["voter", "learner"]),
  publicKey,
  /** Where the other nodes dial it: public, part of the genesis. */
  address: tcpMultiaddr,
  /** Where it listens for them, which may be another address behind a proxy. */
  peerListen: tcpMultiaddr,
  apiHost: text(256),
  apiPort: uint(65_535),
});

/** The input of `network create`. */
export const networkConfigSchema = record({
  name: text(NAME_LENGTH_MAX),
  organisations: list(organisationConfig, 10_000, 1),
  nodes: list(nodeConfig, MEMBERS_MAX, 1),
  /** CA certificates of the cards, DER; none: verifiers answer for cards, and no certificate is on the ledger. */
  cardAnchors,
});
/** The input of `network create`. */
export type NetworkConfig = Infer<typeof networkConfigSchema>;
/** One node of the input. */
export type NodeEntry = NetworkConfig["nodes"][number];

/** The JSON schema that editors check `network.json` against. */
export const networkJsonSchema: JsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "MyKey ledger: input of `mykey-ledger network create`",
  ...networkConfigSchema.jsonSchema,
};
