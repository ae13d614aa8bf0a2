/** How long to wait between attempts to reach a member. */
export interface Backoff {
  /** Wait after the first failure, ms. */
  readonly firstMs: number;
  /** Longest wait, ms. Bounds how late a member that came back is noticed. */
  readonly maxMs: number;
}

/** A tenth of a second, doubling up to five seconds. */
export const DEFAULT_BACKOFF: Backoff = { firstMs: 100, maxMs: 5000 };

/**
 * The wait after `failures` failures in a row (1 is the first): doubled each time, capped, and
 * then shortened by up to a half, so that nodes that lost each other do not dial in step.
 * @param random uniform in [0, 1)
 */
export function backoffMs(backoff: Backoff, failures: number, random: () => number): number {
  const doubled = backoff.firstMs * 2 ** Math.min(failures - 1, 30);
  return Math.min(doubled, backoff.maxMs) * (1 - random() / 2);
}
