/**
 * A broken invariant: a bug in this folder, a driver that broke its contract, or a log that lost
 * what it had promised to keep. The node must stop, because going on could lose committed entries.
 */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
}

/**
 * Assertions stay on in production: a node that stops can be repaired, a node that diverges cannot.
 * The message is a function so that the check costs nothing while it holds.
 *
 * @throws {InvariantError} when `condition` is false
 */
export function assert(condition: boolean, message: () => string): asserts condition {
  if (!condition) throw new InvariantError(message());
}

/** Asserts that `value` is an exact whole number from 0 to 2^53-1, so that `+ 1` is still exact. */
export function assertCounter(name: string, value: number): void {
  assert(Number.isSafeInteger(value) && value >= 0, () => `${name} is not a counter: ${value}`);
}

/** Returns a value that must be there. */
export function present<T>(value: T | null | undefined, what: () => string): T {
  assert(value !== null && value !== undefined, () => `missing: ${what()}`);
  return value;
}
