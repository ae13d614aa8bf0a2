/**
 * Models and ledger side by side: a model says what each act comes to, the scenario with these acts and expectations is
 * played by the ledger's own rules. A difference is found as a scenario, which can be played again.
 */
import type { StepReport } from "../../client/scenario/run-scenario.ts";
import { readScenario } from "../../client/scenario/scenario-file.ts";
import { runUnsigned } from "./unsigned.ts";

/** What came of one run. */
export interface SideBySide {
  /** The scenario as a file. */
  readonly yaml: string;
  /** Where the ledger did not do what the model said. */
  readonly differences: readonly StepReport[];
  readonly transactions: number;
}

/** Plays a model's scenario. */
export async function played(yaml: string): Promise<SideBySide> {
  const scenario = readScenario(yaml, "model");
  const { steps } = await runUnsigned(scenario);
  const transactions = scenario.steps.filter(({ kind }) => kind.family === "action").length;
  return { yaml, transactions, differences: steps.filter(({ ok }) => !ok) };
}

/** The lines of a scenario: acts with their results, and what is expected after each. */
export class Script {
  readonly #lines: string[];
  #expected: readonly string[];

  /** @param head everything before the acts. @param expectations what the model expects then, before it acts. */
  constructor(head: readonly string[], expectations: readonly string[]) {
    this.#lines = [...head];
    this.#expected = expectations;
  }

  /** An act and what the model says of it; `name`, what it is called when it is accepted. */
  act(step: string, result: string, name?: string): void {
    this.#lines.push(`  - ${step}`);
    if (result !== "OK") this.#lines.push(`    refused: ${result}`);
    else if (name !== undefined) this.#lines.push(`    as: ${name}`);
  }

  /** What the model expects now: what is new about it. For the rest, `end` asks. */
  expect(expectations: readonly string[]): void {
    const news = expectations.filter((each) => !this.#expected.includes(each));
    this.#lines.push(...news.map((each) => `  - ${each}`));
    this.#expected = expectations;
  }

  /** The whole, which ends with all that was expected last and these expectations. */
  end(expectations: readonly string[]): string {
    const last = [...this.#expected, ...expectations].map((each) => `  - ${each}`);
    return [...this.#lines, ...last, ""].join("\n");
  }
}

const DAY_MS = 86_400_000;

/** The dates of a model that counts days from one day on. */
export function datesFrom(first: string): (day: number) => string {
  const firstMs = Date.parse(first);
  return (day) => new Date(firstMs + day * DAY_MS).toISOString().slice(0, 10);
}
