/** The state between blocks, and the plainest ways to keep it. */
import { StateTree, type StateWrite } from "./state-tree.ts";

/**
 * The state after some block. Reading is synchronous: whoever keeps it on disk fetches the keys of a block
 * (`keysOf`) at one go before the block is executed. The same object always gives the same answers.
 */
export interface State {
  /** Canonical bytes of the record, null when there is none. @throws Error for a key not fetched. */
  get(key: string): Uint8Array | null;
  readonly tree: StateTree;
}

/** What a block changes. */
export interface StateChange {
  /** In ascending order of key. */
  readonly writes: readonly StateWrite[];
  /** The tree after the writes. */
  readonly tree: StateTree;
}

/** The state after a change, on top of the state before: for blocks that are not committed yet. */
export function overlay(parent: State, { writes, tree }: StateChange): State {
  const written = new Map(writes);
  return {
    get: (key) => {
      const value = written.get(key);
      return value === undefined ? parent.get(key) : value;
    },
    tree,
  };
}

/** The latest state, whole, in memory: for auditors and tests. It moves from block to block. */
export class MemoryState implements State {
  readonly #records: Map<string, Uint8Array>;
  #tree: StateTree;

  /** @throws RangeError when a key is there twice. */
  constructor(records: readonly (readonly [key: string, value: Uint8Array])[]) {
    this.#records = new Map(records);
    this.#tree = StateTree.of(records);
  }

  get(key: string): Uint8Array | null {
    return this.#records.get(key) ?? null;
  }

  get tree(): StateTree {
    return this.#tree;
  }

  /** Moves on to the state after a change. */
  commit({ writes, tree }: StateChange): void {
    for (const [key, value] of writes) {
      if (value === null) this.#records.delete(key);
      else this.#records.set(key, value);
    }
    this.#tree = tree;
  }

  /** Every record, in ascending order of key. */
  records(): (readonly [key: string, value: Uint8Array])[] {
    return [...this.#records].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}
