/**
 * A secret in shares (A. Shamir, "How to Share a Secret", CACM 22, 1979): any `threshold` of them give it back, fewer say
 * nothing about it. Each byte is the value at 0 of a random polynomial over GF(2⁸), with the field of AES (FIPS 197
 * section 4.2); a share is its values at one x.
 *
 * A share that was altered gives another secret, not an error: what it opens (`sealed-custody.ts`) tells.
 */
import { randomBytes } from "node:crypto";

/** One share. */
export interface SecretShare {
  /** 1 to 255; every share has another one. */
  readonly x: number;
  readonly values: Uint8Array;
}

const SHARES_MAX = 255;

/** @throws RangeError unless 2 ≤ threshold ≤ shares ≤ 255. */
export function splitSecret(
  secret: Uint8Array,
  threshold: number,
  shares: number,
): readonly SecretShare[] {
  const areRight = Number.isInteger(threshold) && Number.isInteger(shares) && threshold >= 2;
  if (!areRight || threshold > shares || shares > SHARES_MAX) {
    throw new RangeError(`no ${threshold} of ${shares} shares`);
  }
  const coefficients = [
    secret,
    ...Array.from({ length: threshold - 1 }, () => randomBytes(secret.length)),
  ];
  return Array.from({ length: shares }, (_, i) => {
    const x = i + 1;
    return { x, values: secret.map((_byte, at) => evaluate(coefficients, at, x)) };
  });
}

/**
 * The secret of at least as many shares as its threshold.
 * @throws RangeError when they are not shares of one secret: none, unequal sizes, or one x twice.
 */
export function joinShares(shares: readonly SecretShare[]): Uint8Array {
  const [first] = shares;
  const xs = new Set(shares.map(({ x }) => x));
  const isWhole = shares.every(({ x, values }) => {
    return x >= 1 && x <= SHARES_MAX && values.length === first?.values.length;
  });
  if (first === undefined || xs.size !== shares.length || !isWhole) {
    throw new RangeError("these are not different shares of one secret");
  }
  const weights = shares.map(({ x }) => weightAtZero(x, xs));
  return first.values.map((_byte, at) =>
    shares.reduce((sum, { values }, i) => sum ^ multiply(values[at] ?? 0, weights[i] ?? 0), 0),
  );
}

/** Horner's rule, at one byte of each coefficient. */
function evaluate(coefficients: readonly Uint8Array[], at: number, x: number): number {
  return coefficients.reduceRight((sum, bytes) => multiply(sum, x) ^ (bytes[at] ?? 0), 0);
}

/** Lagrange: Π x' / (x' − x) over the other shares; subtraction is XOR. */
function weightAtZero(x: number, xs: ReadonlySet<number>): number {
  let weight = 1;
  for (const other of xs) {
    if (other !== x) weight = multiply(weight, multiply(other, invert(other ^ x)));
  }
  return weight;
}

/** In constant time: the operands are the secret. */
function multiply(a: number, b: number): number {
  let product = 0;
  let power = a;
  for (let bit = 0; bit < 8; bit++) {
    product ^= power & -((b >> bit) & 1);
    power = (power << 1) ^ (0x1_1b & -(power >> 7));
  }
  return product & 0xff;
}

/** a²⁵⁴ = a⁻¹. */
function invert(a: number): number {
  let inverse = 1;
  for (let i = 0; i < 254; i++) inverse = multiply(inverse, a);
  return inverse;
}
