/**
 * Getting rid of what was replaced or removed in LevelDB: until its tables are merged it lies in them, and it is in the
 * log until that begins anew.
 *
 * A table at the lowest level is merged only with one from above that covers it, and what somebody still reads is kept.
 * So: wait for who read before; write the memory to a table (which begins a new log); cover the range with two
 * removals, and merge again, down to the last table; wait for who opened old files meanwhile, and remove these.
 */

/** What this takes of the database. */
export interface Compactable {
  compactRange(start: string, end: string): Promise<void>;
  batch(): {
    del(key: string): unknown;
    write(options: { readonly sync: boolean }): Promise<void>;
  };
}

/** Who reads at the moment. */
export class Readers {
  readonly #open = new Set<Promise<void>>();

  /** Counts a reader in. @returns to be called when it has finished. */
  enter(): () => void {
    let leave: () => void = () => undefined;
    const open = new Promise<void>((resolve) => {
      leave = resolve;
    });
    this.#open.add(open);
    return () => {
      this.#open.delete(open);
      leave();
    };
  }

  /** Resolves when all that read now have finished. */
  async finished(): Promise<void> {
    await Promise.all(this.#open);
  }
}

/** Removes from all files what was replaced or removed in a range. `start` and `end` must be no keys of records. */
export async function compact(
  level: Compactable,
  readers: Readers,
  start: string,
  end: string,
): Promise<void> {
  await readers.finished();
  await level.compactRange(start, end);
  const cover = level.batch();
  cover.del(start);
  cover.del(end);
  await cover.write({ sync: false });
  await level.compactRange(start, end);
  await readers.finished();
  await level.compactRange(start, end);
}
