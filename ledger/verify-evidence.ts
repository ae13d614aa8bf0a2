/**
 * Whom evidence convicts. Everything is checked from the evidence, the genesis and arithmetic alone; a proof
 * that does not hold is refused, so that nobody can be blamed who signed nothing wrong.
 */
import {
  type BlockHeader,
  blockHash,
  decodeHeader,
  historyLeaf,
  proposalMessage,
} from "./block.ts";
import { equalBytes } from "./bytes.ts";
import {
  type CertificateContext,
  isAhead,
  type LeaderCertificate,
  type LogPosition,
  type Vote,
  verifyCertificate,
  verifyGrant,
  verifyLeaderCertificate,
  verifyVote,
} from "./certificate.ts";
import type {
  CertifiedHeader,
  Evidence,
  EvidenceKind,
  EvidenceOf,
  HistoryLink,
  Proof,
  SignedGrant,
  SignedHeader,
} from "./evidence.ts";
import { LedgerFault } from "./faults.ts";
import { type Genesis, genesisMembership, networkIdOf } from "./genesis.ts";
import type { Hash } from "./hash.ts";
import { electionsIn, entitles } from "./justification.ts";
import { type Membership, membershipHash, voterOf } from "./membership.ts";
import { type MembershipStep, verifyMembershipProof } from "./membership-proof.ts";
import { verifyPath } from "./merkle.ts";
import type { VerifySignature } from "./signature.ts";

/** What evidence is judged by. */
export interface EvidenceContext {
  readonly networkId: Hash;
  /** The membership that signatures name by its hash; undefined when there was none such. */
  readonly membershipOf: (hash: Hash) => Membership | undefined;
  readonly verify: VerifySignature;
}

/** Evidence that holds: who broke the rule, and where. */
export interface Finding {
  readonly kind: EvidenceKind;
  /** In ascending order; nobody when certificates contradict each other, but for one height of one term. */
  readonly culprits: readonly number[];
  /** Of the second statement. */
  readonly term: number;
  /** Of the block that it is about; of the end of the candidate's log for a double grant. */
  readonly height: number;
}

/**
 * The context of a network, from its genesis and the proof of each change of membership.
 * @throws LedgerFault what is wrong with that proof.
 */
export function evidenceContext(
  genesis: Genesis,
  verify: VerifySignature,
  steps: readonly MembershipStep[] = [],
): EvidenceContext {
  const networkId = networkIdOf(genesis);
  const founding = { membership: genesisMembership(genesis), provenHeight: 0 };
  const later = verifyMembershipProof(founding, steps, { networkId, verify });
  const known = [founding, ...later].map(({ membership }) => membership);
  const membershipOf = (hash: Hash) => known.find((one) => equalBytes(membershipHash(one), hash));
  return { networkId, membershipOf, verify };
}

/** Checks everything in a proof. @throws LedgerFault `WRONG_NETWORK`; what `verifyEvidence` throws. */
export function verifyProof(proof: Proof, genesis: Genesis, verify: VerifySignature): Finding[] {
  if (!equalBytes(proof.networkId, networkIdOf(genesis))) throw new LedgerFault("WRONG_NETWORK");
  const context = evidenceContext(genesis, verify, proof.memberships);
  return proof.evidence.map((evidence) => findingOf(evidence, context));
}

/**
 * Checks evidence. @returns numbers of the members that it convicts.
 * @throws LedgerFault `EVIDENCE_INVALID` naming kind and reason when it does not hold; what is wrong with
 *   a certificate or header in it.
 */
export function verifyEvidence(evidence: Evidence, context: EvidenceContext): readonly number[] {
  return findingOf(evidence, context).culprits;
}

/** The same, with where it happened. */
export function findingOf(evidence: Evidence, context: EvidenceContext): Finding {
  const judge = new Judge(evidence.kind, context);
  return { kind: evidence.kind, ...verdict(evidence, judge) };
}

type Verdict = Omit<Finding, "kind">;

function verdict(evidence: Evidence, judge: Judge): Verdict {
  switch (evidence.kind) {
    case "double-grant":
      return doubleGrant(evidence, judge);
    case "double-vote":
      return doubleVote(evidence, judge);
    case "double-proposal":
      return doubleProposal(evidence, judge);
    case "stale-grant":
      return staleGrant(evidence, judge);
    case "false-candidacy":
      return falseCandidacy(evidence, judge);
    case "conflicting-certificates":
      return conflict(evidence, judge);
  }
}

function doubleGrant({ first, second }: EvidenceOf<"double-grant">, judge: Judge): Verdict {
  judge.demand(first.grant.voter === second.grant.voter, "two voters");
  judge.demand(first.candidacy.term === second.candidacy.term, "two terms");
  judge.demand(first.candidacy.candidate !== second.candidacy.candidate, "one candidate");
  judge.demandGrant(first);
  judge.demandGrant(second);
  const { term, position } = second.candidacy;
  return { culprits: [first.grant.voter], term, height: position.height };
}

function doubleVote({ first, second }: EvidenceOf<"double-vote">, judge: Judge): Verdict {
  judge.demand(first.voter === second.voter, "two voters");
  judge.demand(first.term === second.term && first.height === second.height, "two places");
  judge.demand(!equalBytes(first.blockHash, second.blockHash), "one block");
  judge.demandVote(first);
  judge.demandVote(second);
  return { culprits: [first.voter], term: first.term, height: first.height };
}

function doubleProposal(evidence: EvidenceOf<"double-proposal">, judge: Judge): Verdict {
  const first = judge.signedHeader(evidence.first);
  const second = judge.signedHeader(evidence.second);
  judge.demand(first.proposer === second.proposer, "two proposers");
  judge.demand(first.term === second.term, "two terms");
  judge.demandFork(evidence.first.header, evidence.second.header, evidence.link);
  return { culprits: [first.proposer], term: first.term, height: second.height };
}

function staleGrant({ vote, granted }: EvidenceOf<"stale-grant">, judge: Judge): Verdict {
  const { candidacy, grant } = granted;
  judge.demand(vote.voter === grant.voter, "two voters");
  judge.demand(candidacy.term > vote.term, "granted before it voted");
  judge.demand(isAhead(vote, candidacy.position), "the candidate's log was not behind");
  judge.demandVote(vote);
  judge.demandGrant(granted);
  judge.demandUnjustified(vote, granted);
  return { culprits: [vote.voter], term: candidacy.term, height: vote.height };
}

function falseCandidacy({ stood, built }: EvidenceOf<"false-candidacy">, judge: Judge): Verdict {
  const { candidacy, grant } = stood;
  const { position, candidate, term } = candidacy;
  judge.demand(grant.voter === candidate, "not the candidate's own word");
  judge.demandGrant(stood);
  const header = judge.signedHeader(built);
  judge.demand(header.proposer === candidate && header.term === term, "not the candidate's block");
  judge.demand(isElsewhere(header, position), "built on the log it stood with");
  return { culprits: [candidate], term, height: header.height };
}

/** True when a block is no first block on a log that ends at the position: it is not above, or on another. */
export function isElsewhere(header: BlockHeader, position: LogPosition): boolean {
  const isNext = header.height === position.height + 1;
  const isOnAnother = isNext && !equalBytes(header.previousHash, position.hash);
  return header.height <= position.height || isOnAnother;
}

function conflict(evidence: EvidenceOf<"conflicting-certificates">, judge: Judge): Verdict {
  const { first, second, link } = evidence;
  judge.demandCertified(first);
  judge.demandCertified(second);
  judge.demandFork(first.header, second.header, link);
  const { term, height, votes } = second.certificate;
  const isOnePlace = first.certificate.term === term && first.certificate.height === height;
  const voters = new Set(votes.map(({ voter }) => voter));
  const inBoth = first.certificate.votes.filter(({ voter }) => voters.has(voter));
  return { culprits: isOnePlace ? inBoth.map(({ voter }) => voter) : [], term, height };
}

/** Checks the parts of one piece of evidence. */
class Judge {
  readonly #kind: EvidenceKind;
  readonly #context: EvidenceContext;

  constructor(kind: EvidenceKind, context: EvidenceContext) {
    this.#kind = kind;
    this.#context = context;
  }

  demand(holds: boolean, reason: string): void {
    if (!holds) this.#refuse(reason);
  }

  #refuse(reason: string): never {
    throw new LedgerFault("EVIDENCE_INVALID", { kind: this.#kind, reason });
  }

  demandVote(vote: Vote): void {
    const isRight = isSignedVote(vote, this.#context);
    this.demand(isRight, `the vote of node ${vote.voter} does not verify`);
  }

  demandGrant(granted: SignedGrant): void {
    const isRight = isSignedGrant(granted, this.#context);
    this.demand(isRight, `the grant of node ${granted.grant.voter} does not verify`);
  }

  demandUnjustified(vote: Vote, granted: SignedGrant): void {
    const election = justificationOf(vote, granted, this.#context);
    this.demand(election === null, `the election of term ${election?.term} justifies the grant`);
  }

  /** The header, if its proposer signed it. */
  signedHeader(signed: SignedHeader): BlockHeader {
    const header = decodeHeader(signed.header);
    const isRight = isSignedHeader(signed, this.#context);
    this.demand(isRight, `the proposal of node ${header.proposer} does not verify`);
    return header;
  }

  demandCertified({ certificate, header }: CertifiedHeader): void {
    const { term, height } = decodeHeader(header);
    const isItsOwn =
      certificate.term === term &&
      certificate.height === height &&
      equalBytes(certificate.blockHash, blockHash(header));
    this.demand(isItsOwn, "a certificate for another header");
    const context = memberContext(certificate.membershipHash, this.#context);
    verifyCertificate(certificate, context ?? this.#refuse("unknown members"));
  }

  /** The block of the second header does not have that of the first among its ancestors, nor is it the same. */
  demandFork(firstBytes: Uint8Array, secondBytes: Uint8Array, link: HistoryLink | null): void {
    const first = decodeHeader(firstBytes);
    const second = decodeHeader(secondBytes);
    this.demand(first.height <= second.height, "the higher one comes first");
    const isOneHeight = first.height === second.height;
    this.demand(isOneHeight === (link === null), "a link is for two heights");
    const ancestor = link === null ? blockHash(secondBytes) : link.hash;
    this.demand(!equalBytes(ancestor, blockHash(firstBytes)), "one chain");
    if (link === null) return;
    // Index and size are those of signed headers: a path alone does not prove them (merkle.ts).
    const leaf = { hash: historyLeaf(ancestor), index: first.height, size: second.height };
    this.demand(verifyPath(leaf, link.path, second.historyRoot), "the link does not hold");
  }
}

/** True when a voter of the membership that it names signed the vote. */
export function isSignedVote(vote: Vote, judgedBy: EvidenceContext): boolean {
  const context = memberContext(vote.membershipHash, judgedBy);
  return context !== null && verifyVote(vote, context);
}

/** True when a voter of the membership that it names signed the grant. */
export function isSignedGrant(granted: SignedGrant, judgedBy: EvidenceContext): boolean {
  const { candidacy, grant } = granted;
  const context = memberContext(candidacy.membershipHash, judgedBy);
  return context !== null && verifyGrant(candidacy, grant, context);
}

/**
 * The election that entitled a voter to a grant in spite of its vote; null when the grant shows none that holds. Those
 * who elected there may have been entitled or not: that convicts them, not this voter.
 */
export function justificationOf(
  vote: Pick<Vote, "term" | "height">,
  { candidacy, grant }: SignedGrant,
  judgedBy: EvidenceContext,
): LeaderCertificate | null {
  const elections = electionsIn(grant).filter((one) => entitles(one, vote, candidacy));
  return elections.find((one) => isElection(one, judgedBy)) ?? null;
}

/** True when a quorum of the membership that it names elected there. */
export function isElection(election: LeaderCertificate, judgedBy: EvidenceContext): boolean {
  const context = memberContext(election.membershipHash, judgedBy);
  if (context === null) return false;
  try {
    verifyLeaderCertificate(election, context);
    return true;
  } catch (error) {
    if (error instanceof LedgerFault) return false;
    throw error;
  }
}

/** True when its proposer, a voter of the membership that it names, signed the header. */
export function isSignedHeader(signed: SignedHeader, judgedBy: EvidenceContext): boolean {
  const { membershipHash: hash, proposer: number } = decodeHeader(signed.header);
  const context = memberContext(hash, judgedBy);
  const proposer = context === null ? undefined : voterOf(context.membership, number);
  if (context === null || proposer === undefined) return false;
  return context.verify({
    algorithm: "ed25519",
    publicKey: proposer.publicKey,
    message: proposalMessage(context.networkId, blockHash(signed.header)),
    signature: signed.proposalSignature,
  });
}

function memberContext(
  hash: Hash,
  { networkId, membershipOf, verify }: EvidenceContext,
): CertificateContext | null {
  const membership = membershipOf(hash);
  return membership === undefined ? null : { networkId, membership, verify };
}
