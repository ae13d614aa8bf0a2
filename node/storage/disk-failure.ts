/** What LevelDB and the system say of a disk that fails, as what an operator can do about it. */
import { StorageError } from "./record.ts";

/** Does something with the disk. @throws StorageError for whatever fails. */
export async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw failureOf(error);
  }
}

/** What failed on the disk. The library says why in its error or in the cause of it; the rest in the words of LevelDB and the system. */
export function failureOf(error: unknown): StorageError {
  const { cause } = error as Error;
  const { message: reason, code } = (cause ?? error) as NodeJS.ErrnoException;
  const options = { cause: error };
  if (code === "LEVEL_LOCKED") {
    const text = "another process uses the data directory: stop it, or use another directory";
    return new StorageError("DIRECTORY_IN_USE", text, options);
  }
  if (code === "ENOSPC" || /no space left/i.test(reason)) {
    const text = "the disk is full: make room, then start the node again";
    return new StorageError("DISK_FULL", text, options);
  }
  // Not every call of the library gives LevelDB's status as a code.
  const isDamaged = /^corruption|^io error.*(no such file|invalid argument)/i.test(reason);
  return isDamaged
    ? StorageError.beyondRepair(reason, options)
    : new StorageError("DISK_FAILED", `check the disk, then start the node again (${reason})`, {
        cause: error,
      });
}
