/** Where everything random in a run comes from: one seed, one sequence. */
import { type RandomBelow, seededRandom } from "../../consensus/random.ts";

const PARTS_PER_MILLION = 1_000_000;

/** Draws. The same calls in the same order give the same answers, on every machine. */
export class Dice {
  readonly #below: RandomBelow;

  constructor(seed: number) {
    this.#below = seededRandom(seed);
  }

  /** A whole number in `[low, high]`. */
  between(low: number, high: number): number {
    return low + this.#below(high - low + 1);
  }

  /** True with that probability. */
  chance(probability: number): boolean {
    return this.#below(PARTS_PER_MILLION) < probability * PARTS_PER_MILLION;
  }

  /** One of the items. @throws RangeError when there is none. */
  pick<T>(items: readonly T[]): T {
    const position = this.#below(items.length);
    return items[position] as T;
  }

  /** The items in another order. */
  shuffled<T>(items: readonly T[]): T[] {
    const rest = [...items];
    const drawn: T[] = [];
    while (rest.length > 0) drawn.push(...rest.splice(this.#below(rest.length), 1));
    return drawn;
  }
}
