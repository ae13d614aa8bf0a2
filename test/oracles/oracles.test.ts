/** Examples computed by hand from what the platform is to do, each with its arithmetic beside it, played by the ledger's rules. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { readScenario } from "../../client/scenario/scenario-file.ts";
import { runUnsigned } from "../model/unsigned.ts";
import { readText, repositoryRoot } from "../support/files.ts";

const FOLDER = "test/oracles";

describe("examples computed by hand", () => {
  for (const name of readdirSync(join(repositoryRoot, FOLDER))) {
    if (!name.endsWith(".yaml")) continue;
    it(name, async () => {
      const scenario = readScenario(readText(`${FOLDER}/${name}`), name);
      const { steps } = await runUnsigned(scenario);
      const wrong = steps.filter(({ ok }) => !ok);
      const told = wrong.map((step) => `${step.line}: ${step.expected}, not ${step.found}`);
      assert.deepEqual(told, []);
    });
  }
});
