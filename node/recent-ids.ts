/** The ids that could still be replayed: in blocks as old as a card-signed transaction's life can be. */
import { checkTransaction } from "../contracts/check-transaction.ts";
import { RecentIdSet } from "../contracts/duplicates.ts";
import type { Block } from "../ledger/block.ts";
import type { Hash } from "../ledger/hash.ts";
import {
  BLOCK_TIMESTAMP_AHEAD_MS_MAX,
  CARD_VALIDITY_MS_MAX,
  CREATED_AHEAD_MS_MAX,
} from "../ledger/limits.ts";
import { decodeTransaction } from "../ledger/transaction.ts";

/** How far back from the last block ids are remembered, ms of block time. */
export const RECENT_MS: number =
  CARD_VALIDITY_MS_MAX + CREATED_AHEAD_MS_MAX + BLOCK_TIMESTAMP_AHEAD_MS_MAX;

/** The lowest of the heights up to `height` whose block is of that time or later; `height + 1` when there is none. */
export function firstSince(
  height: number,
  timestampMs: number,
  blockAt: (height: number) => Block,
): number {
  let first = 1;
  let end = height + 1;
  // Time never goes back along a chain (rule C4).
  while (first < end) {
    const middle = Math.floor((first + end) / 2);
    if (blockAt(middle).header.timestampMs >= timestampMs) end = middle;
    else first = middle + 1;
  }
  return first;
}

/** Adds the ids of a block's transactions to those remembered. */
export function rememberIds(
  recentIds: RecentIdSet,
  { transactions }: Block,
  networkId: Hash,
): void {
  recentIds.add(transactions.map((item) => checkTransaction(decodeTransaction(item), networkId)));
}

/** The ids remembered after the last of some blocks. */
export function readRecentIds(
  last: { readonly height: number; readonly timestampMs: number },
  networkId: Hash,
  blockAt: (height: number) => Block,
): RecentIdSet {
  const recentIds = new RecentIdSet();
  const first = firstSince(last.height, last.timestampMs - RECENT_MS, blockAt);
  for (let height = first; height <= last.height; height++) {
    rememberIds(recentIds, blockAt(height), networkId);
  }
  return recentIds;
}
