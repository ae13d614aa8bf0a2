/**
 * Remembers what other members signed, as long as a contradiction may still come, and keeps what contradicts
 * itself as evidence.
 *
 * What is heard is not verified until it contradicts something: nearly all of it is true, and is verified where
 * it is used. What then turns out to be forged gives way. A liar who floods this memory hides at most from one
 * node; two nodes' chains show it all the same (ledger/blame.ts).
 *
 * A header stays when its block is replaced in the log, so that a leader's second block shows.
 *
 * What is remembered is copied out of the message that it came in: a message holds blocks, megabytes of them.
 */
import { type Block, blockHash } from "../../ledger/block.ts";
import { equalBytes } from "../../ledger/bytes.ts";
import {
  type Certificate,
  isAhead,
  type LeaderCertificate,
  type Vote,
} from "../../ledger/certificate.ts";
import {
  type Evidence,
  type SignedGrant,
  type SignedHeader,
  signedGrants,
} from "../../ledger/evidence.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { electionsIn, entitles } from "../../ledger/justification.ts";
import {
  type EvidenceContext,
  type Finding,
  findingOf,
  isElection,
  isElsewhere,
  isSignedGrant,
  isSignedHeader,
  isSignedVote,
} from "../../ledger/verify-evidence.ts";
import type { NodeLog } from "../logger.ts";
import type { EvidenceStore } from "../storage/evidence-store.ts";
import type { ConsensusFrame } from "../wire.ts";

/** Votes remembered: of five nodes and a hundred blocks a second, those of the last half minute. */
const VOTES_MAX = 16_384;
/** Grants remembered: those of the last hundreds of elections. */
const GRANTS_MAX = 4096;
/** Headers remembered, 350 bytes each. */
const HEADERS_MAX = 4096;

/** What a witness works with. */
export interface WitnessParts {
  readonly context: EvidenceContext;
  readonly store: EvidenceStore;
  /** What this node stood for last: what grants that it receives are for. */
  readonly standing: () => Omit<LeaderCertificate, "grants"> | null;
  readonly log: NodeLog;
  /** Called when the disk fails. */
  readonly onFailure: (error: unknown) => void;
}

/** A grant, and the elections in its justification: verified once, for many votes are compared with it. */
interface HeardGrant {
  readonly granted: SignedGrant;
  readonly justifying: readonly LeaderCertificate[];
}

/** The memory of one node. */
export class Witness {
  readonly #parts: WitnessParts;
  readonly #votes = new Recent<Vote>(VOTES_MAX);
  readonly #grants = new Recent<HeardGrant>(GRANTS_MAX);
  readonly #headers = new Recent<SignedHeader>(HEADERS_MAX);
  /** What was shown last: it comes again with nearly every frame. */
  #certificate: Certificate | null = null;
  #election: LeaderCertificate | null = null;
  #latestTerm = 0;

  constructor(parts: WitnessParts) {
    this.#parts = parts;
  }

  /**
   * Hears all that is signed in a frame but its blocks, which come when they are examined. Of votes, up to the first that
   * its own voter forged: thousands in one frame would each have to be verified.
   */
  hear({ message, votes, certificate, grant, leadership }: ConsensusFrame): void {
    votes.every((vote) => vote.voter === message.from && this.#hearVote(vote));
    if (certificate !== null) this.#hearCertificate(certificate);
    if (leadership !== null) this.#hearElection(leadership);
    const standing = this.#parts.standing();
    if (grant === null || grant.voter !== message.from || standing?.term !== message.term) return;
    this.#hearGrant({ candidacy: standing, grant });
  }

  /** Sees a block that a leader sent, whether it is right or not. */
  saw({ headerBytes, header, hash, proposalSignature }: Block): void {
    const { proposer, term, height } = header;
    const second = { header: headerBytes.slice(), proposalSignature: proposalSignature.slice() };
    const key = `${proposer}/${term}/${height}`;
    const first = this.#headers.get(key);
    if (first !== undefined && !equalBytes(blockHash(first.header), hash)) {
      const evidence = { kind: "double-proposal", first, second, link: null } as const;
      const isProven = this.#accuse(evidence, proposer, term);
      if (!isProven && !isSignedHeader(first, this.#parts.context)) this.#headers.put(key, second);
    } else {
      this.#headers.put(key, second);
    }
    const stood = this.#grants.get(`${proposer}/${term}`)?.granted;
    const isOwnWord = stood?.candidacy.candidate === proposer;
    if (isOwnWord && isElsewhere(header, stood.candidacy.position)) {
      this.#accuse({ kind: "false-candidacy", stood, built: second }, proposer, term);
    }
  }

  #hearCertificate(certificate: Certificate): void {
    const last = this.#certificate;
    if (last?.height === certificate.height && equalBytes(last.blockHash, certificate.blockHash)) {
      return;
    }
    this.#certificate = certificate;
    const { votes, ...statement } = certificate;
    for (const { voter, signature } of votes) this.#hearVote({ ...statement, voter, signature });
  }

  #hearElection(election: LeaderCertificate): void {
    const last = this.#election;
    if (last?.term === election.term && last.candidate === election.candidate) return;
    // Of one that was made up nothing is remembered: its grants could show thousands of elections to be verified.
    if (!isElection(election, this.#parts.context)) return;
    this.#election = election;
    for (const granted of signedGrants(election)) this.#hearGrant(granted);
  }

  /** @returns false when it contradicts what its voter signed, and he did not sign it. */
  #hearVote(vote: Vote): boolean {
    const { voter, term, height, blockHash: hash } = vote;
    const key = `${voter}/${term}/${height}`;
    const first = this.#votes.get(key);
    if (first === undefined) {
      this.#votes.put(key, ownCopy(vote));
      // Grants of later terms are rare while votes of this one still come.
      if (term >= this.#latestTerm) return true;
      return [...this.#grants.all()].every((heard) => this.#compare(vote, heard));
    }
    if (equalBytes(first.blockHash, hash)) return true;
    if (this.#accuse({ kind: "double-vote", first, second: vote }, voter, term)) return true;
    if (!isSignedVote(first, this.#parts.context)) this.#votes.put(key, ownCopy(vote));
    return isSignedVote(vote, this.#parts.context);
  }

  #hearGrant(second: SignedGrant): void {
    const { candidacy, grant } = second;
    const { term, candidate } = candidacy;
    const key = `${grant.voter}/${term}`;
    const first = this.#grants.get(key)?.granted;
    if (first === undefined) {
      const heard = this.#heardGrant(second);
      this.#grants.put(key, heard);
      this.#latestTerm = Math.max(this.#latestTerm, term);
      // Up to the first that is forged: he whom the others would convict has flooded this memory.
      [...this.#votes.all()].every((vote) => this.#compare(vote, heard));
      // Those who elected there are judged by it too.
      for (const one of heard.justifying) for (const by of signedGrants(one)) this.#hearGrant(by);
    } else if (first.candidacy.candidate !== candidate) {
      const evidence = { kind: "double-grant", first, second } as const;
      const isProven = this.#accuse(evidence, grant.voter, term);
      if (!isProven && !isSignedGrant(first, this.#parts.context)) {
        this.#grants.put(key, this.#heardGrant(second));
      }
    }
  }

  #heardGrant(granted: SignedGrant): HeardGrant {
    const elections = electionsIn(granted.grant);
    const justifying = elections.filter((one) => isElection(one, this.#parts.context));
    return { granted, justifying };
  }

  /** @returns false when the grant contradicts the vote, and the vote is not its voter's. */
  #compare(vote: Vote, { granted, justifying }: HeardGrant): boolean {
    const { candidacy, grant } = granted;
    const isStale = candidacy.term > vote.term && isAhead(vote, candidacy.position);
    if (grant.voter !== vote.voter || !isStale) return true;
    if (justifying.some((election) => entitles(election, vote, candidacy))) return true;
    const evidence = { kind: "stale-grant", vote, granted } as const;
    const isProven = this.#accuse(evidence, vote.voter, candidacy.term);
    return isProven || isSignedVote(vote, this.#parts.context);
  }

  /** @returns false when it does not hold: a signature is none, or there is no such member. */
  #accuse(evidence: Evidence, culprit: number, term: number): boolean {
    const { store, log, onFailure } = this.#parts;
    if (store.isKnown(culprit, evidence.kind, term)) return true;
    const finding = this.#judge(evidence);
    if (finding === null) return false;
    const { kind, height } = finding;
    log.error("EVIDENCE", { kind, culprit, term, height });
    store.add(evidence, finding).catch(onFailure);
    return true;
  }

  #judge(evidence: Evidence): Finding | null {
    try {
      return findingOf(evidence, this.#parts.context);
    } catch (error) {
      if (error instanceof LedgerFault) return null;
      throw error;
    }
  }
}

function ownCopy(vote: Vote): Vote {
  const { blockHash: hash, membershipHash, signature } = vote;
  return {
    ...vote,
    blockHash: hash.slice(),
    membershipHash: membershipHash.slice(),
    signature: signature.slice(),
  };
}

/** The things put last, up to a number of them. */
class Recent<T> {
  readonly #byKey = new Map<string, T>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get(key: string): T | undefined {
    return this.#byKey.get(key);
  }

  put(key: string, item: T): void {
    this.#byKey.set(key, item);
    if (this.#byKey.size <= this.#max) return;
    for (const oldest of this.#byKey.keys()) {
      this.#byKey.delete(oldest);
      return;
    }
  }

  all(): IterableIterator<T> {
    return this.#byKey.values();
  }
}
