/**
 * What a member of a sensitive service (a hospital) can show: that the facility holds exactly this of him, under a root that it
 * has committed to on the ledger. It is checked offline, with the genesis alone:
 *
 *     leaf → root of LINK_ROOT_COMMIT → receipt of that transaction → certificate → genesis
 *
 * The leaf names the member by a pseudonym and by a commitment to his card. The salt in the proof opens that commitment, so that
 * a proof is good for the card on the reader and no other. Whoever has the file learns that its holder is a member: it is his.
 */
import { civilDate } from "../../contracts/fields/dates.ts";
import { cardCommit, cardSalt, displayName, linkHandle } from "../../contracts/fields/fields.ts";
import { municipalityCode } from "../../contracts/fields/municipality-code.ts";
import { commitToCard } from "../../contracts/residents/card-commitment.ts";
import { linkRootBody, linkRootCommit } from "../../contracts/services/link-root-commit.ts";
import { ACCEPTED } from "../../ledger/block.ts";
import { equalBytes } from "../../ledger/bytes.ts";
import { pathSchema } from "../../ledger/finality.ts";
import { type Genesis, networkIdOf } from "../../ledger/genesis.ts";
import { HASH_SIZE_BYTES, type Hash } from "../../ledger/hash.ts";
import { RECEIPT_SIZE_BYTES_MAX } from "../../ledger/limits.ts";
import { identifier } from "../../ledger/membership.ts";
import { leafHash, verifyPath } from "../../ledger/merkle.ts";
import { receiptSchema, verifyReceipt } from "../../ledger/receipt.ts";
import {
  bytes,
  fromBytes,
  type Infer,
  nullable,
  record,
  toBytes,
  uint,
} from "../../ledger/schema.ts";
import type { VerifySignature } from "../../ledger/signature.ts";
import { ClientError } from "../client-fault.ts";

/** Members of one facility, and what fills the tree up. */
export const TREE_SIZE_MAX: number = 2 ** 22;
/** A receipt, and a path of as many hashes as a tree is high. */
const PROOF_SIZE_BYTES_MAX = RECEIPT_SIZE_BYTES_MAX + 4096;

const leafSchema = record({
  version: uint(1, 1),
  networkId: bytes(HASH_SIZE_BYTES),
  municipality: municipalityCode,
  facility: identifier,
  service: identifier,
  /** What the member calls it: 市民病院 診察券. */
  nameJa: displayName,
  nameEn: displayName,
  /** The member, by a pseudonym that only this facility knows. */
  link: linkHandle,
  cardCommit,
  /** The last day; null when it does not end. */
  validTo: nullable(civilDate),
});
/** What a facility says of one member. Pseudonym and commitment are as good as random: no leaf can be guessed. */
export type LinkLeaf = Infer<typeof leafSchema>;

const proofSchema = record({
  version: uint(1, 1),
  leaf: leafSchema,
  /** Opens the leaf's commitment to the member's card. */
  cardSalt,
  index: uint(TREE_SIZE_MAX),
  size: uint(TREE_SIZE_MAX, 1),
  path: pathSchema,
  /** Of the LINK_ROOT_COMMIT with the root. */
  receipt: receiptSchema,
});
/** A member's proof. */
export type LinkProof = Infer<typeof proofSchema>;

/** What a proof shows. */
export interface ProvenLink {
  readonly leaf: LinkLeaf;
  readonly root: Hash;
  /** Time of the block in which the facility committed to it, ms. Of what it changed later the proof says nothing. */
  readonly committedAtMs: number;
}

/** Hash of a leaf (RFC 6962). */
export function hashOfLink(leaf: LinkLeaf): Hash {
  return leafHash(toBytes(leafSchema, leaf));
}

/** Canonical bytes of a proof. */
export function encodeLinkProof(proof: LinkProof): Uint8Array {
  return toBytes(proofSchema, proof);
}

/** Proof of canonical bytes. @throws LedgerFault `MALFORMED`, `TOO_LARGE`, `INVALID_FIELD`. */
export function decodeLinkProof(proofBytes: Uint8Array): LinkProof {
  return fromBytes(proofSchema, proofBytes, PROOF_SIZE_BYTES_MAX);
}

/**
 * Checks a proof against the genesis.
 * @throws LedgerFault as `verifyReceipt`; ClientError `LINK_UNPROVEN` with the link of the chain that is broken.
 */
export function verifyLinkProof(
  { leaf, index, size, path, receipt }: LinkProof,
  genesis: Genesis,
  verify: VerifySignature,
): ProvenLink {
  const { transaction, result, header } = verifyReceipt(receipt, genesis, verify);
  demand(transaction.envelope.type === linkRootCommit.type && result === ACCEPTED, "transaction");
  const { root, ...place } = linkRootBody.fromCbor(transaction.publicBody, "public");
  demand(equalBytes(leaf.networkId, networkIdOf(genesis)), "network");
  const isOfPlace =
    leaf.municipality === place.municipality &&
    leaf.facility === place.facility &&
    leaf.service === place.service;
  demand(isOfPlace, "facility");
  demand(verifyPath({ hash: hashOfLink(leaf), index, size }, path, root), "path");
  return { leaf, root, committedAtMs: header.timestampMs };
}

/** Whether a proof is about the holder of a card. @param publicKey the card's, PKCS#1 DER. */
export function isOfCard({ leaf, cardSalt: salt }: LinkProof, publicKey: Uint8Array): boolean {
  return equalBytes(commitToCard(salt, publicKey), leaf.cardCommit);
}

function demand(holds: boolean, broken: string): void {
  if (!holds) throw new ClientError("LINK_UNPROVEN", { broken });
}
