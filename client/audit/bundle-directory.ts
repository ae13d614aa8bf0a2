/** A bundle in a folder on disk. */
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { Bundle } from "./bundle.ts";

/** Reads a bundle; what is no plain file or folder is listed too, and so refused as out of place. */
export class BundleDirectory implements Bundle {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async fileNames(): Promise<readonly string[]> {
    const entries = await readdir(this.#directory, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => relative(this.#directory, join(entry.parentPath, entry.name)))
      .map((path) => path.split(sep).join("/"));
  }

  read(fileName: string): AsyncIterable<Uint8Array> {
    return createReadStream(join(this.#directory, fileName), { highWaterMark: 1024 * 1024 });
  }
}
