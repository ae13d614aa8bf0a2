/**
 * The second copy of a node's promises, in a file beside the database, so that no single damage takes both.
 *
 * A database that lost its end looks like one that was never written so far; a node that believed it would
 * vote again, otherwise. Two slots of 4 KiB are written in turn, each `size ‖ sealed record of sequence ‖
 * payload`: a torn write leaves the other. The file is written after the database, and never says more.
 */
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { openRecord, StorageError, sealRecord } from "./record.ts";

const SLOT_SIZE_BYTES = 4096;
const SLOTS = [0, 1] as const;
const SIZE_FIELD_BYTES = 2;
const SEQUENCE_SIZE_BYTES = 8;

/** A promise and its number; the next one has the next number. */
export interface NumberedPromise {
  readonly sequence: number;
  readonly payload: Uint8Array;
}

/** Each write is on the disk when it returns: one call, where write and fdatasync are two. */
const OPEN_FLAGS: number = constants.O_RDWR | constants.O_DSYNC;

/** Name of the file in a node's data directory. */
export const PROMISE_FILE = "promises";

/** The file of one node, open as long as its database. */
export class PromiseFile {
  readonly #file: FileHandle;
  /** The newest promise that can be read; undefined in a new file, and when both slots are damaged. */
  readonly newest: NumberedPromise | undefined;

  private constructor(file: FileHandle, newest: NumberedPromise | undefined) {
    this.#file = file;
    this.newest = newest;
  }

  /** Opens or makes the file. @throws the operating system's error. */
  static async open(directory: string): Promise<PromiseFile> {
    const path = join(directory, PROMISE_FILE);
    const file = await open(path, OPEN_FLAGS).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
      await makeFile(directory, path);
      return open(path, OPEN_FLAGS);
    });
    const bytes = Buffer.alloc(SLOTS.length * SLOT_SIZE_BYTES);
    await file.read(bytes, 0, bytes.length, 0);
    const [a, b] = SLOTS.map((slot) => readSlot(slot, bytes));
    return new PromiseFile(file, newerOf(a, b));
  }

  /** Writes a promise into the slot of its turn; it is on the disk when this resolves. */
  async write(promise: NumberedPromise): Promise<void> {
    const slot = promise.sequence % SLOTS.length;
    const record = sealRecord(slotKey(slot), encodeNumbered(promise));
    const bytes = Buffer.alloc(SIZE_FIELD_BYTES + record.length);
    bytes.writeUInt16BE(record.length);
    bytes.set(record, SIZE_FIELD_BYTES);
    await this.#file.write(bytes, 0, bytes.length, slot * SLOT_SIZE_BYTES);
  }

  /** Closes the file. */
  close(): Promise<void> {
    return this.#file.close();
  }
}

/** The one with the higher number; undefined when there is none. */
export function newerOf(
  a: NumberedPromise | undefined,
  b: NumberedPromise | undefined,
): NumberedPromise | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.sequence >= b.sequence ? a : b;
}

/** `sequence (8 bytes) ‖ payload`. */
export function encodeNumbered({ sequence, payload }: NumberedPromise): Uint8Array {
  const bytes = Buffer.alloc(SEQUENCE_SIZE_BYTES + payload.length);
  bytes.writeBigUInt64BE(BigInt(sequence));
  bytes.set(payload, SEQUENCE_SIZE_BYTES);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The inverse of `encodeNumbered`, of bytes whose checksum was right. */
export function decodeNumbered(bytes: Uint8Array): NumberedPromise {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const sequence = Number(view.getBigUint64(0));
  return { sequence, payload: bytes.subarray(SEQUENCE_SIZE_BYTES) };
}

/** All of the file is there before it counts, its name in the directory too: later writes only overwrite. */
async function makeFile(directory: string, path: string): Promise<void> {
  const file = await open(path, "wx");
  await file.write(Buffer.alloc(SLOTS.length * SLOT_SIZE_BYTES), 0, null, 0);
  await file.sync();
  await file.close();
  const parent = await open(directory, "r");
  await parent.sync();
  await parent.close();
}

function readSlot(slot: number, bytes: Buffer): NumberedPromise | undefined {
  const start = slot * SLOT_SIZE_BYTES;
  const size = bytes.readUInt16BE(start);
  const first = start + SIZE_FIELD_BYTES;
  try {
    return decodeNumbered(openRecord(slotKey(slot), bytes.subarray(first, first + size)));
  } catch (error) {
    if (error instanceof StorageError) return undefined;
    throw error;
  }
}

function slotKey(slot: number): string {
  return `${PROMISE_FILE}/${slot}`;
}
