/**
 * Evidence: signed statements of one member that no honest node makes together.
 *
 *     evidence      = [ kind, fields… ]
 *     proof         = [ version, networkId, [ * evidence ] ]        what files and nodes hold
 *     signed grant  = [ [ term, candidate, position, membershipHash ], grant ]
 *     signed header = [ header: bstr, proposalSignature ]
 *     link          = [ hash, path ] / null      which block a later header has at an earlier height
 *
 * | kind                     | the rule that was broken                                            |
 * |--------------------------|---------------------------------------------------------------------|
 * | double-grant             | a voter elects one candidate a term                                 |
 * | double-vote              | a voter votes for one block of a term at a height                   |
 * | double-proposal          | a leader makes one chain in its term                                |
 * | stale-grant              | a voter elects nobody whose log is behind a block that it voted for |
 * | false-candidacy          | a leader builds on the log with which it stood for election         |
 * | conflicting-certificates | there is one history: this is the contradiction itself              |
 *
 * Why each holds against a liar only is argued in docs/decisions/0011-accountability.md.
 */
import {
  certificateSchema,
  type Grant,
  grantSchema,
  type LeaderCertificate,
  positionSchema,
  voteSchema,
} from "./certificate.ts";
import { HASH_SIZE_BYTES } from "./hash.ts";
import { nodeNumber } from "./membership.ts";
import { membershipProofSchema } from "./membership-proof.ts";
import {
  bytes,
  fromBytes,
  type Infer,
  list,
  nullable,
  record,
  toBytes,
  uint,
  variant,
} from "./schema.ts";
import { ED25519_SIGNATURE_SIZE_BYTES } from "./signature.ts";

/** Pieces of evidence in one proof. */
export const PROOF_EVIDENCE_MAX = 1024;
/** Bytes of one proof: the largest evidence, two certificates of 64 voters, has 10 KB. */
export const PROOF_SIZE_BYTES_MAX: number = 4 * 1024 * 1024;

const hashField = bytes(HASH_SIZE_BYTES);

/** A leader certificate without its grants: who wants to lead which term, from which log. */
const candidacySchema = record({
  term: uint(),
  candidate: nodeNumber,
  position: positionSchema,
  membershipHash: hashField,
});

/** A grant with all that its signature covers. */
const signedGrantSchema = record({ candidacy: candidacySchema, grant: grantSchema });
/** A grant with all that its signature covers. */
export type SignedGrant = Infer<typeof signedGrantSchema>;

/** A header with its proposer's signature. */
const signedHeaderSchema = record({
  header: bytes(1, 1024),
  proposalSignature: bytes(ED25519_SIGNATURE_SIZE_BYTES),
});
/** A header with its proposer's signature. */
export type SignedHeader = Infer<typeof signedHeaderSchema>;

/** The hash of the block at an earlier height, and its path to the `historyRoot` of a later header. */
const linkSchema = record({ hash: hashField, path: list(hashField, 64) });
/** The hash of an earlier block, and its path to a later header's `historyRoot`. */
export type HistoryLink = Infer<typeof linkSchema>;

/** A certificate and the header that it certifies. */
const certifiedHeaderSchema = record({ certificate: certificateSchema, header: bytes(1, 1024) });
/** A certificate and the header that it certifies. */
export type CertifiedHeader = Infer<typeof certifiedHeaderSchema>;

/** What can be shown. Where there is a `link`, `first` is not the higher one; it is null at one height. */
export const evidenceSchema = variant({
  "double-grant": record({ first: signedGrantSchema, second: signedGrantSchema }),
  "double-vote": record({ first: voteSchema, second: voteSchema }),
  "double-proposal": record({
    first: signedHeaderSchema,
    second: signedHeaderSchema,
    link: nullable(linkSchema),
  }),
  "stale-grant": record({ vote: voteSchema, granted: signedGrantSchema }),
  "false-candidacy": record({ stood: signedGrantSchema, built: signedHeaderSchema }),
  "conflicting-certificates": record({
    first: certifiedHeaderSchema,
    second: certifiedHeaderSchema,
    link: nullable(linkSchema),
  }),
});
/** What can be shown. */
export type Evidence = Infer<typeof evidenceSchema>;
/** The rule that was broken, in two words. */
export type EvidenceKind = Evidence["kind"];
/** Evidence of one kind. */
export type EvidenceOf<K extends EvidenceKind> = Extract<Evidence, { readonly kind: K }>;

/** Evidence of one network, as files and nodes hold it. */
export const proofSchema = record({
  version: uint(1, 1),
  networkId: hashField,
  evidence: list(evidenceSchema, PROOF_EVIDENCE_MAX),
  /** Every change of membership: who the members were whose signatures are judged. */
  memberships: membershipProofSchema,
});
/** Evidence of one network. */
export type Proof = Infer<typeof proofSchema>;

/** Canonical bytes of a proof. */
export function encodeProof(proof: Proof): Uint8Array {
  return toBytes(proofSchema, proof);
}

/** Proof of canonical bytes. @throws LedgerFault `MALFORMED`, `TOO_LARGE` or `INVALID_FIELD`. */
export function decodeProof(proofBytes: Uint8Array): Proof {
  return fromBytes(proofSchema, proofBytes, PROOF_SIZE_BYTES_MAX);
}

/** Each grant of a leader certificate by itself. */
export function signedGrants({ grants, ...candidacy }: LeaderCertificate): SignedGrant[] {
  return grants.map((grant: Grant) => ({ candidacy, grant }));
}
