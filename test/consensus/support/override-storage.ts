import type { Storage } from "../../../consensus/storage.ts";

/** A storage that answers some questions in its own way, and the others as `base` does. */
export function overrideStorage(base: Storage, parts: Partial<Storage>): Storage {
  return {
    initialState: () => base.initialState(),
    firstIndex: () => base.firstIndex(),
    lastIndex: () => base.lastIndex(),
    term: (index) => base.term(index),
    entries: (lo, hi, maxBytes) => base.entries(lo, hi, maxBytes),
    snapshot: () => base.snapshot(),
    ...parts,
  };
}
