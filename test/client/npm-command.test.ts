/** Scripts of package.json that people run by hand say what they take, and refuse what they do not. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, it } from "mocha";
import { readText, repositoryRoot } from "../support/files.ts";

const { scripts } = JSON.parse(readText("package.json")) as { scripts: Record<string, string> };
const programs = Object.entries(scripts).flatMap(([name, script]) => {
  const program = /dist\/(test|bench)\/\S+\.js/.exec(script)?.[0];
  return program === undefined ? [] : [{ name, program }];
});

const call = (...words: string[]) =>
  spawnSync(process.execPath, words, { cwd: repositoryRoot, encoding: "utf8", timeout: 60_000 });

describe("long runs called by npm", function () {
  this.timeout(120_000);

  it("are found in package.json", () => assert.ok(programs.length >= 13));

  for (const { name, program } of programs) {
    it(`${name} ends at an option that it does not know, and tells those that it has`, () => {
      const { status, stdout, stderr } = call(program, "--sead", "1");
      assert.equal(status, 2, stderr);
      assert.match(stderr, /^error: unknown option '--sead'\n/);
      assert.ok(stderr.includes(`\nUsage: npm run ${name} -- `), stderr);
      assert.equal(stdout, "");
    });
  }

  const wrong = [
    ["dist/test/partner-faults/run.js", "--runs", "many"],
    ["dist/test/simulation/run.js", "--seeds", "0"],
    ["dist/test/simulation/mutants/run.js", "--layers", "unit"],
    ["dist/test/chaos/run.js", "--only", "flood"],
    ["dist/bench/main.js", "--peers", "--growth"],
    ["dist/node/main.js", "--confg", "node.json"],
  ];
  for (const words of wrong) {
    it(`${words.join(" ")} ends before anything has begun`, () => {
      const { status, stdout, stderr } = call(...words);
      assert.equal(status, 2, stderr);
      assert.equal(stdout, "");
      assert.doesNotMatch(stderr, /^\s+at /m);
    });
  }
});
