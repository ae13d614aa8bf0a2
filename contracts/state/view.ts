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
  /** The same by text, for types with thousands of keys. */
  readonly #declaredByText: ReadonlyMap<string, StateKey<unknown>> | null;
  readonly #changes = new Map<string, RecordChange>();

  constructor(block: BlockView, declared: readonly StateKey<unknown>[]) {
    this.#block = block;
    this.#declared = declared;
    const isLong = declared.length > SEARCHED_KEYS_MAX;
    this.#declaredByText = isLong ? new Map(declared.map((key) => [key.text, key])) : null;
  }

  get<T>(key: StateKey<T>): T | null {
    const declared = this.#declaredKey(key);
    const change = this.#changes.get(declared.text);
    return change === undefined ? this.#block.read(declared) : (change.after as T);
  }

  put<T>(key: StateKey<T>, value: T): void {
    const declared = this.#declaredKey(key);
    const before = this.#block.read(declared);
    this.#changes.set(declared.text, { key: declared, before, after: value });
  }

  /** The writes so far, one for each key. */
  changes(): Iterable<RecordChange> {
    return this.#changes.values();
  }

  /** Makes the writes part of the block. Without it they count for nothing. */
  commit(): void {
    for (const { key, after } of this.#changes.values()) this.#block.write(key, after);
  }

  /**
   * The same key as it was declared, a text whose hash is known. A key that was not declared is not fetched,
   * and would be there on some nodes and missing on others.
   */
  #declaredKey<T>(key: StateKey<T>): StateKey<T> {
    const declared =
      this.#declaredByText === null
        ? this.#declared.find(({ text }) => text === key.text)
        : this.#declaredByText.get(key.text);
    if (declared === undefined) throw new Error(`the key ${key.text} is not declared`);
    return declared as StateKey<T>;
  }
}
