import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { readText, repositoryRoot } from "../../support/files.ts";
import { changed, changesOf } from "./mutant.ts";
import { MUTANTS } from "./mutants.ts";
import { foundIn, PAGE } from "./table.ts";

describe("planted bugs", () => {
  for (const mutant of MUTANTS) {
    it(`fits the code: ${mutant.name}`, () => {
      const codes = new Map<string, string>();
      for (const change of changesOf(mutant)) {
        const { file } = change;
        const code = codes.get(file) ?? readFileSync(join(repositoryRoot, "dist", file), "utf8");
        codes.set(file, changed(code, change));
      }
    });
  }

  it("are refused when they fit nowhere, or in two places", () => {
    const change = { file: "a.js", from: "one", to: "two" };
    assert.equal(changed("one", change), "two");
    assert.throws(() => changed("none", { ...change, from: "one;" }), /0 times in a\.js/);
    assert.throws(() => changed("one one", change), /2 times in a\.js/);
  });

  it("are all found by some layer, as the table says", () => {
    const names = MUTANTS.map(({ name }) => name);
    assert.deepEqual(foundIn(readText(PAGE)), names, "npm run mutants -- --write");
    assert.equal(new Set(names).size, names.length);
  });
});
