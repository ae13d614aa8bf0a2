/**
 * Blocks one after the other, as `/v1/chain` sends them and as a bundle's files hold them: a CBOR
 * sequence (RFC 8742) of byte strings in canonical form, read as a stream, one block in memory.
 */
import { concatBytes } from "../../ledger/bytes.ts";
import { encode } from "../../ledger/encoding.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { BLOCK_SIZE_BYTES_MAX } from "../../ledger/limits.ts";

/** The item of a sequence that holds a block. */
export function sequenceItem(block: Uint8Array): Uint8Array {
  return encode(block);
}

/**
 * The blocks of a sequence that comes in pieces of any size.
 * @throws LedgerFault `MALFORMED` when the bytes are no such sequence, `TOO_LARGE`.
 */
export async function* readBlocks(
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  const source = new ByteSource(pieces);
  while (await source.has(1)) {
    const sizeBytes = await readHead(source);
    if (sizeBytes > BLOCK_SIZE_BYTES_MAX) {
      throw new LedgerFault("TOO_LARGE", { sizeBytes, sizeBytesMax: BLOCK_SIZE_BYTES_MAX });
    }
    yield await source.take(sizeBytes);
  }
}

/** Major type 2, "byte string" (RFC 8949 section 3.1), in the upper three bits of the first byte. */
const MAJOR_BYTES = 2;
/** Up to here the length stands in the first byte; then 24 to 27 say that 1, 2, 4 or 8 bytes follow. */
const SHORT_LENGTH_MAX = 23;
const LENGTH_FOLLOWS_MAX = 26;

/** The length of the byte string that begins here. */
async function readHead(source: ByteSource): Promise<number> {
  const [first = 0] = await source.take(1);
  const form = first & 0x1f;
  if (first >> 5 !== MAJOR_BYTES || form > LENGTH_FOLLOWS_MAX) throw malformed();
  if (form <= SHORT_LENGTH_MAX) return form;
  const field = await source.take(2 ** (form - SHORT_LENGTH_MAX - 1));
  const sizeBytes = field.reduce((high, low) => high * 256 + low, 0);
  const smallest = field.length === 1 ? SHORT_LENGTH_MAX + 1 : 256 ** (field.length / 2);
  if (sizeBytes < smallest) throw malformed();
  return sizeBytes;
}

function malformed(): LedgerFault {
  return new LedgerFault("MALFORMED", { problem: "not a sequence of byte strings" });
}

/** Pieces of any size, taken in sizes that are asked for. */
class ByteSource {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #waiting: Uint8Array[] = [];
  #sizeBytes = 0;

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** True when at least that many bytes are still to come. */
  async has(sizeBytes: number): Promise<boolean> {
    while (this.#sizeBytes < sizeBytes) {
      const { value, done } = await this.#pieces.next();
      if (done === true) return false;
      this.#waiting.push(value);
      this.#sizeBytes += value.length;
    }
    return true;
  }

  /** The next bytes. @throws LedgerFault `MALFORMED` when the source ends before. */
  async take(sizeBytes: number): Promise<Uint8Array> {
    if (!(await this.has(sizeBytes))) throw malformed();
    const all = this.#waiting.length === 1 ? this.#waiting[0] : undefined;
    const joined = all ?? concatBytes(...this.#waiting);
    this.#waiting = joined.length > sizeBytes ? [joined.subarray(sizeBytes)] : [];
    this.#sizeBytes = joined.length - sizeBytes;
    return joined.slice(0, sizeBytes);
  }
}
