/**
 * What comes before a message may enter the consensus core.
 *
 * The core trusts what it is told; a node does not. Nobody leads without proof of his election, blocks are
 * executed before the core may append (and so acknowledge) them, acknowledgements count only as far as votes
 * back them, elections only with signed grants, and a leader's commit index only as far as a certificate
 * on this node's own chain reaches. Whatever a member sends, it can at worst be refused.
 */
import type { Entry, Message } from "../../consensus/messages.ts";
import { malformation } from "../../consensus/well-formed.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { voterOf } from "../../ledger/membership.ts";
import type { Certifier } from "../chain/certifier.ts";
import type { ChainLink } from "../chain/chain-link.ts";
import type { Elections } from "../chain/elections.ts";
import type { Memberships } from "../chain/memberships.ts";
import type { NodeLog } from "../logger.ts";
import type { GoneBlocks } from "../storage/gone-blocks.ts";
import type { ConsensusFrame } from "../wire.ts";
import type { BlockExaminer, Examined } from "./block-examiner.ts";
import type { Tail } from "./tail.ts";

/** Terms that a network may begin in a moment, whatever the clocks say. */
const TERM_HEADROOM = 1_000_000;

/** What the receiver judges by. */
export interface ReceiverParts {
  readonly examiner: BlockExaminer;
  readonly tail: Tail;
  readonly certifier: Certifier;
  readonly elections: Elections;
  readonly memberships: Memberships;
  readonly log: NodeLog;
  /** The core's current term. */
  readonly term: () => number;
  /** Ms since the network's genesis by this node's clock. */
  readonly ageMs: () => number;
  /** Heartbeats of a leader that are passed over after one of its blocks was refused. */
  readonly silenceHeartbeats: number;
  /** What this node may have voted for and has no more. */
  readonly gone: GoneBlocks;
}

/** Judges consensus messages of other members. */
export class Receiver {
  readonly #parts: ReceiverParts;
  /** Of which term's leader how many heartbeats are still passed over. */
  #silence = { term: 0, heartbeats: 0 };
  /** In which term a member's leadership was last found unproven: it is logged once, however often he sends. */
  readonly #unproven = new Map<number, number>();

  constructor(parts: ReceiverParts) {
    this.#parts = parts;
  }

  /**
   * Any message but MsgApp. Null when it must not be stepped.
   * @throws LedgerFault saying what is wrong with it.
   */
  receive(frame: ConsensusFrame): Message | null {
    this.#checkForm(frame.message);
    // Refused votes carry a commit index too: none is believed without a certificate.
    return this.#isAcceptable(frame) ? this.#withCertifiedCommit(frame, []) : null;
  }

  #isAcceptable(frame: ConsensusFrame): boolean {
    switch (frame.message.type) {
      case "MsgHeartbeat":
        return this.#isFromLeader(frame) && !this.#isSilent(frame.message);
      case "MsgSnap":
        // Of a term that is over nobody has proven anything, and the core has no answer to it.
        return frame.message.term >= this.#parts.term() && this.#isFromLeader(frame);
      case "MsgAppResp":
        return this.#isBacked(frame);
      case "MsgPreVote":
        return this.#mayElect(frame);
      case "MsgVote":
        return this.#noteCandidacy(frame);
      case "MsgVoteResp":
        return this.#isGranted(frame);
      default:
        return true;
    }
  }

  /**
   * A MsgApp: executes its blocks. Null when it must not be stepped.
   * @throws LedgerFault saying what is wrong with it; StorageError when this node's own disk fails.
   */
  async examine(frame: ConsensusFrame): Promise<Examined | null> {
    const { message } = frame;
    this.#checkForm(message);
    if (!this.#isFromLeader(frame)) return null;
    const { tail, examiner, term } = this.#parts;
    const holdsPrevious =
      message.index === 0 || tail.blockAt(message.index)?.term === message.logTerm;
    // A stale leader, or a log that parts before these entries: the core answers without reading them.
    const isWanted = message.term >= term() && holdsPrevious;
    const examined = await examiner.examine(isWanted ? message : { ...message, entries: [] });
    if (isWanted && message.entries.length > 0) this.#listen(message.term, examined.isComplete);
    return examined.isComplete || examined.entries.length > 0 ? examined : null;
  }

  /**
   * The MsgApp as it may be stepped in this very turn: while its blocks were executed, this node may have
   * committed others. Null when it must not be stepped.
   * @throws LedgerFault when a certificate that came along is wrong.
   */
  admit(frame: ConsensusFrame, { entries, links }: Examined): Message | null {
    const message = this.#withCertifiedCommit(frame, links);
    const isRefused =
      this.#takesBack(message, entries) ||
      this.#parts.examiner.contradicts({ term: message.term, entries });
    return isRefused ? null : { ...message, entries };
  }

  /** A leader keeps what it made: this node has voted for its blocks, and would have to vote again. */
  #takesBack({ term, from }: Message, entries: readonly Entry[]): boolean {
    const { tail, log } = this.#parts;
    const { tip } = tail.last;
    const replaces = ({ index, term: of }: Entry) =>
      index <= tip.height && tail.blockAt(index)?.term !== of;
    if (tip.term !== term || !entries.some(replaces)) return false;
    log.error("OWN_TERM_CONTRADICTED", { from, term });
    return true;
  }

  /**
   * Takes over the certificates that came with a message, as far as they are for blocks of this node's log: so
   * once before the core appends the message's own blocks, and once after.
   */
  adoptCertificates({ certificate }: ConsensusFrame, links: readonly ChainLink[]): void {
    const { certifier, tail } = this.#parts;
    // A later certificate covers all earlier ones: those in the blocks before the last need no look.
    const embedded = links.at(-1)?.block?.control.lastCertificate ?? null;
    for (const offered of [certificate, embedded]) {
      if (offered !== null) certifier.adopt(offered, tail.blockAt);
    }
  }

  /** Nothing reaches the core that could break its invariants, or leave no room for another term. */
  #checkForm(message: Message): void {
    const problem = malformation(message);
    if (problem !== null) throw new LedgerFault("INVALID_FIELD", { path: "message", problem });
    // By the clocks, which are nearly the same at all nodes, a liar who exhausts the terms shuts nobody out.
    const termMax = TERM_HEADROOM + Math.max(0, this.#parts.ageMs());
    if (message.term > termMax) {
      throw new LedgerFault("INVALID_FIELD", { path: "term", problem: `must be below ${termMax}` });
    }
    // The core's word for a transfer of leadership, which breaks leases: nobody transfers here.
    if (message.type === "MsgVote" && message.context.length > 0) {
      throw new LedgerFault("INVALID_FIELD", { path: "context", problem: "must be empty" });
    }
  }

  /** A stale leader needs no proof: the core answers him with the term that he missed. */
  #isFromLeader({ message, leadership }: ConsensusFrame): boolean {
    const { elections, term, log } = this.#parts;
    const isProven =
      message.term < term() || elections.isLeader(message.term, message.from, leadership);
    const { from, term: claimed } = message;
    if (!isProven && this.#unproven.get(from) !== claimed) {
      this.#unproven.set(from, claimed);
      log.warn("LEADERSHIP_NOT_PROVEN", { from, term: claimed });
    }
    return isProven;
  }

  /**
   * A leader whose block was refused is not heard for a while: if a majority refuses (his clock is ahead, his
   * state differs), he loses his quorum and another is elected; else he sends the block again.
   */
  #listen(term: number, isAccepted: boolean): void {
    this.#silence = { term, heartbeats: isAccepted ? 0 : this.#parts.silenceHeartbeats };
  }

  #isSilent({ term }: Message): boolean {
    if (term !== this.#silence.term || this.#silence.heartbeats === 0) return false;
    this.#silence.heartbeats -= 1;
    return true;
  }

  /**
   * Rule R6: a follower commits what is certified, not what it is told; and all of it, so that a change of
   * membership that its log proves is committed too (docs/decisions/0010).
   */
  #withCertifiedCommit(frame: ConsensusFrame, links: readonly ChainLink[]): Message {
    const { message } = frame;
    this.adoptCertificates(frame, links);
    const { certifiedHeight } = this.#parts.certifier;
    const shownHeight = links.at(-1)?.block?.control.lastCertificate?.height ?? 0;
    const isLeaders = message.type === "MsgApp" || message.type === "MsgHeartbeat";
    const commit = isLeaders
      ? Math.max(certifiedHeight, shownHeight)
      : Math.min(message.commit, certifiedHeight);
    return commit === message.commit ? message : { ...message, commit };
  }

  /** Rule R5: an acknowledgement is believed as far as votes back it. */
  #isBacked({ message, votes }: ConsensusFrame): boolean {
    const { certifier, tail, log } = this.#parts;
    if (!certifier.receive(message.from, votes, tail.blockAt)) {
      log.warn("VOTE_REFUSED", { from: message.from, height: message.index });
      return false;
    }
    if (message.reject || message.index <= certifier.certifiedHeight) return true;
    return certifier.backs(message.from, message.term, message.index, tail.blockAt);
  }

  /** A candidate is measured by the log that this node had, unless it can show why that is gone. */
  #mayElect({ message: { term, logTerm, index } }: ConsensusFrame): boolean {
    return this.#parts.gone.mayElect(term, { term: logTerm, height: index });
  }

  /**
   * False when this node could not sign a grant: under a membership that it does not know yet, or in which the candidate
   * has no voice, or for a log without blocks that it voted for. It will be asked again.
   */
  #noteCandidacy({ message, candidacy }: ConsensusFrame): boolean {
    const { elections, memberships, gone } = this.#parts;
    if (candidacy === null) return false;
    const { lastHash, membershipHash } = candidacy;
    const { term, from: candidate, logTerm, index: height } = message;
    const membership = memberships.named(membershipHash);
    if (membership === undefined || voterOf(membership, candidate) === undefined) return false;
    const position = { term: logTerm, height, hash: lastHash };
    const claim = { term, candidate, position, membershipHash };
    elections.requested(claim);
    return gone.justify(claim) !== null;
  }

  #isGranted({ message, grant }: ConsensusFrame): boolean {
    if (message.reject) return true;
    const isRight =
      grant !== null &&
      grant.voter === message.from &&
      this.#parts.elections.received(message.term, grant);
    if (!isRight) this.#parts.log.warn("GRANT_REFUSED", { from: message.from, term: message.term });
    return isRight;
  }
}
