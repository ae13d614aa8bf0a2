import "../../../node/transport/promise-with-resolvers.ts";
import assert from "node:assert/strict";
import { describe, it } from "mocha";

/** ECMAScript 2024; not in the types of the language level that we compile for. */
interface WithResolvers {
  withResolvers<Value>(): {
    promise: Promise<Value>;
    resolve: (value: Value) => void;
    reject: (reason: unknown) => void;
  };
}

describe("Promise.withResolvers", () => {
  const ecma2024 = Promise as unknown as WithResolvers;

  it("resolves", async () => {
    const { promise, resolve } = ecma2024.withResolvers<number>();
    resolve(7);
    assert.equal(await promise, 7);
  });

  it("rejects", async () => {
    const { promise, reject } = ecma2024.withResolvers<number>();
    reject(new RangeError("no"));
    await assert.rejects(promise, RangeError);
  });

  it("makes promises of the class it is called on", () => {
    class Special<Value> extends Promise<Value> {}
    const { promise } = (Special as unknown as WithResolvers).withResolvers();
    assert(promise instanceof Special);
  });

  it("cannot be seen when properties are listed", () => {
    assert.equal(Object.keys(Promise).includes("withResolvers"), false);
  });
});
