import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { ATTACKS } from "../support/attacks.ts";
import { attacksPage } from "../support/attacks-page.ts";
import { readText } from "../support/files.ts";

describe("attacks", () => {
  for (const { en, attacks } of ATTACKS) {
    describe(`on ${en.toLowerCase()}`, () => {
      for (const { en: what, answer, attempt } of attacks) {
        it(`${what}: ${answer}`, async () => {
          assert.equal(await attempt(), answer);
        });
      }
    });
  }

  it("docs/attacks.md is the table of them", () => {
    assert.deepEqual(readText("docs/attacks.md").split("\n"), attacksPage().split("\n"));
  });
});
