/**
 * `npm run scenarios-live [FILE…]`: scenarios, all that we ship unless named, on three real nodes each and in memory.
 * Every step has to come to the same, after every transaction with the same root of the state.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { npmCommand } from "../../../client/commands/npm-command.ts";
import { KeyRing } from "../../../client/scenario/cast.ts";
import { runOnNodes } from "../../../client/scenario/run-on-nodes.ts";
import { runInMemory, type ScenarioReport } from "../../../client/scenario/run-scenario.ts";
import { readScenario } from "../../../client/scenario/scenario-file.ts";
import { repositoryRoot } from "../../support/files.ts";

const SHIPPED = join(repositoryRoot, "network-config/scenarios");

const { args: named } = npmCommand("scenarios-live", "Scenarios on real nodes and in memory")
  .argument("[file...]", "all that we ship unless named")
  .parse();
const files = named.length > 0 ? named : readdirSync(SHIPPED).map((name) => join(SHIPPED, name));
const ring = new KeyRing();
const say = (text: string) => process.stdout.write(`${text}\n`);
let wrong = 0;
for (const file of files) {
  const text = readFileSync(file, "utf8");
  const directory = mkdtempSync(join(tmpdir(), "mykey-live-"));
  const startMs = performance.now();
  const onNodes = await runOnNodes(readScenario(text, file), join(directory, "network"), ring);
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  rmSync(directory, { recursive: true });
  const inMemory = await runInMemory(readScenario(text, file), ring);
  const differing = differences(onNodes, inMemory);
  const isRight = onNodes.ok && inMemory.ok && differing.length === 0;
  if (!isRight) wrong += 1;
  say(`${isRight ? "✔" : "✘"} ${basename(file)}: ${onNodes.steps.length} steps, ${seconds} s`);
  for (const line of differing) say(line);
}
say(`${files.length - wrong} of ${files.length} scenarios are the same on nodes and in memory`);
process.exitCode = wrong === 0 ? 0 : 1;

function differences(onNodes: ScenarioReport, inMemory: ScenarioReport): string[] {
  return onNodes.steps.flatMap((step, i) => {
    const other = inMemory.steps[i];
    if (JSON.stringify(step) === JSON.stringify(other)) return [];
    const { line, words, found } = step;
    return [`  line ${line} ${words.en}: nodes ${found}, memory ${other?.found ?? "nothing"}`];
  });
}
