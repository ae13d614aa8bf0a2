/**
 * The blocks of the chain as they are stored, one record a block: whole ones above `start`, below it pruned ones from
 * `bodiesFrom` on, and bare ones for all the rest. What a block loses it loses here, and for ever.
 */
import type { Block } from "../../ledger/block.ts";
import { decode, encode } from "../../ledger/encoding.ts";
import { prunedBlock } from "../../ledger/pruning.ts";
import { uint } from "../../ledger/schema.ts";
import { bareBlock } from "./bare-block.ts";
import { KEYS } from "./buckets.ts";
import type { Database, WriteBatch } from "./database.ts";
import { RecentBlocks } from "./recent-blocks.ts";
import { StorageError } from "./record.ts";

/** Blocks of which less is left after one write. */
const REDUCED_BLOCKS_MAX = 16;

/** Up to which heights less than the whole is left of blocks. */
export interface Beginning {
  /** Of blocks above this height all is there. */
  readonly start: number;
  /** Of blocks up to this height bodies are not there. Between that and the start, they are at least pruned. */
  readonly bare: number;
}

/** The blocks of one node. */
export class StoredBlocks {
  readonly #database: Database;
  readonly #recent = new RecentBlocks();
  #beginning: Beginning;
  /** What makes the beginning move; whoever asked for it hears of its failure. */
  #shortening: Promise<void> = Promise.resolve();
  /** While a snapshot is being put in the place of the log: the last block that stays. */
  #replacedAbove: number | null = null;

  /** @throws StorageError `DATABASE_DAMAGED`: without it nothing says where the log begins. */
  constructor(database: Database) {
    this.#database = database;
    const start = storedStart(database);
    this.#beginning = { start, bare: storedHeight(database, KEYS.bare) ?? start };
  }

  /** The height above which all blocks are whole. */
  get start(): number {
    return this.#beginning.start;
  }

  /** From this height on all blocks have their bodies, whole or pruned. */
  get bodiesFrom(): number {
    return this.#beginning.bare + 1;
  }

  /** A block of the chain. @throws StorageError when it is not there or damaged. */
  block(height: number): Block {
    const isReplaced = this.#replacedAbove !== null && height > this.#replacedAbove;
    const recent = isReplaced ? undefined : this.#recent.get(height);
    if (recent !== undefined) return recent;
    const bytes =
      (isReplaced ? undefined : this.#database.get(KEYS.block(height))) ??
      this.#database.get(KEYS.settled(height));
    if (bytes === undefined) {
      throw StorageError.lost("RECORD_MISSING", `block ${height} is not on this node's disk`);
    }
    return this.#recent.put(height, bytes).block;
  }

  /** Keeps a block in memory that was just written. */
  wrote(height: number, bytes: Uint8Array): void {
    this.#recent.put(height, bytes);
  }

  /** Another block takes the place of that one, or none. */
  removed(height: number): void {
    this.#recent.delete(height);
  }

  /** The last block that stays while a snapshot is being put in the place of those above it; null otherwise. */
  get replacedAbove(): number | null {
    return this.#replacedAbove;
  }

  /** Reads a snapshot's blocks from now on rather than this log's above a height; `replace` makes it last. */
  replaceAbove(height: number): void {
    this.#replacedAbove = height;
  }

  /**
   * Puts a snapshot's blocks in the place of this log's.
   * @param write makes it durable in one atomic write, with the beginning that it is given; what it returns is done in
   *   the step in which that snapshot's blocks begin to be read: nobody sees one without the other.
   */
  replace(
    { start, bareHeight }: { readonly start: number; readonly bareHeight: number },
    write: (beginning: (batch: WriteBatch) => WriteBatch) => Promise<() => void>,
  ): Promise<void> {
    return this.#inTurn(async () => {
      const beginning = { start, bare: Math.max(this.#beginning.bare, bareHeight) };
      const moveOn = await write((batch) => putBeginning(batch, beginning));
      this.#beginning = beginning;
      this.#replacedAbove = null;
      this.#recent.clear();
      moveOn();
    });
  }

  /**
   * Drops the bodies of some of the oldest blocks that still have them; what is left of them stays for ever.
   * @param upTo applied, below what a snapshot offered here needs.
   */
  dropBodies(upTo: number): Promise<void> {
    return this.#inTurn(async () => {
      const first = this.bodiesFrom;
      const end = Math.min(upTo, first + REDUCED_BLOCKS_MAX - 1);
      if (end < first) return;
      this.#beginning = { ...this.#beginning, bare: end };
      await this.#reduce(first, end, bareBlock);
    });
  }

  /**
   * Takes the witness out of some blocks from a height on. What it was lies in the files of the database until they are
   * compacted.
   * @param upTo as `dropBodies`.
   * @returns the height of the next block.
   */
  async prune(first: number, upTo: number): Promise<number> {
    const end = Math.min(upTo, first + REDUCED_BLOCKS_MAX - 1);
    await this.#inTurn(() => this.#reduce(first, end, prunedBlock));
    return end + 1;
  }

  /** One after the other: each write says where the log begins, and two at a time may end in either order. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#shortening.then(work);
    const rest = () => undefined;
    this.#shortening = turn.then(rest, rest);
    return turn;
  }

  /** Puts a smaller form in the place of blocks; whole ones begin above them. */
  async #reduce(first: number, end: number, form: (block: Block) => Uint8Array): Promise<void> {
    const batch = this.#database.batch();
    for (let height = first; height <= end; height++) {
      batch.put(KEYS.settled(height), form(this.block(height))).del(KEYS.block(height));
    }
    this.#beginning = { ...this.#beginning, start: Math.max(this.start, end) };
    await putBeginning(batch, this.#beginning).write({ sync: false });
    // Afterwards: until it was written, whoever read one remembered the larger form.
    for (let height = first; height <= end; height++) this.#recent.delete(height);
  }
}

function putBeginning(batch: WriteBatch, { start, bare }: Beginning): WriteBatch {
  return batch.put(KEYS.bare, encode(bare)).put(KEYS.logStart, encode(start));
}

/**
 * The height below the log's first entry.
 * @throws StorageError `DATABASE_DAMAGED`: without it nothing says where the log begins.
 */
export function storedStart(database: Database): number {
  return storedHeight(database, KEYS.logStart) ?? 0;
}

function storedHeight(database: Database, key: string): number | null {
  try {
    const stored = database.get(key);
    return stored === undefined ? null : uint().fromCbor(decode(stored, 16));
  } catch (error) {
    throw StorageError.beyondRepair("where the log begins cannot be read", { cause: error });
  }
}
