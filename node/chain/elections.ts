/**
 * Signed grants, and the leader certificate that they make.
 *
 * A voter signs which candidate it granted a term, and from which log: afterwards nobody can deny
 * whom he elected. What is signed is fixed when the core grants, and signed when the grant is durable.
 * Pre-votes bind nobody and are not signed.
 *
 * Whoever appends or keeps followers quiet shows its leader certificate: without it any member could name a
 * higher term and be followed.
 */

import type { BlockControl } from "../../ledger/block.ts";
import { equalBytes } from "../../ledger/bytes.ts";
import {
  type Certificate,
  type CertificateContext,
  type Grant,
  grantMessage,
  type LeaderCertificate,
  type LogPosition,
  type SignatureContext,
  verifyGrant,
  verifyLeaderCertificate,
} from "../../ledger/certificate.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import type { Hash } from "../../ledger/hash.ts";
import type { Membership } from "../../ledger/membership.ts";
import type { Identity } from "./identity.ts";

/** Who wants to lead which term, from which log, under which membership. */
export type Candidacy = Omit<LeaderCertificate, "grants">;

/** Looks up a membership that this node knows. */
export interface KnownMemberships {
  named(hash: Hash): Membership | undefined;
}

/** What this node granted: to whom, where its own log ended then, and why it might; null when it might not. */
interface Promised {
  readonly candidacy: Candidacy;
  readonly own: LogPosition;
  readonly justification: Uint8Array | null;
}

/** What a grant for a candidacy must show; null when this node may not give it. */
export type Justify = (candidacy: Candidacy) => Uint8Array | null;

/** Keeps what this node granted and what it was granted, for the latest term only. */
export class Elections {
  readonly #signatures: SignatureContext;
  readonly #identity: Identity;
  readonly #memberships: KnownMemberships;
  readonly #justify: Justify;
  #request: Candidacy | null = null;
  #promised: Promised | null = null;
  #grants = new Map<number, Grant>();
  #candidacy: Candidacy | null = null;
  /** The certificate known when this node stood: it proves the membership that it stood under. */
  #shown: Certificate | null = null;
  /** The proof of this node's own last election. */
  #proof: LeaderCertificate | null = null;
  /** The latest leader whose election was proven to this node. */
  #leader: LeaderCertificate | null = null;

  constructor(
    signatures: SignatureContext,
    identity: Identity,
    memberships: KnownMemberships,
    justify: Justify,
  ) {
    this.#signatures = signatures;
    this.#identity = identity;
    this.#memberships = memberships;
    this.#justify = justify;
  }

  /** Notes a request just before the core answers it. */
  requested(candidacy: Candidacy): void {
    this.#request = candidacy;
  }

  /**
   * The core has granted the request noted last. Granted again in one term, the first grant stands.
   * @param own where this node's log ends at this moment.
   */
  granted(term: number, candidate: number, own: LogPosition): void {
    const candidacy = this.#request;
    if (candidacy?.term !== term || candidacy.candidate !== candidate) {
      throw new Error(`term ${term} was granted to node ${candidate}, which did not ask`);
    }
    const known = this.#promised?.candidacy;
    if (known?.term === term && known.candidate === candidate) return;
    this.#promised = { candidacy, own, justification: this.#justify(candidacy) };
  }

  /**
   * This node's signed grant, once it is durable; null when it has granted a later term since, may not grant, or has
   * no key in the candidate's membership.
   */
  grant(term: number, candidate: number): Grant | null {
    const promised = this.#promised;
    if (promised?.candidacy.term !== term || promised.candidacy.candidate !== candidate)
      return null;
    const { justification } = promised;
    if (justification === null) return null;
    const membership = this.#memberships.named(promised.candidacy.membershipHash);
    const signer = membership === undefined ? null : this.#identity.signerIn(membership);
    if (signer === null) return null;
    const unsigned = { voter: this.#identity.number, position: promised.own, justification };
    const message = grantMessage(this.#signatures.networkId, promised.candidacy, unsigned);
    return { ...unsigned, signature: signer.sign(message) };
  }

  /**
   * Begins this node's own candidacy, with its vote for itself.
   * @param shown the highest certificate, by which the next block is under the membership stood for.
   */
  stand(standing: Omit<Candidacy, "candidate">, shown: Certificate | null): void {
    const candidacy = { ...standing, candidate: this.#identity.number };
    this.#candidacy = candidacy;
    this.#shown = shown;
    this.#grants = new Map();
    this.requested(candidacy);
    this.granted(candidacy.term, candidacy.candidate, candidacy.position);
  }

  /** What this node stood for last; null when it never did. */
  get standing(): Candidacy | null {
    return this.#candidacy;
  }

  /** Keeps a grant that this node received. @returns false when it is not for its candidacy or wrong. */
  received(term: number, grant: Grant): boolean {
    const candidacy = this.#candidacy;
    if (candidacy === null || candidacy.term !== term) return false;
    // A voter with a longer log had to refuse; with its grant no follower would believe the election.
    if (isAhead(grant.position, candidacy.position)) return false;
    const context = this.#contextOf(candidacy);
    if (context === null || !verifyGrant(candidacy, grant, context)) return false;
    this.#grants.set(grant.voter, grant);
    return true;
  }

  /**
   * The control part of the first block of a term that this node won: the proof of its election.
   * @throws Error when it was not elected from there: the core counted otherwise.
   */
  firstControl(term: number, position: LogPosition): BlockControl {
    const candidacy = this.#candidacy;
    const stoodForThis =
      candidacy?.term === term && equalBytes(candidacy.position.hash, position.hash);
    if (!stoodForThis) throw new Error(`no candidacy for term ${term}`);
    const grants = [...this.#grants.values()].sort((a, b) => a.voter - b.voter);
    this.#proof = { ...candidacy, grants };
    return { lastCertificate: this.#shown, leaderCertificate: this.#proof, membershipChange: null };
  }

  /** The proof to show while leading a term; null when this node does not lead it. */
  proofOf(term: number): LeaderCertificate | null {
    return this.#proof?.term === term ? this.#proof : null;
  }

  /** True when it is proven, now or before, that a member leads a term. */
  isLeader(term: number, member: number, proof: LeaderCertificate | null): boolean {
    if (this.#leader?.term === term) return this.#leader.candidate === member;
    if (proof?.term !== term || proof.candidate !== member || !this.#isProof(proof)) return false;
    this.#leader = proof;
    return true;
  }

  /** Those elections of a list that hold, and before them that of the leader whom this node follows. */
  provenOf(shown: readonly LeaderCertificate[]): readonly LeaderCertificate[] {
    const proven = shown.filter((one) => this.#isProof(one));
    return this.#leader === null ? proven : [this.#leader, ...proven];
  }

  #isProof(proof: LeaderCertificate): boolean {
    const context = this.#contextOf(proof);
    if (context === null) return false;
    try {
      verifyLeaderCertificate(proof, context);
      return true;
    } catch (error) {
      if (error instanceof LedgerFault) return false;
      throw error;
    }
  }

  /** By whom an election under that membership is judged; null when this node does not know it. */
  #contextOf(candidacy: Candidacy): CertificateContext | null {
    const membership = this.#memberships.named(candidacy.membershipHash);
    return membership === undefined ? null : { ...this.#signatures, membership };
  }
}

/** Raft section 5.4.1: a log is ahead when its last term is later, or the same and it is longer. */
function isAhead(a: LogPosition, b: LogPosition): boolean {
  return a.term > b.term || (a.term === b.term && a.height > b.height);
}
