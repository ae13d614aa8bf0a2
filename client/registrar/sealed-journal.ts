/**
 * A file of records that only the holder of a key can read, add to or reorder:
 *
 *     journal = * ( length: 4 bytes, big-endian ‖ nonce: 12 bytes ‖ AES-256-GCM( record, additional data: its index ) ‖ tag )
 *
 * A record is on disk before anybody hears of it. What a crash leaves of one at the end was never answered and is cut off;
 * anything else that does not open is damage. One process writes; others may read, and see what was whole.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { ClientError } from "../client-fault.ts";

const LENGTH_SIZE_BYTES = 4;
const NONCE_SIZE_BYTES = 12;
const TAG_SIZE_BYTES = 16;
const OVERHEAD_SIZE_BYTES: number = NONCE_SIZE_BYTES + TAG_SIZE_BYTES;

/** A journal and what stands in it. */
export class SealedJournal {
  readonly #file: string;
  readonly #key: Uint8Array;
  #count = 0;
  #sizeBytes = 0;

  /** @param key 32 bytes. */
  constructor(file: string, key: Uint8Array) {
    this.#file = file;
    this.#key = key;
  }

  /** All records. @throws ClientError `FILE_MALFORMED` when one does not open: another key, or damage. */
  read(): Uint8Array[] {
    const bytes = existsSync(this.#file) ? readFileSync(this.#file) : Buffer.alloc(0);
    const records: Uint8Array[] = [];
    let at = 0;
    while (bytes.length - at >= LENGTH_SIZE_BYTES) {
      const end = at + LENGTH_SIZE_BYTES + bytes.readUInt32BE(at);
      if (end > bytes.length) break;
      records.push(this.#open(bytes.subarray(at + LENGTH_SIZE_BYTES, end), records.length));
      at = end;
    }
    this.#count = records.length;
    this.#sizeBytes = at;
    return records;
  }

  /** Adds a record, durably. `read` comes first. */
  append(record: Uint8Array): void {
    const isNew = !existsSync(this.#file);
    const sealed = this.#seal(record, this.#count);
    const descriptor = openSync(this.#file, isNew ? "wx" : "r+", 0o600);
    try {
      ftruncateSync(descriptor, this.#sizeBytes);
      writeSync(descriptor, sealed, 0, sealed.length, this.#sizeBytes);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    if (isNew) syncDirectory(this.#file);
    this.#count += 1;
    this.#sizeBytes += sealed.length;
  }

  /** Replaces everything: the way to forget. */
  rewrite(records: readonly Uint8Array[]): void {
    const draft = `${this.#file}.draft`;
    const descriptor = openSync(draft, "w", 0o600);
    try {
      let at = 0;
      for (const [index, record] of records.entries()) {
        const sealed = this.#seal(record, index);
        at += writeSync(descriptor, sealed, 0, sealed.length, at);
      }
      fsyncSync(descriptor);
      this.#sizeBytes = at;
    } finally {
      closeSync(descriptor);
    }
    renameSync(draft, this.#file);
    syncDirectory(this.#file);
    this.#count = records.length;
  }

  #seal(record: Uint8Array, index: number): Buffer {
    const nonce = randomBytes(NONCE_SIZE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce).setAAD(placeOf(index));
    const body = Buffer.concat([cipher.update(record), cipher.final()]);
    const length = Buffer.alloc(LENGTH_SIZE_BYTES);
    length.writeUInt32BE(OVERHEAD_SIZE_BYTES + body.length);
    return Buffer.concat([length, nonce, body, cipher.getAuthTag()]);
  }

  #open(sealed: Buffer, index: number): Uint8Array {
    try {
      const nonce = sealed.subarray(0, NONCE_SIZE_BYTES);
      const tag = sealed.subarray(sealed.length - TAG_SIZE_BYTES);
      const decipher = createDecipheriv("aes-256-gcm", this.#key, nonce, {
        authTagLength: TAG_SIZE_BYTES,
      });
      decipher.setAAD(placeOf(index)).setAuthTag(tag);
      const body = sealed.subarray(NONCE_SIZE_BYTES, sealed.length - TAG_SIZE_BYTES);
      return new Uint8Array(Buffer.concat([decipher.update(body), decipher.final()]));
    } catch (error) {
      const problem = `record ${index} does not open with this key`;
      throw new ClientError("FILE_MALFORMED", { file: this.#file, problem, cause: error });
    }
  }
}

function placeOf(index: number): Buffer {
  const place = Buffer.alloc(8);
  place.writeBigUInt64BE(BigInt(index));
  return place;
}

/** A new name is durable when its directory is. */
function syncDirectory(file: string): void {
  const descriptor = openSync(dirname(file), "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
