/**
 * A database that cannot be opened makes room for a new one. It is kept for its operator to look at, until witness is
 * destroyed the next time: what is in it cannot be pruned.
 */
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { PROMISE_FILE, PromiseFile } from "./promise-file.ts";
import { StorageError } from "./record.ts";

const ASIDE = "damaged-";

/**
 * Moves all files of a database into a folder beside the new one. The promises stay.
 * @returns the folder.
 * @throws StorageError `PROMISES_LOST`, before anything is moved, when their other copy cannot be read.
 */
export async function setAside(directory: string): Promise<string> {
  const promises = await PromiseFile.open(directory);
  await promises.close();
  if (promises.newest === undefined) {
    const what = `the database is damaged, and the file ${PROMISE_FILE} is missing or damaged too`;
    throw StorageError.lost("PROMISES_LOST", what);
  }
  const names = await readdir(directory);
  const earlier = names.filter((name) => name.startsWith(ASIDE)).length;
  const folder = join(directory, `${ASIDE}${earlier + 1}`);
  await mkdir(folder);
  for (const name of names) {
    if (name === PROMISE_FILE || name.startsWith(ASIDE)) continue;
    await rename(join(directory, name), join(folder, name));
  }
  return folder;
}

/** Removes all databases that were set aside. */
export async function removeSetAside(directory: string): Promise<void> {
  const names = await readdir(directory);
  for (const name of names.filter((candidate) => candidate.startsWith(ASIDE))) {
    await rm(join(directory, name), { recursive: true });
  }
}
