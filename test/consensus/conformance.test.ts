import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, it } from "mocha";
import { runFile } from "../conformance/run-file.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");

/** How many files and cases there are at least: an empty folder must not look like success. */
const FOLDERS = [
  { path: join(ROOT, "test", "conformance", "testdata"), files: 41, cases: 743 },
  { path: join(ROOT, "test", "consensus", "scenarios"), files: 4, cases: 30 },
  { path: join(ROOT, "..", "shared", "etcd-raft"), files: 41, cases: 743, optional: true },
];

describe("conformance", () => {
  for (const { path, files, cases, optional } of FOLDERS) {
    if (optional && !existsSync(path)) continue;
    describe(relative(ROOT, path), () => {
      const found = readdirSync(path, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".txt"))
        .sort();
      let seen = 0;
      for (const file of found) {
        it(file, () => {
          const result = runFile(join(path, file), "v3.7");
          seen += result.cases;
          for (const { line, actual, expected } of result.mismatches) {
            assert.equal(actual, expected, `${file}, line ${line}`);
          }
        });
      }
      it("has all its files and cases", () => {
        assert.ok(found.length >= files, `${found.length} files`);
        assert.ok(seen >= cases, `${seen} cases`);
      });
    });
  }
});
