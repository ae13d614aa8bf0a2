/**
 * What comes before a message may enter the consensus core.
 *
 * The core trusts what it is told; a node does not. Blocks are executed before the core may append
 * (and so acknowledge) them, acknowledgements count only as far as votes back them, elections only with
 * signed grants, and a leader's commit index only as far as a certificate on this node's own chain reaches.
 */
import type { Entry, Message } from "../../consensus/messages.ts";
import { decodeBlock } from "../../ledger/block.ts";
import { equalBytes } from "../../ledger/bytes.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import type { Certifier } from "../chain/certifier.ts";
import type { Elections } from "../chain/elections.ts";
import type { ChainLink, LedgerChain } from "../chain/ledger-chain.ts";
import type { NodeLog } from "../logger.ts";
import { entryOf } from "../storage/block-log.ts";
import type { ConsensusFrame } from "../wire.ts";
import type { Tail } from "./tail.ts";

/** A message that may be stepped, and the links of the blocks in it. */
export interface Received {
  readonly message: Message;
  readonly links: readonly ChainLink[];
}

/** What the receiver judges by. */
export interface ReceiverParts {
  readonly chain: LedgerChain;
  readonly tail: Tail;
  readonly certifier: Certifier;
  readonly elections: Elections;
  readonly log: NodeLog;
  /** The core's current term. */
  readonly term: () => number;
  /** The core's commit index. */
  readonly commit: () => number;
}

/** An entry that may be stepped; its link unless the block is applied already. */
interface Examined {
  readonly entry: Entry;
  readonly link: ChainLink | null;
}

/** Judges consensus messages of other members. */
export class Receiver {
  readonly #parts: ReceiverParts;

  constructor(parts: ReceiverParts) {
    this.#parts = parts;
  }

  /** Messages that bring blocks: they are executed first. Null when the message must not be stepped. */
  async receiveBlocks(frame: ConsensusFrame): Promise<Received | null> {
    const { message } = frame;
    // A stale leader, or a log that parts before these entries: the core answers without reading them.
    const isWanted = message.term >= this.#parts.term() && this.#matches(message);
    const examined = isWanted ? await this.#examineEntries(message.entries) : [];
    if (examined === null) return null;
    const links = examined.flatMap(({ link }) => (link === null ? [] : [link]));
    this.adoptCertificates(frame, links);
    const taken = { ...message, entries: examined.map(({ entry }) => entry) };
    return { message: this.#withCertifiedCommit(taken), links };
  }

  /**
   * Takes over the certificates that came with blocks, as far as they are for blocks of this node's log: so
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

  /** All other messages. Null when the message must not be stepped. */
  receive(frame: ConsensusFrame): Message | null {
    const { message } = frame;
    switch (message.type) {
      case "MsgHeartbeat":
        if (frame.certificate !== null) {
          this.#parts.certifier.adopt(frame.certificate, this.#parts.tail.blockAt);
        }
        return this.#withCertifiedCommit(message);
      case "MsgAppResp":
        return this.#isBacked(frame) ? message : null;
      case "MsgVote":
        return this.#noteCandidacy(frame) ? message : null;
      case "MsgVoteResp":
        return this.#isGranted(frame) ? message : null;
      default:
        return message;
    }
  }

  /** A follower commits what is certified, not what it is told. */
  #withCertifiedCommit(message: Message): Message {
    const commit = Math.min(message.commit, this.#parts.certifier.certifiedHeight);
    return commit === message.commit ? message : { ...message, commit };
  }

  /** True when this node's log holds the entry before the message's entries. */
  #matches({ index, logTerm }: Message): boolean {
    return index === 0 || this.#parts.tail.blockAt(index)?.term === logTerm;
  }

  /** The entries that may be stepped, those that are new as executed links; null for none of them. */
  async #examineEntries(entries: readonly Entry[]): Promise<Examined[] | null> {
    const examined: Examined[] = [];
    for (const entry of entries) {
      const next = await this.#examine(entry, examined.at(-1)?.link);
      if (next === null) break;
      examined.push(next);
    }
    return examined.length === 0 && entries.length > 0 ? null : examined;
  }

  /** One entry, executed unless it is known; null when it is refused. */
  async #examine(entry: Entry, previous: ChainLink | null | undefined): Promise<Examined | null> {
    const { tail, log } = this.#parts;
    const known = tail.blockAt(entry.index);
    if (known?.term === entry.term)
      return this.#isSame(entry) ? { entry, link: tail.at(entry.index) ?? null } : null;
    if (entry.index <= this.#parts.commit()) {
      log.error("COMMITTED_BLOCK_CONTRADICTED", { height: entry.index, term: entry.term });
      return null;
    }
    const parent = previous ?? tail.at(entry.index - 1);
    if (parent === undefined) throw new Error(`no block ${entry.index - 1} to execute on`);
    try {
      return { entry, link: await this.#validate(entry, parent) };
    } catch (error) {
      if (!(error instanceof LedgerFault)) throw error;
      log.warn("BLOCK_REFUSED", { height: entry.index, term: entry.term, reason: error.message });
      return null;
    }
  }

  /** Rule R8: one term, one height, two blocks: the leader lied. Keep the first, follow no further. */
  #isSame(entry: Entry): boolean {
    const link = this.#parts.tail.at(entry.index);
    if (link?.block == null || equalBytes(link.block.bytes, entry.data)) return true;
    this.#parts.log.error("EQUIVOCATION", { height: entry.index, term: entry.term });
    return false;
  }

  async #validate(entry: Entry, parent: ChainLink): Promise<ChainLink> {
    const block = decodeBlock(entry.data);
    const { term, height } = block.header;
    if (term !== entry.term || height !== entry.index || entryOf(block).type !== entry.type) {
      throw new LedgerFault("HEIGHT_MISMATCH", { height, expected: entry.index });
    }
    return this.#parts.chain.validate(parent, block);
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

  #noteCandidacy({ message, lastHash }: ConsensusFrame): boolean {
    if (lastHash === null) return false;
    const { term, height, hash } = this.#parts.tail.last.tip;
    const position = { term: message.logTerm, height: message.index, hash: lastHash };
    const candidacy = { term: message.term, candidate: message.from, position };
    this.#parts.elections.requested(candidacy, { term, height, hash });
    return true;
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
