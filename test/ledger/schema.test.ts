import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { toHex } from "../../ledger/bytes.ts";
import type { CborValue } from "../../ledger/encoding.ts";
import {
  bytes,
  flag,
  fromBytes,
  type JsonValue,
  list,
  nullable,
  oneOf,
  pattern,
  record,
  type Schema,
  text,
  toBytes,
  uint,
  variant,
} from "../../ledger/schema.ts";
import { expectFault, faultCodeOf } from "../support/expect-fault.ts";

const letters = record({
  small: uint(255),
  large: uint(),
  bounded: uint(20, 10),
  truth: flag,
  name: text(8),
  code: pattern(/^[A-Z]{2,4}$/, "2 to 4 capitals"),
  word: oneOf(["one", "two"]),
  key: bytes(4),
  blob: bytes(0, 6),
  maybe: nullable(record({ inner: uint() })),
  several: list(bytes(1), 3, 1),
});

const lettersValue = fc.record(
  {
    small: fc.nat(255),
    large: fc.maxSafeNat(),
    bounded: fc.integer({ min: 10, max: 20 }),
    truth: fc.boolean(),
    name: fc.string({
      unit: fc.constantFrom("a", "é", "豊", "𠮟", "👩", "\u200d"),
      minLength: 1,
      maxLength: 8,
    }),
    code: fc.stringMatching(/^[A-Z]{2,4}$/),
    word: fc.constantFrom("one" as const, "two" as const),
    key: fc.uint8Array({ minLength: 4, maxLength: 4 }),
    blob: fc.uint8Array({ maxLength: 6 }),
    maybe: fc.option(fc.record({ inner: fc.nat() }, { noNullPrototype: true })),
    several: fc.array(fc.uint8Array({ minLength: 1, maxLength: 1 }), {
      minLength: 1,
      maxLength: 3,
    }),
  },
  { noNullPrototype: true },
);

/** `JSON.parse` makes an own property of `__proto__`, which an object literal cannot. */
function parse(json: string): JsonValue {
  return JSON.parse(json) as JsonValue;
}

describe("schema", () => {
  it("brings a record back from its bytes", () => {
    fc.assert(
      fc.property(lettersValue, (value) => {
        const encoded = toBytes(letters, value);
        assert.deepEqual(fromBytes(letters, encoded, 1000), value);
      }),
    );
  });

  it("brings a record back from its JSON text", () => {
    fc.assert(
      fc.property(lettersValue, (value) => {
        const json = JSON.stringify(letters.toJson(value));
        assert.deepEqual(letters.fromJson(parse(json)), value);
      }),
    );
  });

  it("answers whatever comes with a fault or a value, in both forms", () => {
    const known = new Set([null, "INVALID_FIELD", "MALFORMED"]);
    fc.assert(
      fc.property(fc.jsonValue(), fc.uint8Array(), (json, encoded) => {
        assert.ok(known.has(faultCodeOf(() => letters.fromJson(json as JsonValue))));
        assert.ok(known.has(faultCodeOf(() => fromBytes(letters, encoded, 1000))));
      }),
    );
  });

  it("writes fields in the order of declaration, and nothing else", () => {
    const pair = record({ second: uint(), first: uint() });
    assert.equal(toHex(toBytes(pair, { first: 1, second: 2 })), "820201");
    assert.deepEqual(pair.fieldNames, ["second", "first"]);
  });

  describe("values", () => {
    /** Rows hold what both forms refuse, or what both take. */
    const rows: readonly {
      readonly id: string;
      readonly schema: Schema<never> | Schema<unknown>;
      readonly value: unknown;
      readonly isRight?: true;
    }[] = [
      { id: "the smallest integer allowed", schema: uint(9, 3), value: 3, isRight: true },
      { id: "the largest integer allowed", schema: uint(9, 3), value: 9, isRight: true },
      { id: "an integer below the least", schema: uint(9, 3), value: 2 },
      { id: "an integer above the most", schema: uint(9, 3), value: 10 },
      { id: "2^53", schema: uint(), value: 2 ** 53 },
      { id: "negative zero", schema: uint(), value: -0 },
      { id: "a fraction", schema: uint(), value: 0.5 },
      { id: "a number as text", schema: uint(), value: "1" },
      { id: "true for 1", schema: uint(), value: true },
      { id: "nothing for an integer", schema: uint(), value: undefined },
      { id: "1 for true", schema: flag, value: 1 },
      { id: "empty text", schema: text(3), value: "" },
      { id: "text of the greatest length", schema: text(3), value: "abc", isRight: true },
      { id: "text that is too long", schema: text(3), value: "abcd" },
      { id: "text of 3 characters in 6 units", schema: text(3), value: "𠮟𠮟𠮟", isRight: true },
      { id: "decomposed text", schema: text(3), value: "e\u0301", isRight: true },
      { id: "a variation selector", schema: text(3), value: "葛\u{e0100}", isRight: true },
      { id: "a NUL", schema: text(3), value: "a\0" },
      { id: "a line feed", schema: text(3), value: "a\n" },
      { id: "a next-line control", schema: text(3), value: "a\u0085" },
      { id: "a line separator", schema: text(3), value: "a\u2028" },
      { id: "a right-to-left override", schema: text(3), value: "a\u202e" },
      { id: "a direction isolate", schema: text(3), value: "a\u2067" },
      { id: "a byte order mark inside", schema: text(3), value: "a\ufeff" },
      { id: "a replacement character", schema: text(3), value: "a\ufffd" },
      { id: "a noncharacter", schema: text(3), value: "a\uffff" },
      { id: "a lone surrogate", schema: text(3), value: "a\ud800" },
      { id: "a number for text", schema: text(3), value: 1 },
      { id: "text that matches", schema: pattern(/^a+$/, "a"), value: "aa", isRight: true },
      { id: "text that goes on after the match", schema: pattern(/^a+$/, "a"), value: "aa\n" },
      { id: "an inherited name as a word", schema: oneOf(["a"]), value: "toString" },
      { id: "a list for a word", schema: oneOf(["a"]), value: ["a"] },
      { id: "null where a value must be", schema: uint(), value: null },
      { id: "null where it may be", schema: nullable(uint()), value: null, isRight: true },
      { id: "nothing where null may be", schema: nullable(uint()), value: undefined },
      { id: "an empty list where one must be", schema: list(uint(), 2, 1), value: [] },
      { id: "a list that is too long", schema: list(uint(), 2), value: [1, 2, 3] },
      { id: "a wrong item in a list", schema: list(uint(), 2), value: [1, "2"] },
      { id: "an object like a list", schema: list(uint(), 2), value: { length: 0 } },
    ];
    for (const { id, schema, value, isRight } of rows) {
      it(id, () => {
        const expected = isRight ? null : "INVALID_FIELD";
        assert.equal(
          faultCodeOf(() => schema.fromJson(value as JsonValue)),
          expected,
        );
        assert.equal(
          faultCodeOf(() => schema.fromCbor(value as CborValue)),
          expected,
        );
        assert.equal(
          faultCodeOf(() => schema.toCbor(value as never)),
          expected,
        );
      });
    }

    for (const hex of ["0", "00", "000000", "0G00", "AB00", " 0000", "0x00", 0, null, ["0000"]]) {
      it(`${JSON.stringify(hex)} for two bytes`, () => {
        expectFault("INVALID_FIELD", () => bytes(2).fromJson(hex));
      });
    }

    for (const value of ["0000", [0, 0], new Uint8Array(1), new Uint8Array(3), null]) {
      it(`${JSON.stringify(value)} for two bytes in CBOR`, () => {
        expectFault("INVALID_FIELD", () => bytes(2).fromCbor(value));
      });
    }
  });

  describe("records", () => {
    const pair = record({ first: uint(), second: nullable(uint()) });
    const rows: readonly { readonly id: string; readonly json: string }[] = [
      { id: "a field too many", json: '{"first":1,"second":2,"third":3}' },
      { id: "a field too few", json: '{"first":1}' },
      { id: "no field", json: "{}" },
      { id: "a prototype as an own field", json: '{"first":1,"second":2,"__proto__":{"third":3}}' },
      { id: "a prototype that brings the fields", json: '{"__proto__":{"first":1,"second":2}}' },
      { id: "a constructor", json: '{"first":1,"second":2,"constructor":{}}' },
      { id: "another case", json: '{"First":1,"second":2}' },
      { id: "an array", json: "[1,2]" },
      { id: "null", json: "null" },
      { id: "text", json: '"first"' },
    ];
    for (const { id, json } of rows) {
      it(`JSON with ${id}`, () => {
        expectFault("INVALID_FIELD", () => pair.fromJson(parse(json)));
      });
    }

    const cborRows: readonly CborValue[] = [[1], [], [1, 2, 3], 1, null, new Uint8Array(2), "ab"];
    for (const raw of cborRows) {
      it(`CBOR with ${JSON.stringify(raw)}`, () => {
        expectFault("INVALID_FIELD", () => pair.fromCbor(raw));
      });
    }

    it("do not take a field from an object's prototype", () => {
      const heir = Object.create({ first: 1, second: 2 }) as JsonValue;
      expectFault("INVALID_FIELD", () => pair.fromJson(heir));
    });

    it("leave the prototype of all objects alone", () => {
      const before = Object.getOwnPropertyNames(Object.prototype);
      faultCodeOf(() => letters.fromJson(parse('{"__proto__":{"polluted":true}}')));
      assert.deepEqual(Object.getOwnPropertyNames(Object.prototype), before);
      assert.equal("polluted" in {}, false);
    });

    it("say where what is wrong, and repeat nothing of what was sent", () => {
      const outer = record({ items: list(pair, 4) });
      const secret = "0123456789012345";
      const json = {
        items: [
          { first: 1, second: null },
          { first: secret, second: null },
        ],
      };
      assert.throws(() => outer.fromJson(json), {
        code: "INVALID_FIELD",
        facts: { path: "items[1].first", problem: `must be an integer from 0 to ${2 ** 53 - 1}` },
      });
      const unknown = { first: 1, second: null, [secret]: 0 };
      assert.throws(
        () => pair.fromJson(unknown),
        (error) => error instanceof Error && !error.message.includes(secret),
      );
    });
  });

  it("takes only patterns that mean the same in the JSON schema and at every use", () => {
    for (const regex of [/^a$/g, /^a$/y, /^a$/i, /^a$/m, /a$/, /^a/]) {
      assert.throws(() => pattern(regex, "a"), TypeError);
    }
  });

  it("describes itself in JSON Schema with the same limits", () => {
    assert.deepEqual(record({ name: text(8), at: nullable(bytes(2)) }).jsonSchema, {
      type: "object",
      properties: {
        name: { type: "string", minLength: 1, maxLength: 8 },
        at: {
          anyOf: [
            { type: "string", pattern: "^([0-9a-f]{2})*$", minLength: 4, maxLength: 4 },
            { type: "null" },
          ],
        },
      },
      required: ["name", "at"],
      additionalProperties: false,
    });
  });
});

describe("variants", () => {
  const shape = variant({
    circle: record({ radius: uint(9) }),
    box: record({ width: uint(), height: uint() }),
  });

  it("are the kind and the fields of its record, in bytes and in JSON", () => {
    const box = { kind: "box", width: 1, height: 2 } as const;
    assert.deepEqual(shape.toCbor(box), ["box", 1, 2]);
    assert.deepEqual(fromBytes(shape, toBytes(shape, box), 99), box);
    assert.deepEqual(shape.toJson(box), box);
    assert.deepEqual(shape.fromJson({ kind: "circle", radius: 3 }), { kind: "circle", radius: 3 });
    const { anyOf } = shape.jsonSchema as { readonly anyOf?: readonly { required: string[] }[] };
    assert.deepEqual(
      anyOf?.map(({ required }) => required),
      [
        ["kind", "radius"],
        ["kind", "width", "height"],
      ],
    );
  });

  it("take no other kind, and no kind with another's fields", () => {
    for (const raw of [
      [],
      ["ring", 1],
      ["circle"],
      ["circle", 10],
      ["box", 1],
      [1, 1],
      "box",
      null,
    ]) {
      expectFault("INVALID_FIELD", () => shape.fromCbor(raw as CborValue));
    }
    for (const raw of [
      { kind: "toString" },
      { radius: 1 },
      { kind: "circle", width: 1 },
      [],
      null,
    ]) {
      expectFault("INVALID_FIELD", () => shape.fromJson(raw as JsonValue));
    }
  });
});
