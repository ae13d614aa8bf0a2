/**
 * Simulated time: what is to happen, in order of time and, at one time, in the order asked for.
 *
 * Between two events everything that only waits for promises comes to rest. Promise jobs run in one order that the
 * language fixes, so a run is as deterministic as its events.
 */

/** One thing that will happen. */
interface Event {
  readonly atMs: number;
  readonly order: number;
  readonly happen: () => void;
}

/** The events of one run. */
export class Timeline {
  /** A binary heap: the earliest event first. */
  readonly #heap: Event[] = [];
  #order = 0;
  #nowMs = 0;
  #happened = 0;

  /** Time since the run began, ms. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** How many events have happened. */
  get happened(): number {
    return this.#happened;
  }

  /** Something will happen `delayMs` from now. */
  after(delayMs: number, happen: () => void): void {
    this.#order += 1;
    this.#push({ atMs: this.#nowMs + delayMs, order: this.#order, happen });
  }

  /** Lets the next event happen and everything that follows from it at once. @returns false at the end. */
  async next(): Promise<boolean> {
    const event = this.#pop();
    if (event === undefined) return false;
    this.#nowMs = event.atMs;
    this.#happened += 1;
    event.happen();
    await atRest();
    return true;
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || isBefore(parent, event)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = event;
  }

  #pop(): Event | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (last === undefined || first === last) return first;
    let at = 0;
    for (;;) {
      const below = earlier(heap, 2 * at + 1, 2 * at + 2);
      const child = heap[below];
      if (child === undefined || isBefore(last, child)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
    return first;
  }
}

/** Resolves when all promise jobs have run: they come before the next turn of the event loop. */
export function atRest(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function isBefore(a: Event, b: Event): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

function earlier(heap: readonly Event[], left: number, right: number): number {
  const a = heap[left];
  const b = heap[right];
  return a !== undefined && b !== undefined && isBefore(b, a) ? right : left;
}
