/**
 * The examination of blocks that a leader sends: all that an honest node demands of a block before it lets
 * its core append, and so acknowledge and vote for it.
 */
import type { Entry, Message } from "../../consensus/messages.ts";
import { type Block, decodeBlock } from "../../ledger/block.ts";
import { equalBytes } from "../../ledger/bytes.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import type { BlockAt, Certifier } from "../chain/certifier.ts";
import type { ChainLink } from "../chain/chain-link.ts";
import type { LedgerChain } from "../chain/ledger-chain.ts";
import type { Witness } from "../chain/witness.ts";
import type { NodeLog } from "../logger.ts";
import { entryOf } from "../storage/block-log.ts";
import { StorageError } from "../storage/record.ts";
import type { Tail } from "./tail.ts";

/** What examination goes by. */
export interface BlockExaminerParts {
  readonly chain: LedgerChain;
  readonly tail: Tail;
  readonly certifier: Certifier;
  readonly witness: Witness;
  readonly log: NodeLog;
  /** The core's term and commit index. */
  readonly term: () => number;
  readonly commit: () => number;
}

/** Entries that follow each other, and the term of the leader who sends them. */
type Append = Pick<Message, "term" | "entries">;

/** The entries that passed, from the first on. */
export interface Examined {
  readonly entries: readonly Entry[];
  /** Their links, but for blocks that were applied before. */
  readonly links: readonly ChainLink[];
  /** False when an entry was refused: it and all after it are left out. */
  readonly isComplete: boolean;
}

/** Examines blocks one by one, each on the one before it. */
export class BlockExaminer {
  readonly #parts: BlockExaminerParts;

  constructor(parts: BlockExaminerParts) {
    this.#parts = parts;
  }

  /** Examines what a leader appends. @throws StorageError when this node's own disk fails. */
  async examine({ term, entries }: Append): Promise<Examined> {
    const passed: Entry[] = [];
    const links: ChainLink[] = [];
    for (const entry of entries) {
      const link = await this.#examine(term, entry, links.at(-1));
      if (link === "refused") return { entries: passed, links, isComplete: false };
      passed.push(entry);
      if (link !== "applied") links.push(link);
    }
    return { entries: passed, links, isComplete: true };
  }

  /** True when entries would replace what is settled here: committed or certified. Noted as evidence. */
  contradicts({ term: leaderTerm, entries }: Append): boolean {
    const { tail, certifier, commit, log } = this.#parts;
    // A leader whose term is over need not know of it; the core passes over what he sends.
    if (leaderTerm < this.#parts.term()) return false;
    const settled = Math.max(commit(), certifier.certifiedHeight);
    const wrong = entries.find(
      ({ index, term }) => index <= settled && tail.blockAt(index)?.term !== term,
    );
    if (wrong === undefined) return false;
    log.error("SETTLED_BLOCK_CONTRADICTED", { height: wrong.index, term: wrong.term });
    return true;
  }

  async #examine(
    leaderTerm: number,
    entry: Entry,
    previous: ChainLink | undefined,
  ): Promise<ChainLink | "applied" | "refused"> {
    const { tail } = this.#parts;
    const { index: height, term } = entry;
    try {
      const known = tail.blockAt(height);
      if (known?.term === term) {
        return this.#isSame(entry, known.hash) ? (tail.at(height) ?? "applied") : "refused";
      }
      if (this.contradicts({ term: leaderTerm, entries: [entry] })) return "refused";
      const parent = previous ?? tail.at(height - 1);
      return parent === undefined ? "refused" : await this.#validate(entry, parent);
    } catch (error) {
      if (error instanceof StorageError) throw error;
      this.#noteRefusal(leaderTerm, entry, error);
      return "refused";
    }
  }

  /** A block that this node fails to judge is a block that it does not vote for: it goes on. */
  #noteRefusal(leaderTerm: number, { index: height, term }: Entry, error: unknown): void {
    const { log } = this.#parts;
    const facts = { height, term, reason: String(error) };
    if (!(error instanceof LedgerFault)) {
      log.error("BLOCK_NOT_JUDGED", { ...facts, stack: (error as Error).stack });
    } else if (leaderTerm >= this.#parts.term()) {
      // Under a block whose leader's term is over the chain may have gone on: that says nothing about it.
      log.warn("BLOCK_REFUSED", facts);
    }
  }

  /** Rule R8: one term, one height, two blocks: the leader lied. Keep the first, follow no further. */
  #isSame({ data, index: height, term }: Entry, hash: Uint8Array): boolean {
    if (height === 0) return true;
    const block = decodeBlock(data);
    if (equalBytes(block.hash, hash)) return true;
    const { log, tail, witness } = this.#parts;
    log.error("EQUIVOCATION", { height, term });
    for (const one of [tail.block(height), block]) witness.saw(one);
    return false;
  }

  async #validate(entry: Entry, parent: ChainLink): Promise<ChainLink> {
    const block = decodeBlock(entry.data);
    this.#parts.witness.saw(block);
    const { term, height } = block.header;
    if (term !== entry.term || height !== entry.index || entryOf(block).type !== entry.type) {
      throw new LedgerFault("HEIGHT_MISMATCH", { height, expected: entry.index });
    }
    const link = await this.#parts.chain.validate(parent, block);
    this.#checkCertificate(block, parent);
    return link;
  }

  /** Receipts are made of the certificates in the chain: a wrong one must not get there. */
  #checkCertificate({ control: { lastCertificate } }: Block, parent: ChainLink): void {
    if (lastCertificate === null) return;
    const { certifier, tail } = this.#parts;
    const ancestors = ancestorsOf(parent, tail.blockAt);
    certifier.verifyShown(lastCertificate, ancestors, parent.tip.memberships);
  }
}

/** Looks up a link and its ancestors: those not applied by their links, the others in the log. */
function ancestorsOf(link: ChainLink, inLog: BlockAt): BlockAt {
  return (height) => {
    let at: ChainLink | null = link;
    while (at !== null && at.tip.height > height) at = at.parent;
    if (at === null) return inLog(height);
    return at.tip.height === height ? at.tip : undefined;
  };
}
