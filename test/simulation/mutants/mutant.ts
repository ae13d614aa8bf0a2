/**
 * A planted bug: a mistake that somebody has made, in etcd, CCF, LogCabin or here, or that the literature warns of. At
 * least one layer of the tests must find it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A change of compiled code: `from` occurs exactly once in the file. */
export interface Change {
  /** Path of a compiled file, from `dist/`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** A planted bug. Where two layers of defence stand one behind the other, it takes both away. */
export interface Mutant extends Change {
  /** The mistake, in words. */
  readonly name: string;
  readonly also?: readonly Change[];
}

/** The code of a file with a change. @throws Error when it does not fit: the code has moved on. */
export function changed(code: string, { file, from, to }: Change): string {
  const [before, after, ...more] = code.split(from);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`${code.split(from).length - 1} times in ${file}, not once: ${from}`);
  }
  return before + to + after;
}

/** Every change that makes the bug. */
export function changesOf({ file, from, to, also = [] }: Mutant): readonly Change[] {
  return [{ file, from, to }, ...also];
}

/** Plants a bug in a compiled tree. @returns how to take it out again. */
export function plant(dist: string, mutant: Mutant): () => void {
  const originals = new Map<string, string>();
  for (const change of changesOf(mutant)) {
    const path = join(dist, change.file);
    const code = readFileSync(path, "utf8");
    if (!originals.has(path)) originals.set(path, code);
    writeFileSync(path, changed(code, change));
  }
  return () => {
    for (const [path, code] of originals) writeFileSync(path, code);
  };
}
