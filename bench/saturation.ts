/** Looks for the highest rate that the network sustains, near what it did with its hands full. */

/** Factor between steps. */
const STEP_FACTOR = 1.1;
/** The first step, of what was estimated: answers in time take some slack. */
const FIRST_SHARE = 0.9;
const STEPS_MAX = 16;

/** What a step must say of itself. */
export interface Step {
  readonly offeredPerS: number;
  readonly isSustained: boolean;
}

/** What the search gave. */
export interface Saturation<T extends Step> {
  /** Every step, in the order of time. */
  readonly steps: readonly T[];
  /** The highest step that was sustained. */
  readonly best: T;
}

/**
 * Measures at one rate after the other: up until one is not sustained, or down until one is. A rate that was not
 * sustained is tried once more, because a neighbour on the machine can spoil a step and none can make it better.
 * @param estimatedPerS what the network does when it is never idle.
 * @throws Error when no rate was sustained.
 */
export async function findSaturation<T extends Step>(
  estimatedPerS: number,
  measure: (ratePerS: number) => Promise<T>,
): Promise<Saturation<T>> {
  const steps: T[] = [];
  let best: T | null = null;
  // Rates are rungs of a ladder; rung 0 is the first.
  let [rung, sustainedRung, failedRung] = [0, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  while (rung > sustainedRung && rung < failedRung && steps.length < STEPS_MAX) {
    const ratePerS = Math.round(FIRST_SHARE * estimatedPerS * STEP_FACTOR ** rung);
    const step = await measure(Math.max(1, ratePerS));
    steps.push(step);
    const isSecondTry = steps.at(-2)?.offeredPerS === step.offeredPerS;
    if (step.isSustained) {
      best = step;
      sustainedRung = rung;
      rung += 1;
    } else if (isSecondTry) {
      failedRung = rung;
      rung -= 1;
    }
  }
  if (best === null) throw new Error("no rate was sustained");
  return { steps, best };
}
