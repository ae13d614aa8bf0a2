import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import {
  bytesOfSize,
  compareBytes,
  concatBytes,
  equalBytes,
  fromHex,
  toHex,
  utf8,
} from "../../ledger/bytes.ts";

const someBytes = fc.uint8Array({ maxLength: 6, max: 3 });

describe("bytes", () => {
  it("hexadecimal goes both ways, in lower case", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        assert.deepEqual(fromHex(toHex(bytes)), bytes);
        assert.equal(toHex(bytes), Buffer.from(bytes).toString("hex"));
      }),
    );
  });

  for (const hex of ["0", "0g", "0x00", " 00", "00\n", "é0"]) {
    it(`refuses ${JSON.stringify(hex)} as hexadecimal`, () => {
      assert.throws(() => fromHex(hex));
    });
  }

  it("orders byte strings as memory comparison does, shorter first", () => {
    fc.assert(
      fc.property(someBytes, someBytes, (a, b) => {
        assert.equal(Math.sign(compareBytes(a, b)), Buffer.compare(a, b));
        assert.equal(equalBytes(a, b), Buffer.compare(a, b) === 0);
      }),
    );
  });

  it("joins parts into new bytes", () => {
    const part = Uint8Array.of(1);
    const joined = concatBytes(part, utf8("é"), new Uint8Array(0));
    part[0] = 9;
    assert.deepEqual(joined, Uint8Array.of(1, 0xc3, 0xa9));
    assert.deepEqual(concatBytes(), new Uint8Array(0));
  });

  it("guards name the argument", () => {
    assert.equal(bytesOfSize(part32, 32, "key"), part32);
    assert.throws(() => bytesOfSize("00", 1, "key"), { name: "TypeError", message: /^key / });
    assert.throws(() => bytesOfSize([0], 1, "key"), { name: "TypeError", message: /^key / });
    assert.throws(() => bytesOfSize(part32, 31, "key"), { name: "RangeError", message: /^key / });
  });
});

const part32 = new Uint8Array(32);
