/**
 * Makes blocks while this node leads: collects what waits, executes it on the end of the log, proposes.
 *
 * What arrives while a block is under way, and while the leader rests after it (rest.ts), gathers into the next one, so
 * blocks grow with the load by themselves: much of a block's cost (messages, votes, fsyncs) is the same for one
 * payment as for hundreds. Only where hundreds wait is the next block made at once, and before the last is certified.
 */
import type { CheckedTransaction } from "../../contracts/check-transaction.ts";
import {
  BLOCK_SIZE_BYTES_MAX,
  BLOCK_TRANSACTIONS_MAX,
  CREATED_AHEAD_MS_MAX,
} from "../../ledger/limits.ts";
import type { Certifier } from "../chain/certifier.ts";
import type { ChainLink } from "../chain/chain-link.ts";
import type { Draft, LedgerChain, Prefetched } from "../chain/ledger-chain.ts";
import type { NodeLog } from "../logger.ts";
import type { Mempool } from "../mempool.ts";
import { type LoopTimes, Rest } from "./rest.ts";
import type { Tail } from "./tail.ts";
import { Worker } from "./worker.ts";

/** Blocks that may be proposed and not yet committed. */
const BLOCKS_UNDER_WAY_MAX = 4;
/** Transactions for which a block is worth its cost without a rest, and while another one is under way. */
const PIPELINED_TRANSACTIONS_MIN = 500;
/** Room in a block for header, control part and results. */
const BLOCK_OVERHEAD_BYTES: number = 512 * 1024;

/** What the producer works with. */
export interface BlockProducerParts {
  readonly chain: LedgerChain;
  readonly tail: Tail;
  readonly mempool: Mempool;
  readonly certifier: Certifier;
  readonly nowMs: () => number;
  /** Of this node's event loop. */
  readonly loopTimes: () => LoopTimes;
  readonly after: (delayMs: number, work: () => void) => void;
  /** For so many waiting transactions a block is made while another one is under way; left out: for hundreds. */
  readonly pipelinedMin?: number;
  readonly log: NodeLog;
  /** The term that this node leads, or null. */
  readonly leadingTerm: () => number | null;
  /** Hands a block to the core. @returns false when the core would not take it now. */
  readonly propose: (link: ChainLink) => boolean;
  /** Calls for `run` when the leader has rested. */
  readonly wake: () => void;
}

/** The leader's block maker. */
export class BlockProducer {
  readonly #parts: BlockProducerParts;
  readonly #worker = new Worker(() => this.#produce());
  readonly #leftOut = new Set<string>();
  readonly #rest: Rest;
  #isWakeDue = false;

  constructor(parts: BlockProducerParts) {
    this.#parts = parts;
    this.#rest = new Rest(parts.loopTimes);
  }

  /** Makes blocks until nothing waits or enough are under way. */
  run(): Promise<void> {
    return this.#worker.run();
  }

  async #produce(): Promise<void> {
    while (this.#mayPropose()) {
      const parent = this.#parts.tail.last;
      const timestampMs = Math.max(this.#parts.nowMs(), parent.tip.timestampMs);
      const waiting = this.#select(parent, timestampMs);
      // An empty block is made only to let block time pass what has ended, so that it is decided, and to put a
      // change of membership in force.
      const isDue =
        parent.tip.memberships.pending !== null ||
        this.#parts.mempool.hasEnding(parent.tip.timestampMs, timestampMs);
      if (waiting.length === 0 && !isDue) return;
      const prefetched = await this.#parts.chain.prefetch(parent, waiting);
      const term = this.#parts.leadingTerm();
      // The log moved on while the disk was read: look again.
      if (term === null || this.#parts.tail.last !== parent) continue;
      const transactions = this.#parts.chain.withoutRepeated(prefetched, timestampMs, waiting);
      if (transactions.length === 0 && waiting.length > 0) return;
      const lastCertificate = this.#parts.certifier.certified;
      const control = { lastCertificate, leaderCertificate: null, membershipChange: null };
      const draft = { term, timestampMs, control, transactions };
      this.#rest.begin();
      const link = this.#build(draft, prefetched);
      if (link !== null && !this.#parts.propose(link)) return;
    }
  }

  /**
   * A transaction on which a rule breaks (that is a bug of ours) must not stop one leader after the other: it is
   * left out until it expires. Null when that has to be done first.
   */
  #build(draft: Draft, prefetched: Prefetched): ChainLink | null {
    const { chain, log } = this.#parts;
    try {
      return chain.build(draft, prefetched);
    } catch (error) {
      const culprit = this.#firstUnbuildable(draft, prefetched);
      if (culprit === undefined) throw error;
      const { id } = culprit.source;
      this.#leftOut.add(id);
      log.error("TRANSACTION_NOT_EXECUTED", { id, error: String(error) });
      return null;
    }
  }

  /** The transaction up to which, and not before, the draft cannot be built. */
  #firstUnbuildable(draft: Draft, prefetched: Prefetched): CheckedTransaction | undefined {
    let good = 0;
    let bad = draft.transactions.length;
    while (bad - good > 1) {
      const middle = Math.floor((good + bad) / 2);
      const transactions = draft.transactions.slice(0, middle);
      if (this.#isBuildable({ ...draft, transactions }, prefetched)) good = middle;
      else bad = middle;
    }
    return draft.transactions[bad - 1];
  }

  #isBuildable(draft: Draft, prefetched: Prefetched): boolean {
    try {
      this.#parts.chain.build(draft, prefetched);
      return true;
    } catch {
      return false;
    }
  }

  #mayPropose(): boolean {
    const { chain, tail, certifier, leadingTerm } = this.#parts;
    const term = leadingTerm();
    const { height, term: lastTerm, memberships } = tail.last.tip;
    if (term === null || lastTerm !== term) return false;
    // The block after a change of membership shows the change's certificate (docs/decisions/0010).
    const isHeld = (memberships.pending?.changeHeight ?? 0) > chain.applied.tip.height;
    if (isHeld) return false;
    const underWay = height - certifier.certifiedHeight;
    if (underWay < BLOCKS_UNDER_WAY_MAX && this.#isWorthPipelining()) return true;
    return underWay === 0 && this.#hasRested();
  }

  #hasRested(): boolean {
    const { leftMs } = this.#rest;
    if (leftMs === 0) return true;
    if (!this.#isWakeDue) {
      this.#isWakeDue = true;
      this.#parts.after(leftMs, () => {
        this.#isWakeDue = false;
        this.#parts.wake();
      });
    }
    return false;
  }

  #isWorthPipelining(): boolean {
    const { chain, tail, mempool, pipelinedMin = PIPELINED_TRANSACTIONS_MIN } = this.#parts;
    const { transactions } = chain.underWay(tail.last);
    return mempool.size - transactions >= pipelinedMin;
  }

  /** What waits, is not in a block under way, and may go into a block made at that time. */
  #select(parent: ChainLink, timestampMs: number): CheckedTransaction[] {
    const underWay = this.#parts.chain.underWay(parent);
    return this.#parts.mempool.take(
      BLOCK_TRANSACTIONS_MAX,
      BLOCK_SIZE_BYTES_MAX - BLOCK_OVERHEAD_BYTES,
      ({ source: { id, envelope } }) =>
        !underWay.has(id) &&
        !this.#leftOut.has(id) &&
        envelope.notAfterMs >= timestampMs &&
        envelope.createdAtMs <= timestampMs + CREATED_AHEAD_MS_MAX,
    );
  }
}
