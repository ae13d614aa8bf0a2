/** A figure that was measured several times: its median, and how far apart the measurements lie. */

/** Median with the range that holds all but the outermost tenths. */
export interface Spread {
  readonly low: number;
  readonly median: number;
  readonly high: number;
  readonly count: number;
}

/** The spread of some measurements. @throws RangeError when there is none. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => {
    const value = sorted[Math.round(share * (sorted.length - 1))];
    if (value === undefined) throw new RangeError("the spread of nothing");
    return value;
  };
  return { low: at(0.1), median: at(0.5), high: at(0.9), count: sorted.length };
}

/** `27.9 (26.0–31.5)`. */
export function spreadText({ low, median, high }: Spread, digits: number): string {
  return `${median.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`;
}
