import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { decodeChunk, encodeChunk, type StateRecord } from "../../ledger/state-chunk.ts";
import { expectFault } from "../support/expect-fault.ts";

const key = fc.string({ minLength: 1, maxLength: 40, unit: "binary-ascii" }).filter(isPrintable);
const records = fc
  .uniqueArray(fc.tuple(key, fc.uint8Array({ maxLength: 50 })), {
    selector: ([name]) => name,
    minLength: 1,
  })
  .map((found): StateRecord[] => found.sort(([a], [b]) => (a < b ? -1 : 1)));

function isPrintable(text: string): boolean {
  return /^[ -~]+$/.test(text);
}

describe("a chunk", () => {
  it("gives back its records", () => {
    fc.assert(
      fc.property(records, (all) => assert.deepEqual(decodeChunk(encodeChunk(all), ""), all)),
    );
  });

  it("is refused when it ends within a record", () => {
    fc.assert(
      fc.property(records, fc.nat(), (all, cut) => {
        const last = encodeChunk(all.slice(-1)).length;
        const chunk = encodeChunk(all);
        const short = chunk.subarray(0, chunk.length - 1 - (cut % (last - 1)));
        expectFault("MALFORMED", () => decodeChunk(short, ""));
      }),
    );
  });

  it("is refused when its keys do not rise, from the chunk before on", () => {
    const record = (name: string): StateRecord => [name, Uint8Array.of(1)];
    expectFault("MALFORMED", () => decodeChunk(encodeChunk([record("b"), record("a")]), ""));
    expectFault("MALFORMED", () => decodeChunk(encodeChunk([record("a"), record("a")]), ""));
    expectFault("MALFORMED", () => decodeChunk(encodeChunk([record("a")]), "a"));
    assert.equal(decodeChunk(encodeChunk([record("b")]), "a").length, 1);
  });

  it("is refused when a key is not printable ASCII", () => {
    for (const name of ["\u007f", "a\n", "é"]) {
      expectFault("MALFORMED", () => decodeChunk(encodeChunk([[name, new Uint8Array()]]), ""));
    }
  });

  it("of any bytes is records or refused", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        try {
          assert.deepEqual(encodeChunk(decodeChunk(bytes, "")), bytes);
        } catch (error) {
          assert.equal((error as { code?: string }).code, "MALFORMED");
        }
      }),
    );
  });
});
