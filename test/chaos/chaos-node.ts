/** A node as a real process that is killed, frozen and started again. All that it says goes to one file. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { LedgerClient } from "../../client/sdk/ledger-client.ts";
import { SmallDisk } from "./small-disk.ts";

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
  readonly dataDirectory: string;
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
  /** Null where the machine does not allow to mount one. */
  readonly disk: SmallDisk | null;
  #child: ChildProcess | null = null;
  #starts = 0;
  #isDiskFull = false;
  #endsOnFullDisk = 0;

  /** @param onDeath hears of an end that nobody here brought about. */
  constructor(files: ChaosNodeFiles, onDeath: (how: string) => void) {
    this.number = files.number;
    this.#files = files;
    this.#onDeath = onDeath;
    this.disk = SmallDisk.mount(files.dataDirectory);
    this.client = new LedgerClient(files.apiUrl, { requestTimeoutMs: REQUEST_TIMEOUT_MS });
    this.patientClient = new LedgerClient(files.apiUrl, { requestTimeoutMs: PATIENT_TIMEOUT_MS });
  }

  /** Its node.json. */
  get configFile(): string {
    return this.#files.configFile;
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
      if (this.#isDiskFull && this.hasSaid("DISK_FULL")) this.#endsOnFullDisk += 1;
      else this.#onDeath(`node ${this.number} ended by itself (${signal ?? `exit code ${code}`})`);
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

  /** Nothing can be written any more, and the node may end itself, if it has a disk of its own. */
  fillDisk(): void {
    this.#isDiskFull = true;
    this.disk?.fill();
  }

  /** There is room again. @returns true when the node has ended meanwhile. */
  emptyDisk(): boolean {
    this.disk?.empty();
    this.#isDiskFull = false;
    return this.#child === null;
  }

  /** How often it ended because its disk was full. */
  get endsOnFullDisk(): number {
    return this.#endsOnFullDisk;
  }

  /** Nobody will ever read what was on its disk. It must be down. */
  loseDisk(): void {
    this.disk?.unmount();
    rmSync(this.#files.dataDirectory, { recursive: true, force: true });
  }

  /** Sets its clock so far from the right time, until it is set again or killed. */
  setClock(clockOffsetMs: number): void {
    this.#child?.send({ clockOffsetMs });
  }

  /** True when its log has a line with that code. */
  hasSaid(code: string): boolean {
    return readFileSync(this.#files.logFile, "utf8").includes(`"${code}"`);
  }

  /** The last lines of its log. */
  logTail(lines: number): string {
    return readFileSync(this.#files.logFile, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
  }
}
