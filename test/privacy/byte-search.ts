/** Looks for very many byte strings at once in very many bytes: the first six bytes of each are looked up at every place. */
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Level } from "level";

/** Something that must not be there. */
export interface Secret {
  /** What it is, for the report: "serial, hexadecimal". */
  readonly what: string;
  readonly bytes: Uint8Array;
}

/** Where one was found. */
export interface Find {
  readonly what: string;
  readonly where: string;
}

const HEAD_SIZE_BYTES = 6;
/** Bytes of one piece that are looked at again with the next: a secret may lie across. */
const OVERLAP_SIZE_BYTES = 1024;

/** Finds secrets. */
export class ByteSearch {
  readonly #byHead = new Map<number, Secret[]>();
  /** Bytes looked at so far. */
  searchedBytes = 0;

  /** @throws RangeError for a secret that is too short to be found by chance alone never. */
  constructor(secrets: readonly Secret[]) {
    for (const secret of secrets) {
      const { length } = secret.bytes;
      if (length < HEAD_SIZE_BYTES || length > OVERLAP_SIZE_BYTES) {
        throw new RangeError(`${secret.what}: ${length} bytes`);
      }
      const head = Buffer.from(secret.bytes).readUIntBE(0, HEAD_SIZE_BYTES);
      this.#byHead.set(head, [...(this.#byHead.get(head) ?? []), secret]);
    }
  }

  /** All secrets in these bytes. */
  inBytes(bytes: Uint8Array, where: string): Find[] {
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.searchedBytes += view.length;
    const finds: Find[] = [];
    for (let at = 0; at + HEAD_SIZE_BYTES <= view.length; at++) {
      for (const { what, bytes: secret } of this.#byHead.get(
        view.readUIntBE(at, HEAD_SIZE_BYTES),
      ) ?? []) {
        if (view.subarray(at, at + secret.length).equals(secret)) finds.push({ what, where });
      }
    }
    return finds;
  }

  /** All secrets in the files below a directory, but those that `isExempt` names. */
  async inFiles(directory: string, isExempt: (path: string) => boolean): Promise<Find[]> {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    const finds: Find[] = [];
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile() && !isExempt(path)) finds.push(...(await this.#inFile(path)));
    }
    return finds;
  }

  /** All secrets in the keys and values of a database that nobody holds open: as its user sees them, decompressed. */
  async inDatabase(directory: string): Promise<Find[]> {
    const level = new Level<Uint8Array, Uint8Array>(directory, {
      keyEncoding: "view",
      valueEncoding: "view",
    });
    await level.open();
    const finds: Find[] = [];
    try {
      for await (const [key, value] of level.iterator()) {
        const where = `${directory}: ${Buffer.from(key).toString("latin1").slice(0, 40)}`;
        finds.push(...this.inBytes(key, where), ...this.inBytes(value, where));
      }
    } finally {
      await level.close();
    }
    return finds;
  }

  async #inFile(path: string): Promise<Find[]> {
    const finds: Find[] = [];
    let tail = Buffer.alloc(0);
    for await (const piece of createReadStream(path, { highWaterMark: 4 * 1024 * 1024 })) {
      const bytes = Buffer.concat([tail, piece as Buffer]);
      finds.push(...this.inBytes(bytes, path));
      tail = bytes.subarray(Math.max(0, bytes.length - OVERLAP_SIZE_BYTES));
    }
    return finds;
  }
}
