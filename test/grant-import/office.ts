/** The office of a town: its commands as they are typed, and their processes killed at random instants. */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type CommandRun, PROGRAM, startProgram } from "../support/run-command.ts";
import type { GrantTown } from "./grant-town.ts";

/** What a command was told and how long it took. */
interface Timed extends CommandRun {
  readonly durationMs: number;
}

/** Files of one import, below the town's directory. */
export interface ImportFiles {
  readonly list: string;
  readonly prepared: string;
  readonly signed: string;
}

/** Runs the three commands of an import. */
export class Office {
  readonly #town: GrantTown;
  #resultFiles = 0;

  constructor(town: GrantTown) {
    this.#town = town;
  }

  /** Checks a list. */
  check(list: string, ...more: readonly string[]): Promise<Timed> {
    return this.#run(["grant", "import", list, "--dry-run", ...this.#importOptions(), ...more]);
  }

  /** The clerk prepares. */
  prepare({ list, prepared }: ImportFiles, ...more: readonly string[]): Promise<Timed> {
    const signing = ["--key", this.#town.keyOf("clerk"), "--out", prepared];
    return this.#run(["grant", "import", list, ...signing, ...this.#importOptions(), ...more]);
  }

  /** The approver signs, stating the total. */
  approve({ prepared, signed }: ImportFiles, totalPt: number): Promise<Timed> {
    const { genesisFile } = this.#town;
    const signing = ["--key", this.#town.keyOf("approver"), "--total-pt", String(totalPt)];
    const options = ["--genesis", genesisFile, "--json", "--out", signed];
    return this.#run(["grant", "approve", prepared, ...signing, ...options]);
  }

  /** It is sent; killed after so many ms, if it is still at work then. */
  send({ signed }: ImportFiles, killAfterMs?: number): Promise<Timed> {
    const options = [...this.#results(), ...this.#town.ledgerOptions];
    return this.#run(["grant", "send", signed, ...options], killAfterMs);
  }

  /** The result file that was written last. */
  get lastResults(): string {
    return join(this.#town.directory, `results-${this.#resultFiles}.csv`);
  }

  #importOptions(): readonly string[] {
    return [...this.#town.termOptions, ...this.#results(), ...this.#town.ledgerOptions];
  }

  #results(): readonly string[] {
    this.#resultFiles += 1;
    return ["--results", `results-${this.#resultFiles}.csv`];
  }

  async #run(args: readonly string[], killAfterMs?: number): Promise<Timed> {
    const begunMs = performance.now();
    const running = startProgram(process.execPath, [PROGRAM, ...args], this.#town.directory);
    if (killAfterMs !== undefined) {
      await Promise.race([delay(killAfterMs), running.done]);
      running.process.kill("SIGKILL");
    }
    const ended = await running.done;
    return { ...ended, durationMs: performance.now() - begunMs };
  }
}

/** What a command that was to succeed says, as JSON. @throws Error with what it says. */
export function answerOf({ code, stdout, stderr }: CommandRun) {
  if (code !== 0) throw new Error(`${code}: ${stdout}${stderr}`);
  return JSON.parse(stdout);
}
