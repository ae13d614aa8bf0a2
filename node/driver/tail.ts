/**
 * The blocks of this node's log above the applied one, by height, as executed links.
 *
 * Invariant: mirrors the consensus core's log at every moment between two inputs: an entry that the core
 * replaces takes all entries above it away.
 */

import type { Block } from "../../ledger/block.ts";
import type { VotedBlock } from "../chain/certifier.ts";
import type { ChainLink } from "../chain/chain-link.ts";
import type { LedgerChain } from "../chain/ledger-chain.ts";
import type { BlockLog } from "../storage/block-log.ts";
import type { LogEnd } from "../storage/damage.ts";

/** Links by height, from the applied block upwards. */
export class Tail {
  readonly #chain: LedgerChain;
  readonly #log: BlockLog;
  readonly #links = new Map<number, ChainLink>();
  #lastHeight: number;

  constructor(chain: LedgerChain, log: BlockLog) {
    this.#chain = chain;
    this.#log = log;
    this.#lastHeight = chain.applied.tip.height;
  }

  /** The link at the end of the log. */
  get last(): ChainLink {
    return this.#links.get(this.#lastHeight) ?? this.#chain.applied;
  }

  /** Terms and heights of the blocks above a height and above the applied one, ascending. */
  above(height: number): LogEnd[] {
    const ends: LogEnd[] = [];
    const { applied } = this.#chain;
    for (let at = Math.max(height, applied.tip.height) + 1; at <= this.#lastHeight; at++) {
      const term = this.#links.get(at)?.tip.term;
      if (term !== undefined) ends.push({ term, height: at });
    }
    return ends;
  }

  /** The link at a height; undefined above the log and below the applied block. */
  at(height: number): ChainLink | undefined {
    const { applied } = this.#chain;
    return height === applied.tip.height ? applied : this.#links.get(height);
  }

  /** Puts a link at the end, in place of whatever was at its height and above. */
  put(link: ChainLink): void {
    const { height } = link.tip;
    if (this.#links.get(height) === link) return;
    for (let above = height; above <= this.#lastHeight; above++) this.#links.delete(above);
    this.#links.set(height, link);
    this.#lastHeight = height;
  }

  /** Forgets links below the applied block. */
  applied(height: number): void {
    this.#links.delete(height - 1);
  }

  /** Forgets all links: the chain goes on from another block. */
  restart(): void {
    this.#links.clear();
    this.#lastHeight = this.#chain.applied.tip.height;
  }

  /** The whole block at a height of the log. @throws StorageError when it is not there. */
  block(height: number): Block {
    return this.at(height)?.block ?? this.#log.block(height);
  }

  /** Term, height and hash of the block at a height, from memory or from the log. */
  readonly blockAt = (height: number): VotedBlock | undefined => {
    const link = this.at(height);
    if (link !== undefined) return { term: link.tip.term, height, hash: link.tip.hash };
    if (height < 1 || height > this.#chain.applied.tip.height) return undefined;
    const { header, hash } = this.#log.block(height);
    return { term: header.term, height, hash };
  };
}
