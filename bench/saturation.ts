/** Looks for the highest rate that the network sustains: upwards in steps, then between the last two. */

/** Factor between steps on the way up. */
const GROWTH = 1.5;
/** Near enough: the next step would differ by less. */
const RESOLUTION = 1.12;
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
 * Measures at one rate after the other. A rate that was not sustained is tried once more, because a
 * neighbour on the machine can spoil a step and none can make it better.
 * @throws Error when no rate was sustained.
 */
export async function findSaturation<T extends Step>(
  startPerS: number,
  measure: (ratePerS: number) => Promise<T>,
): Promise<Saturation<T>> {
  const steps: T[] = [];
  let best: T | null = null;
  let failedPerS = Number.POSITIVE_INFINITY;
  let ratePerS: number | null = startPerS;
  while (ratePerS !== null && steps.length < STEPS_MAX) {
    const step = await measure(ratePerS);
    steps.push(step);
    const isSecondTry = steps.at(-2)?.offeredPerS === ratePerS;
    if (step.isSustained) best = step;
    else if (isSecondTry) failedPerS = ratePerS;
    else continue;
    ratePerS = nextRate(best?.offeredPerS ?? null, failedPerS);
  }
  if (best === null) throw new Error("no rate was sustained");
  return { steps, best };
}

function nextRate(bestPerS: number | null, failedPerS: number): number | null {
  if (bestPerS === null) return Math.round(failedPerS / 2);
  if (failedPerS === Number.POSITIVE_INFINITY) return Math.round(bestPerS * GROWTH);
  const between = Math.round(Math.sqrt(bestPerS * failedPerS));
  return between / bestPerS < RESOLUTION ? null : between;
}
