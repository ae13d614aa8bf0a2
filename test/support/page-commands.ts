/** The commands that a page shows, run as they stand. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { readText } from "./files.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** `npx` starts the same file; asked for directly, a signal reaches it. */
const CLI = "node client/mykey-ledger.mjs";

/** The commands of all shell blocks of a page, without comments; a `\` joins a line to the next. */
export function commandsOf(page: string): string[] {
  return [...readText(page).matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) =>
    (block ?? "")
      .replaceAll(/\\\n\s*/g, "")
      .split("\n")
      .map((line) => line.replace(/\s+#.*$/, "").trim())
      .filter((line) => line !== ""),
  );
}

/** Runs a command in the checkout; it must end with exit code 0. */
export async function runToEnd(command: string): Promise<void> {
  const child = spawn(command, { cwd: ROOT, shell: true, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (piece) => {
      said += piece;
    });
  }
  const [code] = (await once(child, "close")) as [number | null];
  assert.equal(code, 0, `${command}\n${said}`);
}

/** Commands that stay up, until they are started again or all are stopped. */
export class StayingCommands {
  readonly #running = new Map<string, ChildProcess>();

  /** Starts a command, after stopping it if it runs. @returns the first line that it says. */
  async start(command: string): Promise<string> {
    await interrupt(this.#running.get(command));
    const child = spawn(`exec ${command.replace("npx mykey-ledger", CLI)} --json`, {
      cwd: ROOT,
      shell: true,
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#running.set(command, child);
    const lines = createInterface({ input: child.stdout });
    const [line] = (await once(lines, "line")) as [string];
    return line;
  }

  /** Stops them all, as Ctrl-C does. */
  async stop(): Promise<void> {
    await Promise.all([...this.#running.values()].map(interrupt));
  }
}

async function interrupt(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGINT");
  await exited;
}
