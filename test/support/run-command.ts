import { spawn } from "node:child_process";
import { resolve } from "node:path";

const PROGRAM = resolve("client/mykey-ledger.mjs");

/** What a command said and how it ended. */
export interface CommandRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `mykey-ledger` with these arguments, in `cwd`. */
export function runCommand(args: readonly string[], cwd: string = "."): Promise<CommandRun> {
  return new Promise((settle, fail) => {
    const child = spawn(process.execPath, [PROGRAM, ...args], { cwd });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (piece) => {
      stdout += piece;
    });
    child.stderr.on("data", (piece) => {
      stderr += piece;
    });
    child.once("error", fail);
    child.once("close", (code) => settle({ code, stdout, stderr }));
  });
}
