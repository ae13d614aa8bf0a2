/** Plays a scenario and reports each step. */

import type { Wording } from "../../contracts/declaration.ts";
import { civilDateAt } from "../../contracts/fields/dates.ts";
import { checkInvariants } from "../../contracts/invariants.ts";
import { errorLine, errorReport } from "../error-report.ts";
import { Cast, type DeviceKeys, type OfficerKeys } from "./cast.ts";
import { LedgerInMemory } from "./ledger-in-memory.ts";
import { Play } from "./play.ts";
import type { Scenario, Step } from "./scenario-file.ts";
import { officerKey, scenarioGenesis } from "./scenario-genesis.ts";
import type { ScenarioLedger } from "./scenario-ledger.ts";
import type { Verdict } from "./step-kind.ts";

/** What came of one step. */
export interface StepReport extends Verdict {
  readonly line: number;
  /** When it was done, in Japan. */
  readonly date: string;
  readonly words: Wording;
  readonly summary: string;
}

/** What came of a scenario. */
export interface ScenarioReport {
  readonly ok: boolean;
  readonly title: Wording;
  readonly requirements: readonly string[];
  readonly steps: readonly StepReport[];
}

/** The last step of every scenario. */
const BOOKS: Wording = { ja: "帳簿の検算", en: "the books balance" };

/** Plays a scenario in memory. */
export function runInMemory(scenario: Scenario, ring: DeviceKeys): Promise<ScenarioReport> {
  return runScenario(scenario, new LedgerInMemory(scenarioGenesis(scenario)), officerKey, ring);
}

/** Plays a scenario on a ledger, every step to the end, and examines the books. */
export async function runScenario(
  scenario: Scenario,
  ledger: ScenarioLedger,
  officers: OfficerKeys,
  ring: DeviceKeys,
): Promise<ScenarioReport> {
  const { title, requirements } = scenario;
  const play = new Play(ledger, new Cast(officers, ring), scenario.names);
  const steps: StepReport[] = [];
  for (const step of scenario.steps) steps.push(await runStep(step, play));
  const line = scenario.steps.at(-1)?.line ?? 0;
  const last = { line, words: BOOKS, summary: "" };
  steps.push({ ...last, ...(await judged(() => examine(ledger))), date: dateOf(ledger) });
  return { ok: steps.every(({ ok }) => ok), title, requirements, steps };
}

async function runStep(step: Step, play: Play): Promise<StepReport> {
  const { line, kind, summary, asked, perform } = step;
  const verdict = await judged(() => perform(play, asked));
  return { line, date: dateOf(play.ledger), words: kind.words, summary, ...verdict };
}

async function examine(ledger: ScenarioLedger): Promise<Verdict> {
  checkInvariants(await ledger.records());
  return { ok: true, expected: "OK", found: "OK" };
}

/** A step that cannot be done at all has failed; the others go on. */
async function judged(perform: () => Promise<Verdict>): Promise<Verdict> {
  try {
    return await perform();
  } catch (error) {
    return { ok: false, expected: "OK", found: errorLine(errorReport(error)) };
  }
}

function dateOf({ nowMs }: ScenarioLedger): string {
  return civilDateAt(nowMs);
}
