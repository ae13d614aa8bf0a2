/**
 * Where each term begins in a log. A leader looks up many terms when a follower's log parts from its own, and
 * must not read a block for each.
 *
 * Invariant: first indexes and terms rise together; the first run begins at index 1.
 */

/** The terms of a log from index 1 to its end, as runs. */
export class TermRuns {
  readonly #runs: { readonly first: number; readonly term: number }[] = [];

  /** The runs of a log of `last` entries, found by bisection: terms never fall along a log. */
  static of(last: number, termAt: (index: number) => number): TermRuns {
    const runs = new TermRuns();
    for (let first = 1; first <= last; ) {
      const term = termAt(first);
      runs.put(first, term);
      first = firstAfter(first, last, (index) => termAt(index) > term);
    }
    return runs;
  }

  /** The term at an index of the log; undefined below 1. */
  at(index: number): number | undefined {
    const next = firstAfter(-1, this.#runs.length - 1, (i) => (this.#runs[i]?.first ?? 0) > index);
    return this.#runs[next - 1]?.term;
  }

  /** Where the terms between two others begin, ascending. */
  firstsBetween(after: number, before: number): number[] {
    const between = this.#runs.filter(({ term }) => term > after && term < before);
    return between.map(({ first }) => first);
  }

  /** Puts an entry at the end, in place of whatever was at its index and above. */
  put(index: number, term: number): void {
    while ((this.#runs.at(-1)?.first ?? 0) >= index) this.#runs.pop();
    if (this.#runs.at(-1)?.term !== term) this.#runs.push({ first: index, term });
  }
}

/** The first integer in (low, high] for which `holds`, which goes on holding; else `high + 1`. */
function firstAfter(low: number, high: number, holds: (value: number) => boolean): number {
  let below = low;
  let above = high + 1;
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    if (holds(middle)) above = middle;
    else below = middle;
  }
  return above;
}
