/**
 * Files that only grow, one after the other: where the value log (value-log.ts) keeps its bytes. A segment is known by its
 * number; what is added to one is added at its end.
 */
import { closeSync, constants, fstatSync, mkdirSync, openSync, readSync } from "node:fs";
import { type FileHandle, open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { failureOf, onDisk } from "./disk-failure.ts";

/** The segments of one directory. Everything throws StorageError when the disk fails. */
export interface Segments {
  /** How long each one is, bytes, by number. */
  sizes(): Promise<ReadonlyMap<number, number>>;
  /** Makes an empty one; its name is on the disk when it resolves. */
  create(segment: number): Promise<void>;
  /** Adds bytes at its end, which the caller knows; they are on the disk when it resolves. */
  append(segment: number, end: number, bytes: Uint8Array): Promise<void>;
  /** Some bytes of one; fewer when it ends before, none when it is not there. */
  read(segment: number, offset: number, sizeBytes: number): Uint8Array;
  /** Removes one, if it is there; it does not come back after a crash. */
  remove(segment: number): Promise<void>;
  close(): Promise<void>;
}

/** Name of the folder in a node's data directory. */
export const SEGMENT_FOLDER = "blocks";

const NAME = /^(\d{10})\.segment$/;

/** Each addition is on the disk when it returns: one call, where write and fdatasync are two. */
const APPEND_FLAGS: number = constants.O_WRONLY | constants.O_DSYNC;

/** Files that are kept open to be read: one is 64 MiB of blocks. */
const OPEN_FILES_MAX = 32;

/** Segments as files of a folder. */
export class SegmentFolder implements Segments {
  readonly #folder: string;
  /** The one that grows. */
  #growing: { readonly segment: number; readonly file: FileHandle } | null = null;
  /** Open for reading, the one opened last at the end. */
  readonly #reading = new Map<number, number>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Opens or makes the folder in a node's data directory. */
  static async open(directory: string): Promise<SegmentFolder> {
    const folder = join(directory, SEGMENT_FOLDER);
    await onDisk(async () => {
      mkdirSync(folder, { recursive: true });
      await syncFolder(directory);
    });
    return new SegmentFolder(folder);
  }

  sizes(): Promise<ReadonlyMap<number, number>> {
    return onDisk(async () => {
      const sizes = new Map<number, number>();
      for (const name of await readdir(this.#folder)) {
        const digits = NAME.exec(name)?.[1];
        if (digits === undefined) continue;
        sizes.set(Number(digits), (await stat(join(this.#folder, name))).size);
      }
      return sizes;
    });
  }

  create(segment: number): Promise<void> {
    return onDisk(async () => {
      const file = await open(this.#path(segment), "wx");
      await file.close();
      await syncFolder(this.#folder);
    });
  }

  append(segment: number, end: number, bytes: Uint8Array): Promise<void> {
    return onDisk(async () => {
      const file = await this.#toGrow(segment);
      // A disk that is nearly full takes a part, and says so when it is asked to take the rest.
      for (let written = 0; written < bytes.length; ) {
        const left = bytes.length - written;
        written += (await file.write(bytes, written, left, end + written)).bytesWritten;
      }
    });
  }

  read(segment: number, offset: number, sizeBytes: number): Uint8Array {
    try {
      const file = this.#toRead(segment);
      // By what is there, not by what is asked for: that may be anything.
      const bytes = new Uint8Array(Math.max(0, Math.min(sizeBytes, fstatSync(file).size - offset)));
      return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, offset));
    } catch (error) {
      if (isMissing(error)) return new Uint8Array();
      throw failureOf(error);
    }
  }

  remove(segment: number): Promise<void> {
    return onDisk(async () => {
      if (this.#growing?.segment === segment) await this.#stopGrowing();
      const reading = this.#reading.get(segment);
      if (reading !== undefined) closeSync(reading);
      this.#reading.delete(segment);
      await rm(this.#path(segment), { force: true });
      await syncFolder(this.#folder);
    });
  }

  close(): Promise<void> {
    return onDisk(async () => {
      for (const file of this.#reading.values()) closeSync(file);
      this.#reading.clear();
      await this.#stopGrowing();
    });
  }

  async #toGrow(segment: number): Promise<FileHandle> {
    if (this.#growing?.segment !== segment) {
      await this.#stopGrowing();
      this.#growing = { segment, file: await open(this.#path(segment), APPEND_FLAGS) };
    }
    return this.#growing.file;
  }

  async #stopGrowing(): Promise<void> {
    const growing = this.#growing;
    this.#growing = null;
    await growing?.file.close();
  }

  #toRead(segment: number): number {
    const known = this.#reading.get(segment);
    if (known !== undefined) return known;
    const file = openSync(this.#path(segment), "r");
    this.#reading.set(segment, file);
    for (const [oldest, opened] of this.#reading) {
      if (this.#reading.size <= OPEN_FILES_MAX) break;
      closeSync(opened);
      this.#reading.delete(oldest);
    }
    return file;
  }

  #path(segment: number): string {
    return join(this.#folder, `${String(segment).padStart(10, "0")}.segment`);
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}

/** Names in a folder are on the disk after this. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
