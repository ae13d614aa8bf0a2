import assert from "node:assert/strict";
import { decode as otherDecode, encode as otherEncode } from "cborg";
import fc from "fast-check";
import { describe, it } from "mocha";
import { concatBytes, fromHex, toHex } from "../../ledger/bytes.ts";
import { type CborValue, decode, encode, splitSequence } from "../../ledger/encoding.ts";
import type { FaultCode } from "../../ledger/faults.ts";
import { cborValue } from "../support/arbitraries.ts";
import { expectFault, faultCodeOf } from "../support/expect-fault.ts";
import { readVectors } from "../support/files.ts";

/** A value as the vectors write it: JSON, with byte strings as `{ "bytes": hex }`. */
type VectorValue =
  | null
  | boolean
  | number
  | string
  | readonly VectorValue[]
  | { readonly bytes: string };

type Row =
  | { readonly id: string; readonly hex: string; readonly value: VectorValue }
  | { readonly id: string; readonly hex: string; readonly fault: FaultCode };

const SIZE_BYTES_MAX = 1024 * 1024;

function fromVector(written: VectorValue): CborValue {
  if (written === null || typeof written !== "object") return written;
  return "bytes" in written ? fromHex(written.bytes) : written.map(fromVector);
}

/** `depth` arrays, each inside the one before. */
function nested(depth: number): CborValue {
  let value: CborValue = [];
  for (let i = 1; i < depth; i++) value = [value];
  return value;
}

/** The header of an array with `length` items (2^16 or more), and that many zeros. */
function longArray(length: number): Uint8Array {
  return concatBytes(fromHex(`9a${length.toString(16).padStart(8, "0")}`), new Uint8Array(length));
}

describe("encoding", () => {
  describe("vectors", () => {
    for (const row of readVectors<readonly Row[]>("encoding")) {
      it(row.id, () => {
        const bytes = fromHex(row.hex);
        if ("fault" in row) {
          expectFault(row.fault, () => decode(bytes, SIZE_BYTES_MAX));
        } else {
          const value = fromVector(row.value);
          assert.deepEqual(decode(bytes, SIZE_BYTES_MAX), value);
          assert.equal(toHex(encode(value)), row.hex);
        }
      });
    }
  });

  it("brings every value back, from exactly its bytes", () => {
    fc.assert(
      fc.property(cborValue, (value) => {
        const bytes = encode(value);
        assert.deepEqual(decode(bytes, bytes.length), value);
      }),
    );
  });

  const nearlyRight = fc
    .tuple(cborValue.map(encode), fc.nat(), fc.integer({ min: 0, max: 255 }))
    .map(([bytes, at, byte]) => bytes.with(at % bytes.length, byte));

  it("gives every byte string that decodes back, and refuses the others with a fault", () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 40 }), nearlyRight), (bytes) => {
        let value: CborValue | undefined;
        const fault = faultCodeOf(() => {
          value = decode(bytes, bytes.length);
        });
        if (fault === null) assert.equal(toHex(encode(value as CborValue)), toHex(bytes));
        else assert.equal(fault, "MALFORMED");
      }),
      { numRuns: 2000 },
    );
  });

  it("encodes as an independent library does", () => {
    fc.assert(
      fc.property(cborValue, (value) => {
        assert.equal(toHex(encode(value)), toHex(otherEncode(value)));
      }),
    );
  });

  /** Heads, lengths and pieces of text that matter, in any order. */
  const soup = fc
    .array(
      fc.constantFrom(
        ...fromHex(
          "00 17 18 19 1b 20 40 41 58 60 61 63 7f 80 82 9f c2 ef bb bf ed a0".replaceAll(" ", ""),
        ),
        ...fromHex("e3818280f09f9880c0bdf4f5f6f7f97e"),
      ),
      { maxLength: 24 },
    )
    .map((bytes) => Uint8Array.from(bytes));
  const payment = fromHex(
    readVectors<readonly { readonly hex?: string }[]>("transaction")[0]?.hex ?? "",
  );
  const nearlyPayment = fc
    .array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 })
    .map((changes) => {
      const bytes = payment.slice();
      for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
      return bytes;
    });

  it("takes what an independent library reads and writes again as it was, and nothing else", () => {
    const strict = { strict: true, allowIndefinite: false, allowUndefined: false };
    const readElsewhere = (bytes: Uint8Array): CborValue | undefined => {
      try {
        const value: CborValue = otherDecode(bytes, strict);
        return toHex(encode(value)) === toHex(bytes) ? value : undefined;
      } catch {
        return undefined;
      }
    };
    const anyBytes = fc.oneof(fc.uint8Array({ maxLength: 40 }), soup, nearlyRight, nearlyPayment);
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        let value: CborValue | undefined;
        faultCodeOf(() => {
          value = decode(bytes, bytes.length);
        });
        assert.deepEqual(value, readElsewhere(bytes));
      }),
      { numRuns: 20_000 },
    );
  });

  describe("a sequence", () => {
    it("is split into the items that were put together", () => {
      fc.assert(
        fc.property(fc.array(cborValue.map(encode), { maxLength: 9 }), (items) => {
          const sequence = concatBytes(...items);
          assert.deepEqual(splitSequence(sequence, sequence.length), items);
        }),
      );
    });

    it("is refused when its end is missing, an item is not canonical, or it is too long", () => {
      expectFault("MALFORMED", () => splitSequence(fromHex("8001824101"), 9));
      expectFault("MALFORMED", () => splitSequence(fromHex("01180280"), 9));
      expectFault("TOO_LARGE", () => splitSequence(new Uint8Array(9), 8));
    });
  });

  it("takes a Buffer for the bytes that it holds", () => {
    const buffer = Buffer.from("8243010203f5", "hex");
    assert.deepEqual(decode(buffer, 6), [Uint8Array.of(1, 2, 3), true]);
  });

  it("refuses one byte more than the caller's limit", () => {
    expectFault("TOO_LARGE", () => decode(new Uint8Array(9), 8));
  });

  it("refuses depth by a limit of its own, not by where the stack ends", () => {
    assert.deepEqual(decode(encode(nested(16)), 100), nested(16));
    assert.throws(() => encode(nested(17)), RangeError);
    expectFault("MALFORMED", () => decode(new Uint8Array(200_000).fill(0x81), SIZE_BYTES_MAX));
    const deepButClosed = concatBytes(new Uint8Array(16).fill(0x81), fromHex("80"));
    expectFault("MALFORMED", () => decode(deepButClosed, SIZE_BYTES_MAX));
  });

  it("refuses a tag before anybody obeys it: this one asks for a big integer of 256 KiB", () => {
    const digits = new Uint8Array(256 * 1024 - 6).fill(0xff);
    const length = fromHex(digits.length.toString(16).padStart(8, "0"));
    const bigInteger = concatBytes(fromHex("c25a"), length, digits);
    expectFault("MALFORMED", () => decode(bigInteger, SIZE_BYTES_MAX));
    const inSequence = concatBytes(encode([1]), bigInteger);
    expectFault("MALFORMED", () => splitSequence(inSequence, SIZE_BYTES_MAX));
  });

  it("bounds the items, since a byte can announce an array that takes many", () => {
    assert.deepEqual(decode(longArray(262_143), SIZE_BYTES_MAX), Array(262_143).fill(0));
    expectFault("MALFORMED", () => decode(longArray(262_144), SIZE_BYTES_MAX));
    assert.throws(() => encode(Array(262_144).fill(0)), RangeError);
  });

  describe("encodes nothing that could not come back", () => {
    const rows: readonly { readonly id: string; readonly value: unknown }[] = [
      { id: "2^53", value: 2 ** 53 },
      { id: "a negative number", value: -1 },
      { id: "negative zero", value: -0 },
      { id: "a fraction", value: 1.5 },
      { id: "NaN", value: Number.NaN },
      { id: "infinity", value: Number.POSITIVE_INFINITY },
      { id: "a bigint", value: 1n },
      { id: "undefined", value: undefined },
      { id: "undefined in an array", value: [1, undefined] },
      { id: "a hole in an array", value: Array(1) },
      { id: "an object", value: {} },
      { id: "a Map", value: new Map() },
      { id: "a function", value: () => 0 },
      { id: "a 16-bit array", value: new Uint16Array(1) },
      { id: "a lone high surrogate", value: "a\ud800" },
      { id: "a lone low surrogate", value: "\udc00a" },
      { id: "a leading byte order mark", value: "\ufeffa" },
    ];
    for (const { id, value } of rows) {
      it(id, () => {
        assert.throws(
          () => encode(value as CborValue),
          (error) => error instanceof RangeError || error instanceof TypeError,
        );
      });
    }
  });
});
