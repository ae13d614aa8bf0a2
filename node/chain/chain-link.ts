/**
 * The blocks that were built or validated but are not applied yet, each with its writes as an overlay of the state on disk.
 *
 * Invariant: a link's parent is the block before it; the chain of parents ends at the last applied block.
 */
import type { CheckedTransaction } from "../../contracts/check-transaction.ts";
import { endsOfIds, type RecentIdSet } from "../../contracts/duplicates.ts";
import type { ExecutedBlock } from "../../contracts/execute-block.ts";
import { wishIn } from "../../contracts/nodes/next-membership.ts";
import type { Wish } from "../../contracts/nodes/wish.ts";
import type { StateTree } from "../../contracts/state/state-tree.ts";
import type { Block } from "../../ledger/block.ts";
import { advanceTip, type ChainTip } from "../../ledger/chain.ts";
import type { Transaction } from "../../ledger/transaction.ts";
import type { StateStore } from "../storage/state-store.ts";
import { wishWritten } from "./membership-steps.ts";

/** A block that this node has executed, on top of its parent. */
export interface ChainLink {
  /** Null for the genesis. */
  readonly block: Block | null;
  readonly tip: ChainTip;
  readonly tree: StateTree;
  readonly writes: ReadonlyMap<string, Uint8Array | null>;
  /** No more of each than names it: what was read of them lives until the block is executed. */
  readonly transactions: readonly Pick<Transaction, "id" | "leaf">[];
  readonly transactionIds: ReadonlySet<string>;
  /** Ids that the chain must remember, and until when, ms. */
  readonly recentIds: ReadonlyMap<string, number>;
  /** Who shall run the network, by the state after this block: that of its parent, unless it changes it. */
  readonly wish: Wish;
  /** Null once this block is applied: the disk has what was before. */
  parent: ChainLink | null;
}

/** An applied block, or the genesis, and what its descendants are executed on. */
export interface ChainBase extends Pick<ChainLink, "block" | "tip" | "tree"> {
  readonly recentIds: RecentIdSet;
}

/** The link of a block on its parent, from what executing it came to. */
export function linkOf(
  parent: ChainLink,
  block: Block,
  transactions: readonly CheckedTransaction[],
  executed: ExecutedBlock,
): ChainLink {
  const writes = new Map(executed.writes);
  return {
    block,
    tip: advanceTip(parent.tip, block),
    tree: executed.tree,
    writes,
    transactions: transactions.map(({ source: { id, leaf } }) => ({ id, leaf })),
    transactionIds: new Set(transactions.map(({ source }) => source.id)),
    recentIds: endsOfIds(transactions),
    wish: wishWritten(writes) ?? parent.wish,
    parent,
  };
}

/** The link of a block below which nothing has to be known. */
export function settledLink(
  base: Pick<ChainLink, "block" | "tip" | "tree">,
  store: Pick<StateStore, "get">,
): ChainLink {
  return {
    ...base,
    writes: new Map(),
    transactions: [],
    transactionIds: new Set(),
    recentIds: new Map(),
    wish: wishIn((key) => store.get(key) ?? null),
    parent: null,
  };
}

/** The links above the applied one, newest first. */
export function overlaysOf(link: ChainLink): ChainLink[] {
  const overlays: ChainLink[] = [];
  for (let at: ChainLink = link; at.parent !== null; at = at.parent) overlays.push(at);
  return overlays;
}
