/**
 * Votes and certificates of one node.
 *
 * - As a voter: signs a vote for each block of its own term, after block and prefix are durable, and sends
 *   with an acknowledgement every vote up to the acknowledged height that is not certified yet, so
 *   that the exact certificate of any height can be made (an acknowledgement may cover many blocks).
 * - As a leader: believes an acknowledgement only as far as votes back it; so whatever the core counts as a
 *   majority is a certificate too.
 * - As a follower: commits only what a verified certificate covers on its own chain, whatever a leader says.
 *
 * Each block is certified by the membership that it was made under (docs/decisions/0010).
 *
 * Invariant: `certified` is a verified certificate of a block on this node's chain; its height never falls.
 */
import { equalBytes } from "../../ledger/bytes.ts";
import {
  type Certificate,
  type CertificateContext,
  type SignatureContext,
  type Vote,
  verifyCertificate,
  verifyVote,
  voteMessage,
} from "../../ledger/certificate.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import type { Hash } from "../../ledger/hash.ts";
import { isQuorum, type Membership, membershipHash, voterOf } from "../../ledger/membership.ts";
import type { Identity } from "./identity.ts";

/** What a vote is about. */
export interface VotedBlock {
  readonly term: number;
  readonly height: number;
  readonly hash: Hash;
}

/** Looks up this node's own block at a height; undefined when its chain does not reach it. */
export type BlockAt = (height: number) => VotedBlock | undefined;

/** Looks up the membership of a block of a chain. */
export interface MembershipAt {
  at(height: number): Membership;
}

/** Votes that one acknowledgement may carry; an honest leader leaves far fewer blocks uncertified. */
export const VOTES_PER_MESSAGE_MAX = 16_384;

/** Keeps a node's own votes, those it received, and the highest certificate. */
export class Certifier {
  readonly #signatures: SignatureContext;
  readonly #identity: Identity;
  /** Of the blocks of this node's log. */
  readonly #memberships: MembershipAt;
  /** Votes above the certified height: height → voter → vote. */
  readonly #votes = new Map<number, Map<number, Vote>>();
  #certified: Certificate | null = null;
  /** The certificate verified last: it comes again in every frame and block until there is a higher one. */
  #verified: Certificate | null = null;

  constructor(signatures: SignatureContext, identity: Identity, memberships: MembershipAt) {
    this.#signatures = signatures;
    this.#identity = identity;
    this.#memberships = memberships;
  }

  /** The highest certificate, or null before the first. */
  get certified(): Certificate | null {
    return this.#certified;
  }

  /** Height up to which this node's chain is certified. */
  get certifiedHeight(): number {
    return this.#certified?.height ?? 0;
  }

  /**
   * Signs and keeps this node's vote. The caller has made block and prefix durable, in this very term.
   * @throws Error instead of signing two blocks of one term and height.
   */
  vote(block: VotedBlock): void {
    const { number } = this.#identity;
    const membership = this.#memberships.at(block.height);
    const signer = this.#identity.signerIn(membership);
    const isVoter = voterOf(membership, number) !== undefined;
    if (block.height <= this.certifiedHeight || !isVoter || signer === null) return;
    const given = this.#votes.get(block.height)?.get(number);
    if (given?.term === block.term && !isFor(given, block)) {
      throw new Error(`a second vote for block ${block.height} in term ${block.term}`);
    }
    const statement = {
      term: block.term,
      height: block.height,
      blockHash: block.hash,
      membershipHash: membershipHash(membership),
    };
    const signature = signer.sign(voteMessage(this.#signatures.networkId, statement));
    this.#keep({ ...statement, voter: number, signature });
  }

  /** This node's votes of a term up to a height, in order: what goes with an acknowledgement. */
  ownVotes(term: number, upTo: number): Vote[] {
    const votes: Vote[] = [];
    const end = Math.min(upTo, this.certifiedHeight + VOTES_PER_MESSAGE_MAX);
    for (let height = this.certifiedHeight + 1; height <= end; height++) {
      const vote = this.#votes.get(height)?.get(this.#identity.number);
      if (vote?.term === term) votes.push(vote);
    }
    return votes;
  }

  /** Keeps another voter's votes for blocks of this node's chain. @returns false when one is wrong. */
  receive(from: number, votes: readonly Vote[], blockAt: BlockAt): boolean {
    return votes.every((vote) => vote.voter === from && this.#take(vote, blockAt));
  }

  /** Keeps a vote if it counts. @returns false when it is wrong. */
  #take(vote: Vote, blockAt: BlockAt): boolean {
    const { voter, height } = vote;
    if (height <= this.certifiedHeight) return true;
    const known = this.#votes.get(height)?.get(voter);
    if (known !== undefined && sameVote(known, vote)) return true;
    const block = blockAt(height);
    if (block === undefined || !isFor(vote, block)) return true;
    const context = this.#contextAt(height);
    // Signed under another membership it is right in itself, and would make the certificate wrong that it went into.
    const isUnder = equalBytes(vote.membershipHash, membershipHash(context.membership));
    if (!isUnder || voterOf(context.membership, voter) === undefined) return true;
    if (!verifyVote(vote, context)) return false;
    this.#keep(vote);
    return true;
  }

  /**
   * True when votes of `from` are there for every block of `term` above the certified, up to `height`.
   * Where a member has no voice its acknowledgement certifies nothing, and needs no vote.
   */
  backs(from: number, term: number, height: number, blockAt: BlockAt): boolean {
    for (let at = this.certifiedHeight + 1; at <= height; at++) {
      const block = blockAt(at);
      if (block === undefined) return false;
      const isVoter = voterOf(this.#memberships.at(at), from) !== undefined;
      if (block.term !== term || !isVoter) continue;
      const vote = this.#votes.get(at)?.get(from);
      if (vote === undefined || !isFor(vote, block)) return false;
    }
    return true;
  }

  /** The certificate of a block, when the votes that are there make a quorum. */
  certificateOf(block: VotedBlock): Certificate | null {
    const votes = [...(this.#votes.get(block.height)?.values() ?? [])]
      .filter((vote) => isFor(vote, block))
      .sort((a, b) => a.voter - b.voter);
    const voters = new Set(votes.map(({ voter }) => voter));
    const membership = this.#memberships.at(block.height);
    if (!isQuorum(membership, voters)) return null;
    return {
      term: block.term,
      height: block.height,
      blockHash: block.hash,
      membershipHash: membershipHash(membership),
      votes: votes.map(({ voter, signature }) => ({ voter, signature })),
    };
  }

  /**
   * Takes over a certificate from elsewhere if it is higher and for a block of this node's chain.
   * @throws LedgerFault `CERTIFICATE_INVALID` when it is wrong.
   */
  adopt(certificate: Certificate, blockAt: BlockAt): void {
    if (certificate.height <= this.certifiedHeight) return;
    const block = blockAt(certificate.height);
    if (block === undefined) return;
    const { term, height, blockHash: hash } = certificate;
    if (!isSame({ term, height, hash }, block)) return;
    this.#verify(certificate, this.#memberships);
    this.#advance(certificate);
  }

  /**
   * Checks a certificate that a block shows for one of its ancestors.
   * @throws LedgerFault `CERTIFICATE_INVALID` when it is for another block, or wrong.
   */
  verifyShown(certificate: Certificate, ancestorAt: BlockAt, memberships: MembershipAt): void {
    const { term, height, blockHash: hash } = certificate;
    const ancestor = ancestorAt(height);
    if (ancestor === undefined || !isSame({ term, height, hash }, ancestor)) {
      throw new LedgerFault("CERTIFICATE_INVALID", { height, reason: "not for an ancestor" });
    }
    this.#verify(certificate, memberships);
  }

  /**
   * Makes and takes over a certificate that covers a block which the core counts as committed: its own, or, for
   * a block of an earlier term, that of the leader's first block, which committed it.
   */
  certify(block: VotedBlock, blockAt: BlockAt): void {
    if (block.height <= this.certifiedHeight) return;
    for (const height of [...this.#votes.keys()].sort((a, b) => a - b)) {
      const voted = height < block.height ? undefined : blockAt(height);
      const certificate = voted === undefined ? null : this.certificateOf(voted);
      if (certificate === null) continue;
      this.#advance(certificate);
      return;
    }
    throw new Error(`block ${block.height} is committed without a certificate`);
  }

  #contextAt(height: number): CertificateContext {
    return { ...this.#signatures, membership: this.#memberships.at(height) };
  }

  #verify(certificate: Certificate, memberships: MembershipAt): void {
    // The same block has the same membership on every chain that holds it: its header names it.
    if (this.#verified !== null && sameCertificate(this.#verified, certificate)) return;
    const membership = memberships.at(certificate.height);
    verifyCertificate(certificate, { ...this.#signatures, membership });
    this.#verified = certificate;
  }

  #advance(certificate: Certificate): void {
    this.#certified = certificate;
    for (const height of this.#votes.keys()) {
      if (height <= certificate.height) this.#votes.delete(height);
    }
  }

  /** Keeps a vote; one of a later term replaces that of an earlier one (the block was replaced too). */
  #keep(vote: Vote): void {
    const voters = this.#votes.get(vote.height) ?? new Map<number, Vote>();
    const known = voters.get(vote.voter);
    if (known === undefined || known.term <= vote.term) voters.set(vote.voter, vote);
    this.#votes.set(vote.height, voters);
  }
}

function isFor(vote: Vote, block: VotedBlock): boolean {
  return isSame({ term: vote.term, height: vote.height, hash: vote.blockHash }, block);
}

function isSame(a: VotedBlock, b: VotedBlock): boolean {
  return a.term === b.term && a.height === b.height && equalBytes(a.hash, b.hash);
}

function sameCertificate(a: Certificate, b: Certificate): boolean {
  return (
    isSame({ ...a, hash: a.blockHash }, { ...b, hash: b.blockHash }) &&
    equalBytes(a.membershipHash, b.membershipHash) &&
    a.votes.length === b.votes.length &&
    a.votes.every(({ voter, signature }, i) => {
      const other = b.votes[i];
      return other?.voter === voter && equalBytes(other.signature, signature);
    })
  );
}

function sameVote(a: Vote, b: Vote): boolean {
  return a.term === b.term && equalBytes(a.signature, b.signature);
}
