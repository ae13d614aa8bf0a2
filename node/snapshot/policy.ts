/** When snapshots are made, and which bodies of blocks are kept. */
import type { ChainTip } from "../../ledger/chain.ts";
import { type Infer, nullable, record, uint } from "../../ledger/schema.ts";
import { firstSince, RECENT_MS } from "../recent-ids.ts";
import type { StoredBlocks } from "../storage/stored-blocks.ts";

const DAY_MS = 86_400_000;

/** The part `snapshots` of a node's configuration file; null there: none are made, and all bodies are kept. */
export const snapshotPolicySchema = record({
  /** Blocks between two snapshots: fewer cost more reading and writing of the whole state. */
  everyBlocks: uint(1_000_000_000, 1),
  /** Newest blocks that are kept whole; null keeps all, however many. */
  keepBlocks: nullable(uint()),
  /** Days for which blocks are kept whole; null keeps all, however old. What one of the two keeps is kept. */
  keepDays: nullable(uint(36_500)),
  /**
   * A follower that misses more blocks than this below the snapshot is sent the snapshot, and so never gets the bodies
   * of those blocks; null sends blocks as long as they are there. With fewer than are made while a snapshot is fetched,
   * a follower is sent one snapshot after the other until there is less to do.
   */
  catchUpBlocks: nullable(uint()),
});
/** When snapshots are made, and which bodies of blocks are kept. */
export type SnapshotPolicy = Infer<typeof snapshotPolicySchema>;

/** The height from which on blocks are sent to followers rather than a snapshot of a height. */
export function sendFrom({ catchUpBlocks }: SnapshotPolicy, height: number): number {
  return catchUpBlocks === null ? 0 : Math.max(0, height - catchUpBlocks + 1);
}

/**
 * The height up to which bodies may go now. Never those in which ids could still be replayed after the snapshot:
 * whoever takes it needs them.
 */
export function droppableHeight(
  { keepBlocks, keepDays }: SnapshotPolicy,
  snapshot: Pick<ChainTip, "height" | "timestampMs">,
  blocks: StoredBlocks,
): number {
  if (keepBlocks === null && keepDays === null) return 0;
  const { height, timestampMs } = snapshot;
  const since = (ageMs: number) =>
    firstSince(height, timestampMs - ageMs, (at) => blocks.block(at)) - 1;
  const byCount = keepBlocks === null ? height : height - keepBlocks;
  if (byCount < blocks.bodiesFrom) return 0;
  return Math.min(byCount, since(Math.max(RECENT_MS, (keepDays ?? 0) * DAY_MS)));
}
