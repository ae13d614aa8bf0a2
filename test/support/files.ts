/** Files of the checkout as tests read them: vectors, documents, sources. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout's top folder. Tests run compiled, from dist/test/support/. */
export const repositoryRoot: string = join(dirname(fileURLToPath(import.meta.url)), "../../..");

/** Text of a file, by its path from the top folder. */
export function readText(path: string): string {
  return readFileSync(join(repositoryRoot, path), "utf8");
}

/** Content of `test/vectors/<name>.json`; the caller says what it holds. */
export function readVectors<T>(name: string): T {
  return JSON.parse(readText(`test/vectors/${name}.json`)) as T;
}
