/** A source of whole numbers: answers one in `[0, limit)`, each equally likely. */
export type RandomBelow = (limit: number) => number;

const TWO_TO_32 = 2 ** 32;

/**
 * A small generator for election jitter: a counter that steps by the golden ratio, mixed by the
 * 32-bit finaliser of MurmurHash3 (SplitMix). Not for secrets. The same seed gives the same
 * sequence on every machine, which is what makes a simulated run replayable.
 *
 * @param seed any integer; its low 32 bits count
 */
export function seededRandom(seed: number): RandomBelow {
  let counter = seed >>> 0;
  const next32 = (): number => {
    counter = (counter + 0x9e_37_79_b9) >>> 0;
    let mixed = counter;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85_eb_ca_6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2_b2_ae_35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
  return (limit) => {
    if (!Number.isInteger(limit) || limit < 1 || limit > TWO_TO_32) {
      throw new RangeError(`limit must be a whole number from 1 to 2^32: ${limit}`);
    }
    // Numbers above the last whole multiple of `limit` would favour small results: draw again.
    const fair = TWO_TO_32 - (TWO_TO_32 % limit);
    let drawn = next32();
    while (drawn >= fair) drawn = next32();
    return drawn % limit;
  };
}
