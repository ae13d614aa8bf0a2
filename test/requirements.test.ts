import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { readScenario } from "../client/scenario/scenario-file.ts";
import { readText, repositoryRoot } from "./support/files.ts";
import {
  type Requirement,
  requirements,
  requirementsPage,
  STATES,
} from "./support/requirements-page.ts";

/** The numbers that the field's papers have, gaps included. */
const NUMBERS = [
  ...range(1, 15),
  ...range(20, 35),
  ...range(40, 46),
  ...range(50, 77),
  ...range(80, 86),
].map((number) => `R-${String(number).padStart(3, "0")}`);

const SCENARIOS = "network-config/scenarios";

describe("the page of requirements", () => {
  const rows = requirements();

  it("has every requirement once, in order within its row", () => {
    const ids = rows.flatMap((row) => row.ids);
    assert.deepEqual([...ids].sort(), NUMBERS);
  });

  it("is made from its data (node dist/test/support/requirements-page.js)", () => {
    assert.equal(readText("docs/requirements.md"), requirementsPage());
  });

  for (const row of rows) {
    it(`says of ${row.ids.join(", ")} what is so`, () => {
      assert.deepEqual(wrongIn(row), []);
    });
  }

  it("names every scenario that says it shows a requirement", () => {
    for (const file of readdirSync(join(repositoryRoot, SCENARIOS))) {
      const name = file.replace(/\.yaml$/, "");
      const scenario = readScenario(readText(`${SCENARIOS}/${file}`), file);
      for (const id of scenario.requirements) {
        const row = rows.find(({ ids }) => ids.includes(id));
        assert.ok(row?.scenarios?.includes(name), `${id} does not name ${name}`);
      }
    }
  });

  it("would not pass with what is not there", () => {
    const row: Requirement = { ids: ["R-001"], ja: "例", en: "sample", state: "done" };
    const file = "contracts/points/lots.ts";
    const test = "test/contracts/points/lots.test.ts: what never expires comes last";
    const wrong: readonly (readonly [Partial<Requirement>, string])[] = [
      [{}, "nothing shows it"],
      [{ where: [file] }, "nothing shows it"],
      [{ where: ["contracts/lotz.ts"], tests: [test] }, "no file contracts/lotz.ts"],
      [{ where: [file], tests: [`${test} of all`] }, `no test ${test} of all`],
      [{ where: [file], scenarios: ["atlantis"] }, "no scenario atlantis"],
      [{ where: [file], tests: [test], note: "x" }, "done, and something is missing"],
      [{ where: [file], tests: [test], state: "partly" }, "partly, and nothing is missing"],
      [{ where: [file], tests: [test], state: "not yet" }, "not yet, and something is there"],
    ];
    for (const [change, problem] of wrong) {
      assert.deepEqual(wrongIn({ ...row, ...change }), [problem]);
    }
    assert.deepEqual(wrongIn({ ...row, where: [file], tests: [test] }), []);
  });
});

function wrongIn(row: Requirement): string[] {
  const { state, where = [], tests = [], scenarios = [], note } = row;
  const shown = [...tests, ...scenarios];
  const isThere = [...where, ...shown].length > 0;
  if (state === "not yet") return isThere ? ["not yet, and something is there"] : [];
  if (!Object.hasOwn(STATES, state)) return [`no state ${state}`];
  return [
    ...(where.length === 0 || shown.length === 0 ? ["nothing shows it"] : []),
    ...(state === "done" && note !== undefined ? ["done, and something is missing"] : []),
    ...(state === "partly" && note === undefined ? ["partly, and nothing is missing"] : []),
    ...where.filter((file) => !isFile(file)).map((file) => `no file ${file}`),
    ...tests.filter((test) => !isTest(test)).map((test) => `no test ${test}`),
    ...scenarios
      .filter((name) => !isFile(`${SCENARIOS}/${name}.yaml`))
      .map((name) => `no scenario ${name}`),
  ];
}

function isFile(path: string): boolean {
  return existsSync(join(repositoryRoot, path));
}

function isTest(named: string): boolean {
  const colon = named.indexOf(": ");
  const [file, title] = [named.slice(0, colon), named.slice(colon + 2)];
  return isFile(file) && readText(file).includes(`it("${title}"`);
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
