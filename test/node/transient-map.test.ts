import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { TransientMap } from "../../node/transient-map.ts";

interface Value {
  readonly value: number;
}
type AnyMap = Pick<TransientMap<Value>, "delete" | "clear"> & {
  set(name: string, value: Value): unknown;
};

const name = fc.constantFrom("a", "b", "c", "d");
const step: fc.Arbitrary<(map: AnyMap) => unknown> = fc.oneof(
  fc.tuple(name, fc.nat()).map(
    ([at, value]) =>
      (map: AnyMap) =>
        map.set(at, { value }),
  ),
  name.map((at) => (map: AnyMap) => map.delete(at)),
  fc.constant((map: AnyMap) => map.clear()),
);

describe("a transient map", () => {
  it("holds what a map holds, in the same order", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const expected = new Map<string, Value>();
        const map = new TransientMap<Value>();
        for (const change of steps) {
          for (const each of [expected, map]) change(each);
          assert.deepEqual([...map], [...expected]);
          assert.deepEqual([...map.values()], [...expected.values()]);
          assert.equal(map.size, expected.size);
          for (const known of ["a", "b", "e"]) {
            assert.equal(map.has(known), expected.has(known));
            assert.deepEqual(map.get(known), expected.get(known));
          }
        }
      }),
    );
  });

  it("goes on past what is removed while somebody goes over it", () => {
    const map = new TransientMap<object>();
    const [first, second, third] = [{}, {}, {}];
    for (const [i, value] of [first, second, third].entries()) map.set(`${i}`, value);
    const seen: object[] = [];
    for (const [at, value] of map) {
      seen.push(value);
      map.delete(at);
      map.delete("1");
    }
    assert.deepEqual([seen.length, seen[1] === third], [2, true]);
    assert.equal(map.size, 0);
  });
});
