/** Hash and term of every block seen, 40 bytes each: what a certificate of an ancestor must name. */
import { HASH_SIZE_BYTES, type Hash } from "../../ledger/hash.ts";

const TERM_SIZE_BYTES = 8;
const MARK_SIZE_BYTES = HASH_SIZE_BYTES + TERM_SIZE_BYTES;
const FIRST_CAPACITY_BLOCKS = 1024;

/** What identifies a block at a height. */
export interface BlockMark {
  readonly hash: Hash;
  readonly term: number;
}

/** Marks of the blocks 1, 2, 3 …, kept in one byte array that doubles when it is full. */
export class BlockMarks {
  #bytes = new Uint8Array(FIRST_CAPACITY_BLOCKS * MARK_SIZE_BYTES);
  #height = 0;

  /** Adds the mark of the next block. */
  append({ hash, term }: BlockMark): void {
    const offset = this.#height * MARK_SIZE_BYTES;
    if (offset === this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#bytes.length);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(hash, offset);
    this.#view(offset).setBigUint64(0, BigInt(term));
    this.#height += 1;
  }

  /** The mark of a block, undefined when there is none at that height. */
  at(height: number): BlockMark | undefined {
    if (height < 1 || height > this.#height) return undefined;
    const offset = (height - 1) * MARK_SIZE_BYTES;
    const hash = this.#bytes.slice(offset, offset + HASH_SIZE_BYTES);
    return { hash, term: Number(this.#view(offset).getBigUint64(0)) };
  }

  #view(offset: number): DataView {
    return new DataView(this.#bytes.buffer, offset + HASH_SIZE_BYTES, TERM_SIZE_BYTES);
  }
}
