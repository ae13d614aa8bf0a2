/**
 * A map through which thousands of entries pass each second.
 *
 * V8 makes the table of a `Map` anew when it is full of entries that were removed. The table before is then dead, but of
 * the old generation, and until that is collected, which takes seconds, all that stood in it counts as alive and is
 * copied: of a payment 3.5 KB. Here a table holds cells, and a cell lets go of what is removed.
 */

interface Cell<V> {
  value: V | null;
}

/** Values by name, in the order in which they came. */
export class TransientMap<V extends object> {
  readonly #cells = new Map<string, Cell<V>>();

  /** How many there are. */
  get size(): number {
    return this.#cells.size;
  }

  /** The value of that name, if there is one. */
  get(name: string): V | undefined {
    return this.#cells.get(name)?.value ?? undefined;
  }

  /** True when there is a value of that name. */
  has(name: string): boolean {
    return this.#cells.has(name);
  }

  /** Puts a value at the end, or in the place of the one that has the name. */
  set(name: string, value: V): void {
    const cell = this.#cells.get(name);
    if (cell === undefined) this.#cells.set(name, { value });
    else cell.value = value;
  }

  /** Removes the value of that name, if there is one. */
  delete(name: string): void {
    const cell = this.#cells.get(name);
    if (cell === undefined) return;
    cell.value = null;
    this.#cells.delete(name);
  }

  /** Removes all. */
  clear(): void {
    for (const name of this.#cells.keys()) this.delete(name);
  }

  /** All values; those that are removed meanwhile do not come. */
  *values(): Generator<V, void> {
    for (const { value } of this.#cells.values()) if (value !== null) yield value;
  }

  /** All values with their names. */
  *[Symbol.iterator](): Generator<readonly [name: string, value: V], void> {
    for (const [name, { value }] of this.#cells) if (value !== null) yield [name, value];
  }
}
