/**
 * Destroys the witness of old blocks on this node's disk: in the background, while blocks go on, and after a crash from
 * where it stopped (docs/decisions/0023).
 *
 * Order: a snapshot that does without those blocks is offered → each block is replaced by its pruned form → the files
 * that hold what was replaced are gone, and every database that was set aside → the mark says so. Whatever a crash cuts
 * short is done again: the mark is written last.
 */
import { civilDateAt, startOfDate } from "../../contracts/fields/dates.ts";
import { WITNESS, witnessKeptFrom } from "../../contracts/governance/witness.ts";
import type { ChainTip } from "../../ledger/chain.ts";
import { decode, encode } from "../../ledger/encoding.ts";
import { uint } from "../../ledger/schema.ts";
import type { LedgerChain } from "../chain/ledger-chain.ts";
import type { NodeLog } from "../logger.ts";
import { firstSince, RECENT_MS } from "../recent-ids.ts";
import type { BlockLog } from "../storage/block-log.ts";
import { KEYS } from "../storage/buckets.ts";
import type { Database } from "../storage/database.ts";
import { StorageError } from "../storage/record.ts";
import type { StateStore } from "../storage/state-store.ts";
import type { Manifest } from "./manifest.ts";

/** What erasing works with. */
export interface WitnessEraserParts {
  readonly database: Database;
  readonly blocks: BlockLog;
  readonly store: StateStore;
  readonly chain: LedgerChain;
  /** The snapshot that others can have from this node now. */
  readonly offered: () => Manifest | null;
  /** Removes the databases that were set aside: what is in them cannot be pruned. */
  readonly removeSetAside?: () => Promise<void>;
  readonly log: NodeLog;
  readonly onFailure: (error: unknown) => void;
}

/** The eraser of one node. */
export class WitnessEraser {
  readonly #parts: WitnessEraserParts;
  #prunedHeight: number;
  /** The moment before which nothing is kept, and the height of the last block before it. */
  #due = { beforeMs: Number.NEGATIVE_INFINITY, height: 0 };
  #work: Promise<void> | null = null;
  #isStopped = false;

  constructor(parts: WitnessEraserParts) {
    this.#parts = parts;
    this.#prunedHeight = storedMark(parts.database);
    this.look();
  }

  /** Up to this height no witness is on this node's disk. */
  get prunedHeight(): number {
    return this.#prunedHeight;
  }

  /** True when blocks are to be pruned, and followers could not do without them yet. */
  get needsSnapshot(): boolean {
    return this.#due.height > this.#prunedHeight && !this.#isCovered();
  }

  /** Looks at what is due after a block was applied or a snapshot was made, and begins with it. */
  look(): void {
    this.#due = this.#whatIsDue(this.#parts.chain.applied.tip);
    const isDue = this.#due.height > this.#prunedHeight && this.#isCovered();
    if (!isDue || this.#work !== null || this.#isStopped) return;
    this.#work = this.#erase(this.#due.height)
      .catch((error) => this.#parts.onFailure(error))
      .finally(() => {
        this.#work = null;
      });
  }

  /** Resolves when nothing is being erased. */
  async rest(): Promise<void> {
    await this.#work;
  }

  /** Lets go of what is under way; it goes on after the next start. */
  stop(): Promise<void> {
    this.#isStopped = true;
    return this.rest();
  }

  /** By the ledger's clock: one node's own, if it were ahead, would destroy what others still need. */
  #whatIsDue({ height, timestampMs }: ChainTip): { beforeMs: number; height: number } {
    const { store, blocks } = this.#parts;
    const stored = store.get(WITNESS.text);
    const witness = stored === undefined ? null : WITNESS.space.decode(stored);
    const beforeMs = startOfDate(witnessKeptFrom(witness, civilDateAt(timestampMs)));
    if (beforeMs === this.#due.beforeMs) return this.#due;
    return { beforeMs, height: firstSince(height, beforeMs, (at) => blocks.block(at)) - 1 };
  }

  /** Whoever takes the snapshot needs whole blocks only for ids that could still be replayed after it. */
  #isCovered(): boolean {
    const offered = this.#parts.offered();
    return offered !== null && offered.header.timestampMs - RECENT_MS >= this.#due.beforeMs;
  }

  async #erase(upTo: number): Promise<void> {
    const { database, blocks, removeSetAside, log } = this.#parts;
    // Also where bodies are not kept: below blocks that came bare with a snapshot lie whole ones of this node's own.
    let next = this.#prunedHeight + 1;
    while (next <= upTo) {
      if (this.#isStopped) return;
      next = await blocks.stored.prune(next, upTo);
    }
    await removeSetAside?.();
    await database.compact(KEYS.block(0), KEYS.blocksEnd);
    await database.compact(KEYS.settled(0), KEYS.settledEnd);
    await database.batch().put(KEYS.pruned, encode(upTo)).write({ sync: true });
    this.#prunedHeight = upTo;
    log.info("WITNESS_DESTROYED", { height: upTo });
  }
}

/** A mark that cannot be read is as good as none: all is done again. */
function storedMark(database: Database): number {
  try {
    const stored = database.get(KEYS.pruned);
    return stored === undefined ? 0 : uint().fromCbor(decode(stored, 16));
  } catch (error) {
    if (error instanceof StorageError && error.code === "RECORD_DAMAGED") return 0;
    throw error;
  }
}
