/** A node as a real process that is killed, frozen and started again. All that it says goes to one file. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { LedgerClient } from "../../client/sdk/ledger-client.ts";

const NODE_PROGRAM = fileURLToPath(new URL("../../node/main.js", import.meta.url));
/** Loaded before it. */
const PRELOADED = ["../../client/network/follow-parent.js", "./adjustable-clock.js"].flatMap(
  (path) => ["--import", new URL(path, import.meta.url).href],
);

/** For an answer that a live node gives at once, ms. A frozen one gives none. */
const REQUEST_TIMEOUT_MS = 1000;
/** How long a node may take until it serves, ms. */
const READY_TIMEOUT_MS = 60_000;
/** For an answer when nothing is broken any more, ms. */
const PATIENT_TIMEOUT_MS = 60_000;
const ASK_EVERY_MS = 50;

/** What a node is made of. */
export interface ChaosNodeFiles {
  readonly number: number;
  readonly configFile: string;
  readonly logFile: string;
  readonly apiUrl: string;
}

/** One node of the network under test. */
export class ChaosNode {
  readonly number: number;
  readonly client: LedgerClient;
  /** The same node, for questions when nothing is broken any more. */
  readonly patientClient: LedgerClient;
  readonly #files: ChaosNodeFiles;
  readonly #onDeath: (how: string) => void;
  #child: ChildProcess | null = null;
  #starts = 0;

  /** @param onDeath hears of an end that nobody here brought about. */
  constructor(files: ChaosNodeFiles, onDeath: (how: string) => void) {
    this.number = files.number;
    this.#files = files;
    this.#onDeath = onDeath;
    this.client = new LedgerClient(files.apiUrl, { requestTimeoutMs: REQUEST_TIMEOUT_MS });
    this.patientClient = new LedgerClient(files.apiUrl, { requestTimeoutMs: PATIENT_TIMEOUT_MS });
  }

  /** Process id; undefined while it is down. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Changes with every start and every kill: what was read in one life says nothing about the next. */
  get life(): number {
    return this.#child === null ? -this.#starts : this.#starts;
  }

  /** Starts the process. */
  start(): void {
    const log = openSync(this.#files.logFile, "a");
    const args = [...PRELOADED, NODE_PROGRAM, "--config", this.#files.configFile];
    const child = spawn(process.execPath, args, { stdio: ["ignore", log, log, "ipc"] });
    closeSync(log);
    this.#child = child;
    this.#starts += 1;
    child.once("exit", (code, signal) => {
      if (this.#child !== child) return;
      this.#child = null;
      this.#onDeath(`node ${this.number} ended by itself (${signal ?? `exit code ${code}`})`);
    });
  }

  /** Waits until it serves. @throws Error when it is down or takes too long. */
  async ready(): Promise<void> {
    const deadlineMs = performance.now() + READY_TIMEOUT_MS;
    while (performance.now() < deadlineMs && this.#child !== null) {
      const isServing = await this.client.status().then(
        () => true,
        () => false,
      );
      if (isServing) return;
      await delay(ASK_EVERY_MS);
    }
    throw new Error(`node ${this.number} does not serve after a start`);
  }

  /** kill -9: no chance to write or say anything more. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  }

  /** Stops the process in the middle of whatever it does; for the others it is as slow as can be. */
  freeze(): void {
    this.#child?.kill("SIGSTOP");
  }

  /** It goes on, and does not know that time has passed. */
  thaw(): void {
    this.#child?.kill("SIGCONT");
  }

  /** Sets its clock so far from the right time, until it is set again or killed. */
  setClock(clockOffsetMs: number): void {
    this.#child?.send({ clockOffsetMs });
  }

  /** The last lines of its log. */
  logTail(lines: number): string {
    return readFileSync(this.#files.logFile, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
  }
}
