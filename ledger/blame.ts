/**
 * From two certified chains that contradict each other to evidence that names a member.
 *
 * The argument, for certificates of (T1, h) and (T2, h2), T1 <= T2, neither chain containing the other's block.
 * Two quorums always share a voter; the signatures of those shared show who lied:
 *
 * 1. T1 = T2, h = h2: a voter of both certificates voted twice.
 * 2. One term, two forks (T1 = T2; or the later chain's own blocks of T1 leave the earlier chain): if both forks
 *    have one proposer, it made two chains in its term; if two, a voter of both elections elected twice.
 * 3. T1 < T2: let t be the first term after T1 in the later chain. Its leader began from a log that lacks the
 *    block of (T1, h). Either that log is behind it, and a voter of both the certificate and the election of t
 *    elected a stale candidate; or it ends in T1 itself, and case 2 applies to T1.
 *    A stale grant may show an election that justifies it (justification.ts): of a term between T1 and t, for a log
 *    behind the block too. Then the same is asked of those who elected there. Terms fall: in the end there is an
 *    election that nobody who voted for the block can justify, and its quorum shares a voter with the certificate.
 */
import { type Block, historyLeaf } from "./block.ts";
import { equalBytes } from "./bytes.ts";
import {
  type Certificate,
  isAhead,
  type LeaderCertificate,
  type Vote,
  verifyCertificate,
} from "./certificate.ts";
import { advanceTip, type ChainTip, genesisTip, verifyLink } from "./chain.ts";
import {
  type CertifiedHeader,
  type Evidence,
  type EvidenceOf,
  type HistoryLink,
  type SignedHeader,
  signedGrants,
} from "./evidence.ts";
import { LedgerFault } from "./faults.ts";
import { type Genesis, networkIdOf } from "./genesis.ts";
import type { Hash } from "./hash.ts";
import type { MembershipStep } from "./membership-proof.ts";
import { MembershipRecorder } from "./membership-recorder.ts";
import { merklePath } from "./merkle.ts";
import type { VerifySignature } from "./signature.ts";
import { type EvidenceContext, justificationOf } from "./verify-evidence.ts";

/** What a chain is outlined by. */
export interface OutlineContext {
  readonly genesis: Genesis;
  readonly verify: VerifySignature;
}

/** One term of a chain: how it began and where it ended. */
interface TermOutline {
  readonly term: number;
  readonly proposer: number;
  readonly election: LeaderCertificate;
  readonly last: SignedHeader;
  readonly lastHeight: number;
}

/** What blame needs of a chain: all hashes, and of each term its election and its last header. */
export class ChainOutline {
  readonly #context: OutlineContext;
  /** By height; the first is the genesis'. */
  readonly #hashes: Hash[];
  readonly #terms: TermOutline[] = [];
  readonly #recorder = new MembershipRecorder();
  #tip: ChainTip;

  constructor(context: OutlineContext) {
    this.#context = context;
    this.#tip = genesisTip(context.genesis);
    this.#hashes = [this.#tip.hash];
  }

  /** Height of the last block. */
  get height(): number {
    return this.#tip.height;
  }

  /**
   * Takes the next block. @param leaves RFC 6962 leaf of each transaction, in order.
   * @throws LedgerFault naming the rule of the chain that it breaks.
   */
  append(block: Block, leaves: readonly Hash[]): void {
    const { genesis, verify } = this.#context;
    const { term, proposer, height } = block.header;
    verifyLink(this.#tip, block, leaves, { networkId: networkIdOf(genesis), verify });
    this.#recorder.append(this.#tip, block, this.#hashes);
    const before = this.#terms.at(-1);
    const isSameTerm = before?.term === term;
    const election = isSameTerm ? before.election : block.control.leaderCertificate;
    if (election === null) throw new LedgerFault("LEADER_CERTIFICATE_INVALID", { height, term });
    if (isSameTerm) this.#terms.pop();
    const last = { header: block.headerBytes, proposalSignature: block.proposalSignature };
    this.#terms.push({ term, proposer, election, last, lastHeight: height });
    this.#tip = advanceTip(this.#tip, block);
    this.#hashes.push(block.hash);
  }

  /** Checks the certificate of the last block. @throws LedgerFault `CERTIFICATE_INVALID`. */
  certifiedBy(certificate: Certificate): CertifiedChain {
    const { genesis, verify } = this.#context;
    const { height, term, hash, memberships } = this.#tip;
    const isForLast =
      certificate.height === height &&
      certificate.term === term &&
      equalBytes(certificate.blockHash, hash);
    if (!isForLast || height === 0) {
      throw new LedgerFault("CERTIFICATE_INVALID", { height, reason: "not for the last block" });
    }
    const membership = memberships.at(height);
    verifyCertificate(certificate, { networkId: networkIdOf(genesis), membership, verify });
    const { steps } = this.#recorder;
    return { certificate, terms: [...this.#terms], hashes: [...this.#hashes], memberships: steps };
  }
}

/** A chain that a certificate commits to its end. */
export interface CertifiedChain {
  readonly certificate: Certificate;
  /** Ascending. */
  readonly terms: readonly TermOutline[];
  /** By height, from the genesis'. */
  readonly hashes: readonly Hash[];
  readonly memberships: readonly MembershipStep[];
}

/**
 * Evidence against at least one member, after the contradiction itself.
 * @param context of the network: what justifies a grant is verified here, nothing else needs to be.
 * @throws LedgerFault `NO_CONFLICT` when one chain is the beginning of the other.
 */
export function blame(
  one: CertifiedChain,
  other: CertifiedChain,
  context: EvidenceContext,
): Evidence[] {
  const isInOrder = !isAhead(one.certificate, other.certificate);
  const [earlier, later] = isInOrder ? [one, other] : [other, one];
  const { term, height, blockHash: hash } = earlier.certificate;
  const inLater = later.hashes[height];
  if (inLater !== undefined && equalBytes(inLater, hash)) {
    throw new LedgerFault("NO_CONFLICT", { height, laterHeight: later.certificate.height });
  }
  const conflict = conflictOf(earlier, later);
  // Case 1. Two forks of one height and term have more to show: case 2.
  const isOnePlace = later.certificate.term === term && later.certificate.height === height;
  if (isOnePlace)
    return [conflict, ...doubleVotes(earlier, later), ...forkOf(term, earlier, later)];
  const after = later.terms.find((outline) => outline.term > term);
  // Case 3: the first leader after the certified block who lacks it.
  return after !== undefined && isAhead(earlier.certificate, after.election.position)
    ? [conflict, ...staleGrants(votesOf(earlier.certificate), after.election, context)]
    : [conflict, ...forkOf(term, earlier, later)];
}

function conflictOf(one: CertifiedChain, other: CertifiedChain): Evidence {
  const isInOrder = one.certificate.height <= other.certificate.height;
  const [low, high] = isInOrder ? [one, other] : [other, one];
  const link = linkTo(high, high.certificate.height, low.certificate.height);
  const kind = "conflicting-certificates";
  return { kind, first: certifiedHeader(low), second: certifiedHeader(high), link };
}

function certifiedHeader({ certificate, terms }: CertifiedChain): CertifiedHeader {
  const last = terms.at(-1);
  if (last === undefined) throw new RangeError("a certified chain has a block");
  return { certificate, header: last.last.header };
}

function doubleVotes(one: CertifiedChain, other: CertifiedChain): Evidence[] {
  const seconds = votesOf(other.certificate);
  return votesOf(one.certificate).flatMap((first) => {
    const second = seconds.find(({ voter }) => voter === first.voter);
    return second === undefined ? [] : [{ kind: "double-vote" as const, first, second }];
  });
}

/** The grants of an election that were stale, or of those that justify them: one of each voter is enough. */
function staleGrants(
  votes: readonly Vote[],
  election: LeaderCertificate,
  context: EvidenceContext,
): Evidence[] {
  const byVoter = new Map<number, EvidenceOf<"stale-grant">>();
  const walk = (of: LeaderCertificate): void => {
    for (const granted of signedGrants(of)) {
      const vote = votes.find(({ voter }) => voter === granted.grant.voter);
      if (vote === undefined) continue;
      const earlier = justificationOf(vote, granted, context);
      if (earlier !== null) walk(earlier);
      else byVoter.set(vote.voter, { kind: "stale-grant", vote, granted });
    }
  };
  walk(election);
  return [...byVoter.values()];
}

/** Case 2: what the two chains' blocks of one term show. */
function forkOf(term: number, one: CertifiedChain, other: CertifiedChain): Evidence[] {
  const ofOne = one.terms.find((outline) => outline.term === term);
  const ofOther = other.terms.find((outline) => outline.term === term);
  if (ofOne === undefined || ofOther === undefined) return [];
  if (ofOne.proposer !== ofOther.proposer) return doubleGrants(ofOne.election, ofOther.election);
  const isInOrder = ofOne.lastHeight <= ofOther.lastHeight;
  const [low, high] = isInOrder ? [ofOne, ofOther] : [ofOther, ofOne];
  const link = linkTo(isInOrder ? other : one, high.lastHeight, low.lastHeight);
  return [{ kind: "double-proposal", first: low.last, second: high.last, link }];
}

function doubleGrants(one: LeaderCertificate, other: LeaderCertificate): Evidence[] {
  const seconds = signedGrants(other);
  return signedGrants(one).flatMap((first) => {
    const second = seconds.find(({ grant }) => grant.voter === first.grant.voter);
    return second === undefined ? [] : [{ kind: "double-grant" as const, first, second }];
  });
}

/** The votes of a certificate, each by itself. */
function votesOf({ votes, ...statement }: Certificate): Vote[] {
  return votes.map((vote) => ({ ...statement, ...vote }));
}

/** Which block the one at `from` has at `height`; null when it is that height itself. */
function linkTo({ hashes }: CertifiedChain, from: number, height: number): HistoryLink | null {
  const hash = hashes[height];
  if (from === height || hash === undefined) return null;
  return { hash, path: merklePath(hashes.slice(0, from).map(historyLeaf), height) };
}
