/** One node as a child process: started, watched, stopped. It never outlives this process. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ClientError } from "../client-fault.ts";

const NODE_PROGRAM = fileURLToPath(new URL("../../node/main.js", import.meta.url));
const FOLLOW_PARENT = new URL("follow-parent.js", import.meta.url).href;

/**
 * What a payment leaves behind is alive until its block is applied. Where the young generation of the heap is
 * larger than what is made meanwhile, it is never copied to the old one, which costs more than all else of it.
 */
const YOUNG_GENERATION = "--max-semi-space-size=64";

/**
 * The old generation may grow to three times of what a full collection left before there is another one. V8 would choose
 * between 1.1 and 4 by the rate at which it was filled last; of a node, whose payments come and go, that makes
 * a full collection every few seconds, which finds nothing.
 */
const OLD_GENERATION = "--heap-growing-percent=200";

/** Log lines kept to be shown when the child dies. */
const LAST_LINES = 20;
/** How long a node may take to stop by itself before it is killed, ms. */
const STOP_TIMEOUT_MS = 10_000;

/** How a child ended. */
export interface NodeExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A running node. */
export class NodeProcess {
  /** Settles when the process is gone; never rejects. */
  readonly exited: Promise<NodeExit>;
  readonly #child: ChildProcess;
  readonly #configFile: string;
  readonly #lastLines: string[] = [];
  readonly #ready: Promise<string>;
  #stopping = false;

  /** @param configFile what the node is started with. @param onLine hears every log line. */
  constructor(configFile: string, onLine: (line: string) => void = () => undefined) {
    this.#configFile = configFile;
    const args = [
      YOUNG_GENERATION,
      OLD_GENERATION,
      "--import",
      FOLLOW_PARENT,
      NODE_PROGRAM,
      "--config",
      configFile,
    ];
    this.#child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe", "ipc"] });
    this.exited = new Promise((resolve) => {
      this.#child.once("error", () => resolve({ code: null, signal: null }));
      this.#child.once("close", (code, signal) => resolve({ code, signal }));
    });
    this.#ready = new Promise((resolve) => {
      const hear = (line: string) => {
        this.#lastLines.push(line);
        if (this.#lastLines.length > LAST_LINES) this.#lastLines.shift();
        onLine(line);
        const apiUrl = readyUrlOf(line);
        if (apiUrl !== null) resolve(apiUrl);
      };
      for (const stream of [this.#child.stdout, this.#child.stderr]) {
        if (stream !== null) createInterface({ input: stream }).on("line", hear);
      }
    });
  }

  /**
   * Address of the API once the node serves it.
   * @throws ClientError `NODE_EXITED`, `NOT_READY`.
   */
  async ready(timeoutMs: number): Promise<string> {
    const abort = new AbortController();
    const late = delay(timeoutMs, null, { signal: abort.signal, ref: false }).catch(() => null);
    try {
      const first = await Promise.race([this.#ready, this.exited, late]);
      if (typeof first === "string") return first;
      if (first === null)
        throw new ClientError("NOT_READY", {
          node: this.#configFile,
          log: this.#lastLines.join("\n"),
        });
      throw this.#exitError(first);
    } finally {
      abort.abort();
    }
  }

  /** Process id, undefined when it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Hears when the node ends although `stop` was not called. */
  onUnexpectedExit(listener: (error: ClientError) => void): void {
    void this.exited.then((exit) => {
      if (!this.#stopping) listener(this.#exitError(exit));
    });
  }

  /** Stops the node gracefully, by force when that takes too long. Idempotent. */
  async stop(): Promise<NodeExit> {
    this.#stopping = true;
    this.#child.kill("SIGTERM");
    const abort = new AbortController();
    const late = delay(STOP_TIMEOUT_MS, null, { signal: abort.signal, ref: false }).catch(
      () => null,
    );
    if ((await Promise.race([this.exited, late])) === null) this.#child.kill("SIGKILL");
    abort.abort();
    return this.exited;
  }

  #exitError({ code, signal }: NodeExit): ClientError {
    const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
    return new ClientError("NODE_EXITED", {
      node: this.#configFile,
      how,
      log: this.#lastLines.join("\n"),
    });
  }
}

/** The address in the log line that says that the node is ready. */
function readyUrlOf(line: string): string | null {
  if (!line.includes('"NODE_READY"')) return null;
  const { apiUrl } = JSON.parse(line) as { apiUrl?: unknown };
  return typeof apiUrl === "string" ? apiUrl : null;
}
