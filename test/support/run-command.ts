import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { resolve } from "node:path";

/** The script behind `mykey-ledger`. */
export const PROGRAM: string = resolve("client/mykey-ledger.mjs");

/** What a command said and how it ended. */
export interface CommandRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that runs; its input is open. */
export interface Running {
  readonly process: ChildProcessWithoutNullStreams;
  readonly done: Promise<CommandRun>;
}

/** Starts any program, in `cwd`. */
export function startProgram(program: string, args: readonly string[], cwd = "."): Running {
  const child = spawn(program, args, { cwd });
  const done = new Promise<CommandRun>((settle, fail) => {
    const said = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].on("data", (piece) => {
        said[name] += piece;
      });
    }
    // A program that ended no longer reads.
    child.stdin.on("error", () => undefined);
    child.once("error", fail);
    child.once("close", (code) => settle({ code, ...said }));
  });
  return { process: child, done };
}

/** Runs `mykey-ledger` with these arguments, in `cwd`. */
export function runCommand(args: readonly string[], cwd: string = "."): Promise<CommandRun> {
  return startProgram(process.execPath, [PROGRAM, ...args], cwd).done;
}
