/** What the journal needs of a disk, step by step, so that a test can cut the power between any two. */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";

/** Files of one folder and its subfolders. Every method throws the system's error. */
export interface Disk {
  /** The bytes of a file, or null. */
  read(file: string): Uint8Array | null;
  /** Writes a file whole; not durable yet. Makes the folder above it. */
  write(file: string, bytes: Uint8Array): void;
  /** Adds to a file; not durable yet. Makes the folder above it. */
  append(file: string, bytes: Uint8Array): void;
  /** What was written to the file survives a power cut, if its name does. */
  syncFile(file: string): void;
  /** Another name for a file; not durable yet. */
  rename(from: string, to: string): void;
  /** Takes a file away; not durable yet. */
  remove(file: string): void;
  /** The names in a folder survive a power cut. */
  syncDirectory(directory: string): void;
}

/** The disk of this computer. */
export const SYSTEM_DISK: Disk = {
  read: readOrNull,
  write: (file, bytes) => put(file, bytes, "w"),
  append: (file, bytes) => put(file, bytes, "a"),
  syncFile: sync,
  rename: renameSync,
  remove: (file) => rmSync(file, { force: true }),
  syncDirectory: sync,
};

/** For the owner alone: payments say who was where. */
function put(file: string, bytes: Uint8Array, flag: "w" | "a"): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, bytes, { flag, mode: 0o600 });
}

function sync(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function readOrNull(file: string): Uint8Array | null {
  try {
    return new Uint8Array(readFileSync(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
