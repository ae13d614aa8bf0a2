/**
 * What rules read and write while a block is executed: a transaction's writes over the block's, the block's
 * over the state before it. A record is decoded once for each block and encoded once at its end.
 */
import type { View } from "../declaration.ts";
import type { KeySpace, StateKey } from "./key-space.ts";
import type { State } from "./state.ts";
import type { StateWrite } from "./state-tree.ts";

/** So many keys are searched through faster than a map of them is made. */
const SEARCHED_KEYS_MAX = 32;

/** A record as it stands, decoded; never changed in place. */
interface Cell {
  readonly space: KeySpace<unknown>;
  readonly value: unknown;
  readonly isWritten: boolean;
}

/** A write of one transaction, with the record before it. */
export interface RecordChange {
  readonly key: StateKey<unknown>;
  readonly before: unknown;
  readonly after: unknown;
}

/** The state within a block: everything that its accepted transactions wrote. */
export class BlockView {
  readonly #parent: State;
  readonly #cells = new Map<string, Cell>();

  constructor(parent: State) {
    this.#parent = parent;
  }

  /** The record, or null. */
  read<T>(key: StateKey<T>): T | null {
    const cell = this.#cells.get(key.text);
    // A key's text begins with its space's name, so what is kept under it is a record of that space.
    if (cell !== undefined) return cell.value as T | null;
    const bytes = this.#parent.get(key.text);
    const value = bytes === null ? null : key.space.decode(bytes);
    this.#cells.set(key.text, { space: key.space, value, isWritten: false });
    return value;
  }

  /** Writes a record. */
  write<T>(key: StateKey<T>, value: T): void {
    this.#cells.set(key.text, { space: key.space, value, isWritten: true });
  }

  /** What was written, in ascending order of key. */
  writes(): StateWrite[] {
    const writes: StateWrite[] = [];
    for (const [text, { space, value, isWritten }] of this.#cells) {
      if (isWritten) writes.push([text, space.encode(value)]);
    }
    return writes.sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

/** The state within a transaction, limited to the keys that its declaration names. */
export class TransactionView implements View {
  readonly #block: BlockView;
  readonly #declared: readonly StateKey<unknown>[];
  /** The places of the keys by text, for types with thousands of them. */
  readonly #placeByText: ReadonlyMap<string, number> | null;
  /** The writes so far, each at the place of its key. */
  readonly #changes: (RecordChange | undefined)[] = [];

  constructor(block: BlockView, declared: readonly StateKey<unknown>[]) {
    this.#block = block;
    this.#declared = declared;
    const isLong = declared.length > SEARCHED_KEYS_MAX;
    this.#placeByText = isLong ? new Map(declared.map(({ text }, i) => [text, i])) : null;
  }

  get<T>(key: StateKey<T>): T | null {
    const place = this.#placeOf(key);
    const change = this.#changes[place];
    if (change !== undefined) return change.after as T;
    return this.#block.read(this.#declared[place] as StateKey<T>);
  }

  put<T>(key: StateKey<T>, value: T): void {
    const place = this.#placeOf(key);
    const declared = this.#declared[place] as StateKey<T>;
    this.#changes[place] = { key: declared, before: this.#block.read(declared), after: value };
  }

  /** The writes so far, one for each key. */
  changes(): readonly RecordChange[] {
    return this.#changes.filter((change) => change !== undefined);
  }

  /** Makes the writes part of the block. Without it they count for nothing. */
  commit(): void {
    for (const { key, after } of this.changes()) this.#block.write(key, after);
  }

  /**
   * Where the key stands among those declared, of which the texts and their hashes are known. A key that was not
   * declared is not fetched, and would be there on some nodes and missing on others.
   */
  #placeOf(key: StateKey<unknown>): number {
    const { space, id } = key;
    const place =
      this.#placeByText === null
        ? this.#declared.findIndex((declared) => declared.id === id && declared.space === space)
        : (this.#placeByText.get(key.text) ?? -1);
    if (place < 0) throw new Error(`the key ${key.text} is not declared`);
    return place;
  }
}
