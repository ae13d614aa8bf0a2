/**
 * Votes, the certificates made of them, and the proof that a term's leader was elected.
 *
 * A vote is a node's promise that the block and its whole prefix are on its disk, given only in the
 * block's own term. A quorum of votes for one (term, height, block hash) is a certificate: it commits the
 * block and, through the hash chain, every ancestor. Blocks inherited from an earlier term never get votes
 * again: without the term in the vote, two majorities could sign two blocks at one height although
 * nobody cheated (Raft figure 8).
 *
 *     vote message   = tag("vote")  ‖ CBOR [ networkId, membershipHash, term, height, blockHash ]
 *     grant message  = tag("grant") ‖ CBOR [ networkId, membershipHash, term, candidate, position, voter, position,
 *                                            justification ]
 *     position       = [ term, height, hash ] of the last block in a log
 *     justification  = why the voter may elect a log without blocks that it voted for (justification.ts); mostly empty
 */
import { equalBytes } from "./bytes.ts";
import { encode } from "./encoding.ts";
import { LedgerFault } from "./faults.ts";
import { HASH_SIZE_BYTES, type Hash, tagged } from "./hash.ts";
import { JUSTIFICATION_SIZE_BYTES_MAX, MEMBERS_MAX } from "./limits.ts";
import {
  membershipHash as hashOfMembership,
  isQuorum,
  type Membership,
  nodeNumber,
  voterOf,
} from "./membership.ts";
import { bytes, type Infer, list, record, uint } from "./schema.ts";
import { ED25519_SIGNATURE_SIZE_BYTES, type VerifySignature } from "./signature.ts";

const hashField = bytes(HASH_SIZE_BYTES);
const signatureField = bytes(ED25519_SIGNATURE_SIZE_BYTES);

/** A node's signature on a block. */
export const voteSchema = record({
  term: uint(),
  height: uint(),
  blockHash: hashField,
  membershipHash: hashField,
  voter: nodeNumber,
  signature: signatureField,
});
/** A node's signature on a block. */
export type Vote = Infer<typeof voteSchema>;

/** Votes of a quorum for one block, in ascending order of voter. */
export const certificateSchema = record({
  term: uint(),
  height: uint(),
  blockHash: hashField,
  membershipHash: hashField,
  votes: list(record({ voter: nodeNumber, signature: signatureField }), MEMBERS_MAX, 1),
});
/** Votes of a quorum for one block. */
export type Certificate = Infer<typeof certificateSchema>;

/** Where a log ends. Height 0 is the genesis: term 0, hash = networkId. */
export const positionSchema = record({ term: uint(), height: uint(), hash: hashField });
/** Where a log ends. */
export type LogPosition = Infer<typeof positionSchema>;

/** A signed "you may lead this term", the log that it was given from, and what justifies it. */
export const grantSchema = record({
  voter: nodeNumber,
  position: positionSchema,
  justification: bytes(0, JUSTIFICATION_SIZE_BYTES_MAX),
  signature: signatureField,
});
/** A signed "you may lead this term". */
export type Grant = Infer<typeof grantSchema>;

/** Grants of a quorum for one candidate; stands in the first block of the term. */
export const leaderCertificateSchema = record({
  term: uint(),
  candidate: nodeNumber,
  position: positionSchema,
  membershipHash: hashField,
  grants: list(grantSchema, MEMBERS_MAX, 1),
});
/** Grants of a quorum for one candidate. */
export type LeaderCertificate = Infer<typeof leaderCertificateSchema>;

/** What a voter signs. */
export function voteMessage(networkId: Hash, vote: Omit<Vote, "voter" | "signature">): Uint8Array {
  const { membershipHash, term, height, blockHash } = vote;
  return tagged("vote", encode([networkId, membershipHash, term, height, blockHash]));
}

/** What a voter signs when it grants a candidate its vote. */
export function grantMessage(
  networkId: Hash,
  claim: Omit<LeaderCertificate, "grants">,
  grant: Omit<Grant, "signature">,
): Uint8Array {
  const { membershipHash, term, candidate } = claim;
  const from = positionSchema.toCbor(claim.position);
  const own = positionSchema.toCbor(grant.position);
  const { voter, justification } = grant;
  return tagged(
    "grant",
    encode([networkId, membershipHash, term, candidate, from, voter, own, justification]),
  );
}

/** What every signature of a node is judged by: the network that it names, and the arithmetic. */
export interface SignatureContext {
  readonly networkId: Hash;
  readonly verify: VerifySignature;
}

/** What votes are judged by: also who may vote. */
export interface CertificateContext extends SignatureContext {
  readonly membership: Membership;
}

/** True when the vote is a voter's and its signature is right. */
export function verifyVote(vote: Vote, context: CertificateContext): boolean {
  const signer = voterOf(context.membership, vote.voter);
  return (
    signer !== undefined &&
    context.verify({
      algorithm: "ed25519",
      publicKey: signer.publicKey,
      message: voteMessage(context.networkId, vote),
      signature: vote.signature,
    })
  );
}

/**
 * Checks that a quorum of the membership signed. Every vote listed must be right, in ascending order:
 * a certificate has no byte that does not count.
 * @throws LedgerFault `CERTIFICATE_INVALID` naming the reason.
 */
export function verifyCertificate(certificate: Certificate, context: CertificateContext): void {
  const { height, votes } = certificate;
  const refuse = (reason: string): never => {
    throw new LedgerFault("CERTIFICATE_INVALID", { height, reason });
  };
  if (!equalBytes(certificate.membershipHash, hashOfMembership(context.membership))) {
    refuse("made under another membership");
  }
  if (!isAscending(votes)) refuse("voters are not in ascending order");
  for (const { voter, signature } of votes) {
    if (!verifyVote({ ...certificate, voter, signature }, context)) {
      refuse(`the vote of node ${voter} does not verify`);
    }
  }
  if (!isQuorum(context.membership, new Set(votes.map(({ voter }) => voter)))) {
    refuse("too few votes for a quorum");
  }
}

/**
 * Checks that a quorum granted the candidate, a voter himself, the term, each from a log that was not ahead of his.
 * @throws LedgerFault `LEADER_CERTIFICATE_INVALID` naming the reason.
 */
export function verifyLeaderCertificate(
  certificate: LeaderCertificate,
  context: CertificateContext,
): void {
  const { term, candidate, grants, position } = certificate;
  const refuse = (reason: string): never => {
    throw new LedgerFault("LEADER_CERTIFICATE_INVALID", { term, reason });
  };
  if (!equalBytes(certificate.membershipHash, hashOfMembership(context.membership))) {
    refuse("made under another membership");
  }
  // Whoever has no voice can make no block: as a leader he could only keep others from it.
  if (voterOf(context.membership, candidate) === undefined) refuse("the candidate has no voice");
  if (!isAscending(grants)) refuse("voters are not in ascending order");
  for (const grant of grants) {
    if (!verifyGrant(certificate, grant, context)) {
      refuse(`the grant of node ${grant.voter} does not verify`);
    }
    if (isAhead(grant.position, position)) refuse(`node ${grant.voter} had a longer log`);
  }
  if (!isQuorum(context.membership, new Set(grants.map(({ voter }) => voter)))) {
    refuse("too few grants for a quorum");
  }
}

/** True when the grant is a voter's and its signature is right. */
export function verifyGrant(
  claim: Omit<LeaderCertificate, "grants">,
  grant: Grant,
  context: CertificateContext,
): boolean {
  const signer = voterOf(context.membership, grant.voter);
  return (
    signer !== undefined &&
    context.verify({
      algorithm: "ed25519",
      publicKey: signer.publicKey,
      message: grantMessage(context.networkId, claim, grant),
      signature: grant.signature,
    })
  );
}

/** Raft section 5.4.1: a log is ahead when its last term is later, or the same and it is longer. */
export function isAhead(
  a: Pick<LogPosition, "term" | "height">,
  b: Pick<LogPosition, "term" | "height">,
): boolean {
  return a.term > b.term || (a.term === b.term && a.height > b.height);
}

function isAscending(items: readonly { readonly voter: number }[]): boolean {
  return items.every((item, i) => i === 0 || item.voter > (items[i - 1]?.voter ?? 0));
}
