import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { readText } from "../support/files.ts";
import { madeVectors } from "../vectors/made-vectors.ts";

describe("vectors", () => {
  for (const [name, made] of Object.entries(madeVectors())) {
    it(`${name}.json is what its makers make: the formats have not changed`, () => {
      const written = readText(`test/vectors/${name}.json`);
      assert.deepEqual(written.split("\n"), made.split("\n"));
    });
  }
});
