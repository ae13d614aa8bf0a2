import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "mocha";
import { readText, repositoryRoot } from "./support/files.ts";
import {
  brokenLines,
  registryHosts,
  sourceFiles,
  unpinnedPackages,
} from "./support/house-rules.ts";
import { PLANTED_VIOLATIONS, RIGHT_FILES } from "./support/planted-violations.ts";

/** What the checkers go by, copied as it is. */
const CONFIGURATION = [
  ...["biome.json", "package.json", "tsconfig.json", "tsconfig.base.json", ".gitignore"],
  ...["ledger", "ledger/native", "consensus", "contracts", "node", "client", "bench", "test"].map(
    (folder) => `${folder}/tsconfig.json`,
  ),
];

/** Path of a file → rules and codes that were reported in it. */
type Reports = Map<string, Set<string>>;

interface BiomeReport {
  readonly diagnostics: readonly {
    readonly category: string;
    readonly location: { readonly path: string | { readonly file: string } };
  }[];
}

function runTool(script: string, args: readonly string[], cwd: string): string {
  const result = spawnSync(
    process.execPath,
    [join(repositoryRoot, "node_modules", script), ...args],
    {
      cwd,
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  assert.equal(result.error, undefined);
  assert.notEqual(result.status, 0, "a checker found nothing wrong");
  return result.stdout;
}

function add(reports: Reports, path: string, rule: string): void {
  reports.set(path, (reports.get(path) ?? new Set()).add(rule));
}

/** Both checkers, run once over all that was planted. */
function check(folder: string): Reports {
  const reports: Reports = new Map();
  const compiler = runTool("typescript/bin/tsc", ["-b", "--pretty", "false"], folder);
  for (const [, path, code] of compiler.matchAll(/^(\S+?)\(\d+,\d+\): error (TS\d+)/gm)) {
    add(reports, path ?? "", code ?? "");
  }
  const options = ["lint", "--reporter=json", "--max-diagnostics=none", "."];
  const linter = JSON.parse(runTool("@biomejs/biome/bin/biome", options, folder)) as BiomeReport;
  for (const { category, location } of linter.diagnostics) {
    const path = typeof location.path === "string" ? location.path : location.path.file;
    add(reports, path, category.split("/").at(-1) ?? "");
  }
  return reports;
}

describe("house rules", () => {
  describe("compiler and linter still bite", () => {
    let folder = "";
    let reports: Reports = new Map();

    before(function plantAndCheck() {
      this.timeout(120_000);
      folder = mkdtempSync(join(tmpdir(), "house-rules-"));
      symlinkSync(realpathSync(join(repositoryRoot, "node_modules")), join(folder, "node_modules"));
      const planted = PLANTED_VIOLATIONS.map(({ path, text }) => [path, text] as const);
      for (const path of CONFIGURATION) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        copyFileSync(join(repositoryRoot, path), join(folder, path));
      }
      for (const [path, text] of [...Object.entries(RIGHT_FILES), ...planted]) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      reports = check(folder);
    });

    after(() => rmSync(folder, { recursive: true }));

    for (const { path, reportedBy } of PLANTED_VIOLATIONS) {
      it(`${path}: ${reportedBy.join(", ")}`, () => {
        const reported = reports.get(path) ?? new Set();
        const missed = reportedBy.filter((rule) => !reported.has(rule));
        assert.deepEqual(missed, [], `reported: ${[...reported].join(", ")}`);
      });
    }

    for (const path of Object.keys(RIGHT_FILES)) {
      it(`${path}: nothing`, () => assert.equal(reports.get(path), undefined));
    }
  });

  describe("the tree", () => {
    it("keeps the rules that only this test knows", () => {
      assert.deepEqual(sourceFiles().flatMap(brokenLines), []);
    });

    it("pins every package to one version", () => {
      assert.deepEqual(unpinnedPackages(readText("package.json")), []);
    });

    it("names no registry in package-lock.json", () => {
      assert.deepEqual(registryHosts(readText("package-lock.json")), []);
    });
  });

  describe("the rules that only this test knows still bite", () => {
    const rows = [
      { id: "work for later", text: `// TO${"DO"}: the rest` },
      { id: "a cast to any", text: `const a = b as ${"any"};` },
      { id: "an unchecked line", text: `  // @ts-${"ignore"}` },
      { id: "a suppression without a reason", text: `// biome-${"ignore"} lint/style/noVar` },
      {
        id: "a placeholder for a reason",
        text: `// biome-${"ignore"} lint/a/b: <the explanation here>`,
      },
      { id: "an expected error without a reason", text: `// @ts-expect-${"error"}` },
      { id: "an export without a doc comment", text: "export const a = 1;" },
      { id: "a path of a machine", text: `const a = "/ho${"me/somebody/x"}";` },
    ];
    for (const { id, text } of rows) {
      it(id, () => assert.equal(brokenLines({ path: "node/x.ts", text }).length, 1));
    }

    const inexact = [
      ...["Math.log2(size)", "base ** 2", "2 ** bits", "Math.random()"],
      ...["name.toUpperCase()", "name.normalize()", "a.localeCompare(b)", "/\\p{L}/u.test(name)"],
    ];
    for (const text of inexact) {
      it(`where all nodes must agree: ${text}`, () => {
        assert.equal(brokenLines({ path: "contracts/x.ts", text }).length, 1);
        assert.deepEqual(brokenLines({ path: "client/x.ts", text }), []);
      });
    }

    it("what is exact everywhere passes", () => {
      const text = "const a = Math.floor(b / 2 ** 32);";
      assert.deepEqual(brokenLines({ path: "ledger/x.ts", text }), []);
    });

    it("what is right passes", () => {
      const reason = "the library's type is wrong here";
      const text = `/** A number. */\nexport const a = 1;\n// biome-${"ignore"} lint/a/b: ${reason}\n`;
      assert.deepEqual(brokenLines({ path: "node/x.ts", text }), []);
    });

    it("a version that floats, a registry that is named", () => {
      const packageJson =
        '{"dependencies":{"a":"^1.0.0","b":"1.0.0"},"devDependencies":{"c":"*"},"optionalDependencies":{"d":"~1.0.0"}}';
      assert.deepEqual(unpinnedPackages(packageJson), ["a@^1.0.0", "d@~1.0.0", "c@*"]);
      assert.equal(registryHosts('"resolved": "https://registry.example/a.tgz",').length, 1);
    });
  });
});
