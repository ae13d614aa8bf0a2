/**
 * Records: `checksum (8 bytes) ‖ payload`, checksum = first 8 bytes of SHA-256(key ‖ 0x00 ‖ payload).
 *
 * Disks lose, tear, flip and misplace what they were given (1.4 % of disks corrupt silently in a year).
 * The key inside the checksum finds a record that is whole but in the wrong place.
 */
import { sha256OfParts } from "../../ledger/hash.ts";

/** First bytes of a digest that are kept. */
export const CHECKSUM_SIZE_BYTES = 8;

/** What can be wrong with a node's own directory. Unlike a fault, it needs its operator. */
export type StorageErrorCode =
  | "RECORD_DAMAGED"
  | "RECORD_MISSING"
  | "STATE_DAMAGED"
  | "LOG_DAMAGED"
  | "PROMISES_LOST"
  | "DATABASE_DAMAGED"
  | "WRONG_DIRECTORY"
  | "DIRECTORY_IN_USE"
  | "DISK_FULL"
  | "DISK_FAILED";

/** What an operator does about a directory that lost something; a node cannot know what it had promised. */
const REMEDY = "restore the directory, or let the node join again under a new key";

/** The same for operators in Japanese: what is wrong and what to do, by code. */
const JAPANESE: Readonly<Record<StorageErrorCode, string>> = {
  RECORD_DAMAGED:
    "ディスク上の記録が壊れています。データディレクトリを復元するか、新しい鍵で参加し直してください",
  RECORD_MISSING:
    "ディスク上の記録が失われています。データディレクトリを復元するか、新しい鍵で参加し直してください",
  STATE_DAMAGED:
    "台帳の状態がブロックと一致しません。データディレクトリを復元するか、新しい鍵で参加し直してください",
  LOG_DAMAGED:
    "唯一の投票ノードのブロックが壊れており、取り寄せ先がありません。データディレクトリを復元してください",
  PROMISES_LOST:
    "投票の記録が失われました。データディレクトリを復元するか、新しい鍵で参加し直してください",
  DATABASE_DAMAGED: "データベースが壊れています。再起動すると退避して他のノードから取り寄せます",
  WRONG_DIRECTORY:
    "このデータディレクトリは別のノードのものです。別のディレクトリを指定してください",
  DIRECTORY_IN_USE: "データディレクトリを別のプロセスが使用中です。そのプロセスを止めてください",
  DISK_FULL: "ディスクに空きがありません。空きを作ってから再起動してください",
  DISK_FAILED: "ディスクの読み書きに失敗しました。ディスクを確かめてから再起動してください",
};

/** The node's own disk does not hold what it should; `message` says what to do. */
export class StorageError extends Error {
  override readonly name = "StorageError";
  readonly code: StorageErrorCode;

  constructor(code: StorageErrorCode, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.code = code;
  }

  /** The sentence for operators, in Japanese. */
  get messageJa(): string {
    return JAPANESE[this.code];
  }

  /** The database as a whole is useless; the next start sets it aside and fetches all again. */
  static beyondRepair(what: string, options?: ErrorOptions): StorageError {
    return new StorageError("DATABASE_DAMAGED", `start the node again (${what})`, options);
  }

  /** Something that was on the disk is not, or is not what was written. */
  static lost(code: StorageErrorCode, what: string, options?: ErrorOptions): StorageError {
    return new StorageError(code, `${what}: ${REMEDY}`, options);
  }
}

/** The record of a payload under a key. */
export function sealRecord(key: string, payload: Uint8Array): Uint8Array {
  const record = new Uint8Array(CHECKSUM_SIZE_BYTES + payload.length);
  record.set(payload, CHECKSUM_SIZE_BYTES);
  const digest = checksum(key, payload);
  for (let i = 0; i < CHECKSUM_SIZE_BYTES; i++) record[i] = digest[i] ?? 0;
  return record;
}

/** The payload of a record, a plain byte string (the disk gives Buffers). @throws StorageError `RECORD_DAMAGED`. */
export function openRecord(key: string, stored: Uint8Array): Uint8Array {
  const record = new Uint8Array(stored.buffer, stored.byteOffset, stored.length);
  const payload = record.subarray(CHECKSUM_SIZE_BYTES);
  if (!hasChecksum(key, payload, record)) {
    throw StorageError.lost("RECORD_DAMAGED", `the record ${key} on this node's disk is damaged`);
  }
  return payload;
}

/** The checksum of a payload under a key. */
export function checksumOf(key: string, payload: Uint8Array): Uint8Array {
  return checksum(key, payload).slice(0, CHECKSUM_SIZE_BYTES);
}

/** True when bytes begin with the checksum of a payload under a key. */
export function hasChecksum(key: string, payload: Uint8Array, bytes: Uint8Array): boolean {
  const digest = checksum(key, payload);
  for (let i = 0; i < CHECKSUM_SIZE_BYTES; i++) if (bytes[i] !== digest[i]) return false;
  return true;
}

/** Ends the key. */
const ZERO = Uint8Array.of(0);

/** A digest of which the first bytes count: a view of so few would cost more than the digest. */
function checksum(key: string, payload: Uint8Array): Uint8Array {
  return sha256OfParts(key, ZERO, payload);
}
