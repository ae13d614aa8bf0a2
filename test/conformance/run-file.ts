import { readFileSync } from "node:fs";
import { InteractionScenario } from "./interaction-scenario.ts";
import { MEMBERSHIP_COMMANDS, MembershipScenario } from "./membership-scenario.ts";
import { QUORUM_COMMANDS, runQuorumCase } from "./quorum-scenario.ts";
import { type Case, parseScenario } from "./scenario.ts";
import type { Spelling } from "./spelling.ts";

/** A case that printed something else than the file says. */
interface Mismatch {
  readonly line: number;
  readonly command: string;
  readonly expected: string;
  readonly actual: string;
}

/** What became of one file. */
export interface FileResult {
  readonly cases: number;
  readonly mismatches: readonly Mismatch[];
}

/** Runs a scenario file in a world of its own, case by case. */
export function runFile(path: string, spelling: Spelling): FileResult {
  const cases = parseScenario(readFileSync(path, "utf8"));
  const run = interpreterFor(cases, spelling);
  const mismatches: Mismatch[] = [];
  for (const testCase of cases) {
    const { line, command, expected } = testCase;
    const actual = endLine(runGuarded(run, testCase));
    if (actual !== expected) mismatches.push({ line, command, expected, actual });
  }
  return { cases: cases.length, mismatches };
}

type Interpreter = (testCase: Case) => string;

/** The first command tells what kind of scenario a file holds. */
function interpreterFor(cases: readonly Case[], spelling: Spelling): Interpreter {
  const command = cases[0]?.command ?? "";
  if (QUORUM_COMMANDS.includes(command)) return runQuorumCase;
  const scenario = MEMBERSHIP_COMMANDS.includes(command)
    ? new MembershipScenario()
    : new InteractionScenario(spelling);
  return (testCase) => scenario.run(testCase);
}

/** A case that throws fails alone; the next ones still show what they do. */
function runGuarded(run: Interpreter, testCase: Case): string {
  try {
    return run(testCase);
  } catch (error) {
    return error instanceof Error ? `thrown: ${error.stack}` : `thrown: ${error}`;
  }
}

function endLine(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}
