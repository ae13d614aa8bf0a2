import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { KeyRing } from "../../../client/scenario/cast.ts";
import { runInMemory, type ScenarioReport } from "../../../client/scenario/run-scenario.ts";
import { readScenario } from "../../../client/scenario/scenario-file.ts";
import { STEP_KINDS } from "../../../client/scenario/step-kinds.ts";
import { wordList } from "../../../client/scenario/word-list.ts";
import { readText, repositoryRoot } from "../../support/files.ts";
import { runCommand } from "../../support/run-command.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

const FOLDER = join(repositoryRoot, "network-config/scenarios");

/** Every step of a scenario as the command reports it. On nodes it fails where their state is another than here. */
async function stepsOf(...args: readonly string[]) {
  const { code, stdout, stderr } = await runCommand(["scenario", "run", "--json", ...args]);
  assert.deepEqual([code, stderr], [0, ""], stdout);
  const { scenarios } = JSON.parse(stdout) as { scenarios: ScenarioReport[] };
  return scenarios.map(({ steps }) => steps);
}

describe("the scenarios that we ship", function () {
  this.timeout(60_000);
  const ring = new KeyRing();
  const newDirectory = temporaryDirectories();

  for (const name of readdirSync(FOLDER)) {
    it(`${name} goes as written`, async () => {
      const scenario = readScenario(readFileSync(join(FOLDER, name), "utf8"), name);
      const { steps } = await runInMemory(scenario, ring);
      assert.deepEqual(
        steps.filter(({ ok }) => !ok),
        [],
      );
      const expectations = scenario.steps.filter(({ kind }) => kind.family === "expectation");
      assert.ok(expectations.length > 0, "it expects nothing");
    });
  }

  for (const name of ["guest.yaml", "worked-examples.yaml", "support-points.yaml"]) {
    it(`${name} goes on three nodes as in memory, to the root of the state`, async () => {
      const file = join(FOLDER, name);
      assert.deepEqual(await stepsOf(file, "--network", newDirectory()), await stepsOf(file));
    });
  }

  for (const page of ["docs/scenarios.md", "docs/scenarios.ja.md"]) {
    it(`are explained in ${page} by one that goes as written`, async () => {
      const [first = "", submitted = ""] = [...readText(page).matchAll(/```yaml\n([^`]*)```/g)].map(
        ([, yaml]) => yaml,
      );
      const scenario = readScenario(`${first}${submitted}`, page);
      const { steps } = await runInMemory(scenario, ring);
      assert.deepEqual(
        steps.filter(({ ok }) => !ok),
        [],
      );
      assert.ok(submitted.length > 0 && steps.length > 13);
    });
  }

  it("have each word for one thing alone, in either language", () => {
    const beside = ["拒否", "refused", "呼び名", "as", "説明", "note"];
    const steps = STEP_KINDS.flatMap(({ words }) => [words.ja, words.en]);
    assert.equal(new Set([...beside, ...steps]).size, beside.length + steps.length);
    for (const { words, fields } of STEP_KINDS) {
      const entries = Object.values(fields ?? {}).map((entry) => entry.words);
      for (const language of ["ja", "en"] as const) {
        const said = entries.map((each) => each[language]);
        assert.equal(new Set(said).size, said.length, words.en);
      }
    }
  });

  it("have their list of words in docs/scenario-words.md", () => {
    assert.equal(readText("docs/scenario-words.md").trimEnd(), wordList().trimEnd());
  });
});
