/** Where a log can no longer be believed. */
import { decodeBlock } from "../../ledger/block.ts";
import { equalBytes } from "../../ledger/bytes.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import type { Hash } from "../../ledger/hash.ts";
import { heightOfBlockKey, KEYS } from "./buckets.ts";
import type { Database } from "./database.ts";
import { StorageError } from "./record.ts";

/** Raft's order of logs (section 5.4.1) compares their ends. */
export interface LogEnd {
  readonly term: number;
  readonly height: number;
}

/** True when a log that ends at `a` is behind one that ends at `b`. */
export function isBehind(a: LogEnd, b: LogEnd): boolean {
  return a.term < b.term || (a.term === b.term && a.height < b.height);
}

/**
 * Reads the log above a height once. @returns the highest height up to which every block is there, whole, and
 * follows the one before it.
 */
export async function soundHeight(database: Database, above: number): Promise<number> {
  let height = above;
  let hash: Hash | null = null;
  try {
    for await (const [key, bytes] of database.entries(KEYS.block(above + 1), KEYS.blocksEnd)) {
      const { header, hash: own } = decodeBlock(bytes);
      const follows = hash === null || equalBytes(header.previousHash, hash);
      const isNext = heightOfBlockKey(key) === height + 1 && header.height === height + 1;
      if (!isNext || !follows) return height;
      height += 1;
      hash = own;
    }
  } catch (error) {
    const isDamaged = error instanceof StorageError && error.code === "RECORD_DAMAGED";
    if (!isDamaged && !(error instanceof LedgerFault)) throw error;
  }
  return height;
}
