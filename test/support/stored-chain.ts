/** A node's directory as it may be found after a crash: blocks of a test chain in the log, some of them applied. */
import { RawNode } from "../../consensus/raw-node.ts";
import { genesisState } from "../../contracts/genesis-state.ts";
import { type OpenedChain, openChain } from "../../node/open-chain.ts";
import { entryOf } from "../../node/storage/block-log.ts";
import type { Database } from "../../node/storage/database.ts";
import { ChainBuilder } from "./chain-builder.ts";

/** A chain of empty blocks that nodes can execute. */
export class EmptyChain extends ChainBuilder {
  readonly stateRoot: Uint8Array = genesisState(this.genesis).tree.root;

  /** Adds empty blocks, one for each term. */
  grow(...terms: readonly number[]): this {
    for (const term of terms) this.append({ term, header: { stateRoot: this.stateRoot } });
    return this;
  }

  /** Opens a database as that of a node of this network. */
  open(database: Database, number = 1): Promise<OpenedChain> {
    return openChain({
      database,
      genesis: this.genesis,
      signatures: this.context,
      identity: this.identity(number),
      verifyTransactions: async (transactions) => transactions.map(() => true),
      nowMs: () => this.tip.timestampMs,
    });
  }

  /** Puts all blocks of the chain into a node's log, with what the node promised. */
  async store(
    { blocks }: OpenedChain,
    commit: number,
    term: number = this.tip.term,
  ): Promise<void> {
    const hardState = { term, vote: 0, commit };
    await blocks.append({ entries: this.blocks.map(entryOf), hardState, certificate: null });
  }
}

/** A core on a node's log, as the driver makes it. */
export function coreOn({ blocks, chain }: OpenedChain): RawNode {
  return new RawNode({
    id: 1,
    storage: blocks,
    random: () => 0,
    electionTicks: 10,
    heartbeatTicks: 1,
    applied: chain.applied.tip.height,
  });
}
