/** Percentiles by nearest rank: each is a value that was measured, none is interpolated. */

/** The percentiles of a latency, ms. */
export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** The worst. */
  readonly p100: number;
}

/** Percentiles of the values. @throws RangeError when there is none. */
export function percentilesOf(values: readonly number[]): Percentiles {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (percent: number): number => {
    const value = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
    if (value === undefined) throw new RangeError("percentiles of nothing");
    return value;
  };
  return { p50: at(50), p95: at(95), p99: at(99), p100: at(100) };
}
