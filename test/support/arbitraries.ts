/** Arbitrary values for property tests. */
import fc from "fast-check";
import type { CborValue } from "../../ledger/encoding.ts";

/** Text that the encoding can hold: well-formed, no leading byte order mark. */
const exactText: fc.Arbitrary<string> = fc
  .string({ unit: "binary", maxLength: 40 })
  .filter((text) => !text.startsWith("\ufeff"));

/** Integers of every length on the wire. */
const safeUint: fc.Arbitrary<number> = fc.oneof(
  fc.nat(300),
  fc.nat(),
  fc.maxSafeNat(),
  fc.constantFrom(23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1),
);

/** Byte strings, longer than one length byte can say at times. */
const byteString: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.uint8Array({ minLength: 250, maxLength: 260 }),
);

/** Whatever the encoding can hold. */
export const cborValue: fc.Arbitrary<CborValue> = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, depthSize: "small" },
    safeUint,
    exactText,
    byteString,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 6 }),
  ),
})).value;
