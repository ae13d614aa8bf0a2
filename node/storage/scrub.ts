/**
 * Reads what a start does not: blocks that were applied long ago, the history tree and the index. A start would take as
 * long as the chain is, and what is read here is needed by receipts and by followers that are far behind, not by votes:
 * all of it is committed, and certified by others too.
 */
import { decodeBlock } from "../../ledger/block.ts";
import { equalBytes } from "../../ledger/bytes.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import type { Hash } from "../../ledger/hash.ts";
import { KEYS } from "./buckets.ts";
import type { Database } from "./database.ts";
import { StorageError } from "./record.ts";
import type { StateStore } from "./state-store.ts";

/** Blocks read at one go. */
const BLOCKS_AT_ONCE = 64;

/** What is read, and how. */
export interface ScrubParts {
  readonly database: Database;
  readonly store: StateStore;
  /** An applied height: up to here. */
  readonly height: number;
  /** Called between two reads; false ends it. */
  readonly rest: () => Promise<boolean>;
}

/** True when the directory is suspected to be damaged below what a start reads. */
export function isSuspect(database: Database): boolean {
  try {
    return database.get(KEYS.suspect) !== undefined;
  } catch (error) {
    if (isDamage(error)) return true;
    throw error;
  }
}

/**
 * Reads everything once. Damage is noted, so that the next start repairs it.
 * @throws StorageError `RECORD_DAMAGED` when something is damaged or missing.
 */
export async function scrub(parts: ScrubParts): Promise<void> {
  const { database, store, height } = parts;
  if ((await isChainWhole(parts)) && (await isIndexWhole(store, height))) return;
  await database.batch().put(KEYS.suspect, new Uint8Array()).write({ sync: true });
  const text = "old records on this node's disk are damaged: start the node again, it repairs them";
  throw new StorageError("RECORD_DAMAGED", text);
}

async function isIndexWhole(store: StateStore, height: number): Promise<boolean> {
  try {
    return await store.isIndexWhole(height);
  } catch (error) {
    if (isDamage(error)) return false;
    throw error;
  }
}

/** False when a block up to the height is missing, damaged, or does not follow the one before it. */
export async function isChainWhole({
  database,
  height,
  rest,
}: Pick<ScrubParts, "database" | "height" | "rest">): Promise<boolean> {
  let previous: Hash | null = null;
  for (let first = 1; first <= height && (await rest()); first += BLOCKS_AT_ONCE) {
    const count = Math.min(BLOCKS_AT_ONCE, height - first + 1);
    const heights = Array.from({ length: count }, (_, i) => first + i);
    const last = await lastOfRun(database, heights, previous);
    if (last === null) return false;
    previous = last;
  }
  return true;
}

/** The hash of the last of some blocks, whole or bare; null when they are not a chain. */
async function lastOfRun(
  database: Database,
  heights: readonly number[],
  before: Hash | null,
): Promise<Hash | null> {
  try {
    // In one read: a body may be dropped meanwhile.
    const stored = await database.getMany([
      ...heights.map(KEYS.block),
      ...heights.map(KEYS.settled),
    ]);
    let previous = before;
    for (const [i, height] of heights.entries()) {
      const bytes = stored[i] ?? stored[heights.length + i];
      if (bytes === undefined) return null;
      const { header, hash } = decodeBlock(bytes);
      const follows = previous === null || equalBytes(header.previousHash, previous);
      if (header.height !== height || !follows) return null;
      previous = hash;
    }
    return previous;
  } catch (error) {
    if (isDamage(error)) return null;
    throw error;
  }
}

function isDamage(error: unknown): boolean {
  const isDamaged = error instanceof StorageError && error.code === "RECORD_DAMAGED";
  return isDamaged || error instanceof LedgerFault;
}
