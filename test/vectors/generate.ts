/**
 * Writes the vectors that are made, not found: `node prepare.mjs && node dist/test/vectors/generate.js`.
 * They are functions of fixed keys, so that writing them again changes nothing; vectors.test.ts holds them to
 * that. A change here is a change of the formats.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../support/files.ts";
import { madeVectors } from "./made-vectors.ts";

for (const [name, content] of Object.entries(madeVectors())) {
  writeFileSync(join(repositoryRoot, `test/vectors/${name}.json`), content);
}
