/** A node as a real child process that a test may kill without mercy. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const NODE_PROGRAM = fileURLToPath(new URL("../../node/main.js", import.meta.url));

/** One node, started again and again from the same configuration file. */
export class NodeChild {
  readonly #configFile: string;
  #child: ChildProcess | null = null;
  /** What it said last, for the failure message of a test. */
  readonly lines: string[] = [];

  constructor(configFile: string) {
    this.#configFile = configFile;
  }

  /** Starts the process and waits until it serves. @returns the address of its API. */
  async start(): Promise<string> {
    const args = [NODE_PROGRAM, "--config", this.#configFile];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    this.#child = child;
    for await (const line of createInterface({ input: child.stdout })) {
      this.lines.push(line);
      const { code, apiUrl } = JSON.parse(line) as { code?: string; apiUrl?: string };
      if (code === "NODE_READY" && apiUrl !== undefined) {
        child.stdout.on("data", (chunk) => this.lines.push(String(chunk)));
        child.stdout.resume();
        return apiUrl;
      }
    }
    throw new Error(`the node ended before it was ready:\n${this.lines.join("\n")}`);
  }

  /** kill -9: no chance to write or say anything more. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** SIGTERM. @returns the exit code. */
  async stop(): Promise<number | null> {
    return this.#end("SIGTERM");
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null) return child?.exitCode ?? null;
    const exited = once(child, "exit");
    child.kill(signal);
    const [code] = (await exited) as [number | null];
    return code;
  }
}
