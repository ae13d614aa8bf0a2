/**
 * The machine that a node runs on: switched on and off, stopped for a while, with a clock of its own. What was to
 * happen to a process that has ended does not happen; what was to happen to one that is stopped happens afterwards.
 */
import type { OwnKey } from "../../node/own-key.ts";
import type { Database } from "../../node/storage/database.ts";
import { StorageError } from "../../node/storage/record.ts";
import { GatheringDatabase } from "../../node/storage/write-gathering.ts";
import type { Dice } from "./dice.ts";
import { NodeProcess, type NodeProcessParts } from "./node-process.ts";
import { type ClockOptions, TICK_MS } from "./options.ts";
import { type Crash, DiskFailure, type SimulatedDisk } from "./simulated-disk.ts";
import type { Tell } from "./story.ts";
import type { Timeline } from "./timeline.ts";

/** What a machine is made with. */
export interface MachineParts {
  readonly number: number;
  readonly timeline: Timeline;
  readonly dice: Dice;
  readonly clock: ClockOptions;
  /** True time when the run began, ms since 1970: later when days have passed meanwhile. */
  readonly epochMs: () => number;
  /** The disk, given how things are made to happen to the running process. */
  readonly disk: (after: (delayMs: number, happen: () => void) => void) => SimulatedDisk;
  /** What the process is started with, but for what the machine gives it. */
  readonly node: Omit<
    NodeProcessParts,
    | "database"
    | "loopTimes"
    | "nowMs"
    | "after"
    | "jitterSeed"
    | "key"
    | "onOtherKey"
    | "onFailure"
    | "onRepair"
  >;
  /** Told what happens to the machine, in words. */
  readonly tell: Tell;
  /** Told of a failure that no injected fault explains. */
  readonly onBug: (error: unknown) => void;
}

/** One node's machine. */
export class Machine {
  readonly number: number;
  readonly disk: SimulatedDisk;
  readonly #parts: MachineParts;
  #skewMs = 0;
  readonly #tickMs: number;
  /** Rises with each process: what was meant for an earlier one is not for this one. */
  #generation = 0;
  #isOn = false;
  #isEnding = false;
  /** Somebody has started it while it was ending. */
  #startsAgain = false;
  #isStopped = false;
  #process: NodeProcess | null = null;
  #afterwards: (() => void)[] = [];
  #isDamaged = false;
  #isLost = false;

  constructor(parts: MachineParts) {
    const { dice, clock } = parts;
    this.#parts = parts;
    this.number = parts.number;
    this.disk = parts.disk((delayMs, happen) => this.#after(delayMs, happen));
    const driftMs = Math.floor(TICK_MS * clock.drift);
    this.#tickMs = TICK_MS + dice.between(-driftMs, driftMs);
  }

  /** The running node; null while the machine is off, or the node has not opened its directory yet. */
  get process(): NodeProcess | null {
    return this.#process;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** True when a bit of its disk has been flipped, or all of it is gone. */
  get isDamaged(): boolean {
    return this.#isDamaged;
  }

  /** Switches the machine on; the node opens its directory. @param key under which it is in reach. */
  start(key: OwnKey = "in force"): void {
    this.#startsAgain = this.#isEnding;
    if (this.#isOn || this.#isLost) return;
    const { node, dice, tell } = this.#parts;
    this.#isOn = true;
    this.#generation += 1;
    const generation = this.#generation;
    const activeShare = dice.between(0, 100) / 100;
    tell("starts");
    const startOn = (database: Database) =>
      NodeProcess.start({
        ...node,
        database: new GatheringDatabase(database),
        nowMs: () => this.#nowMs(),
        loopTimes: () => {
          const { nowMs } = this.#parts.timeline;
          return { activeMs: activeShare * nowMs, idleMs: (1 - activeShare) * nowMs };
        },
        after: (delayMs, happen) => this.#after(delayMs, happen),
        jitterSeed: dice.between(0, 0x7f_ff_ff_ff),
        key,
        onOtherKey: (other) => this.#after(0, () => this.#startUnder(other)),
        onFailure: (error) => this.#failed(generation, error),
        onRepair: (code) => this.#repairs(code),
      });
    const started = this.disk.openSeparated().then(startOn);
    started.then(
      (process) => {
        if (this.#generation !== generation) return;
        this.#process = process;
        this.#tick();
      },
      (error) => this.#failed(generation, error),
    );
  }

  /** The process ends and another begins, in reach under its other key. A real one is stopped more gently. */
  #startUnder(key: OwnKey): void {
    this.#parts.tell(`starts again under its key: ${key}`, "other key");
    this.#end("killed");
    this.start(key);
  }

  /** True when the disk is gone, or the node has noticed its damage: it does not come back by itself. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Somebody sets the clock, to anything. */
  setClock(): void {
    const { dice, clock, tell } = this.#parts;
    this.#skewMs = dice.between(-clock.skewMsMax, clock.skewMsMax);
    if (clock.skewMsMax > 0) tell(`has its clock set ${this.#skewMs} ms ahead`, "clock set");
  }

  /** The clock shows true time. */
  rightClock(): void {
    this.#skewMs = 0;
  }

  /** The process ends without a word. */
  crash(crash: Crash): void {
    if (!this.#isOn) return;
    this.#parts.tell(crash === "killed" ? "is killed" : "loses power", crash);
    this.#end(crash);
  }

  /** The process is told to end: it hears no more, and finishes what is under way. */
  quit(): void {
    const process = this.#process;
    if (process === null || this.#isStopped) return;
    this.#parts.tell("is told to end", "told to end");
    const generation = this.#generation;
    this.#isEnding = true;
    this.#process = null;
    process.stop().then(
      () => {
        if (generation !== this.#generation) return;
        const again = this.#startsAgain;
        this.#end("killed");
        if (again) this.start();
      },
      (error) => this.#failed(generation, error),
    );
  }

  /** The disk is gone for good, and the node's key with it. */
  lose(): void {
    this.crash("power-failure");
    this.#isDamaged = true;
    this.#isLost = true;
    this.#parts.tell("has lost its disk for good", "lost disk");
  }

  /** Flips a bit of the disk of a machine that is off. */
  damage(): void {
    const key = this.disk.damage();
    if (key === null) return;
    this.#isDamaged = true;
    this.#parts.tell(`has a flipped bit in ${key}`, "flipped bit");
  }

  /** The disk takes all and finishes nothing: a cable, a controller, a full queue somewhere. */
  stall(): void {
    this.#parts.tell("has a disk that stands still", "stall");
    this.disk.standStill();
  }

  /** The process is not scheduled for a while (SIGSTOP). */
  stop(): void {
    if (!this.#isOn || this.#isStopped) return;
    this.#parts.tell("stands still", "pause");
    this.#isStopped = true;
  }

  /** It goes on where it stood. */
  goOn(): void {
    if (!this.#isStopped) return;
    this.#parts.tell("goes on");
    this.#isStopped = false;
    const waiting = this.#afterwards;
    this.#afterwards = [];
    for (const happen of waiting) this.#after(0, happen);
  }

  /** A message arrives at the machine. */
  receive(from: string, message: Uint8Array): void {
    this.#whenRunning(this.#generation, () => this.#call((node) => node.receive(from, message)));
  }

  /** A client asks the node; nobody answers while it is off. */
  serve(ask: (node: NodeProcess) => Promise<void>): void {
    this.#whenRunning(this.#generation, () => this.#call(ask));
  }

  /** What a request leads to, other than faults, is the node's own failure. */
  #call(ask: (node: NodeProcess) => Promise<void>): void {
    const generation = this.#generation;
    if (this.#process === null) return;
    ask(this.#process).catch((error) => this.#failed(generation, error));
  }

  #tick(): void {
    this.#process?.tick();
    this.#after(this.#tickMs, () => this.#tick());
  }

  #after(delayMs: number, happen: () => void): void {
    const generation = this.#generation;
    this.#parts.timeline.after(delayMs, () => this.#whenRunning(generation, happen));
  }

  #whenRunning(generation: number, happen: () => void): void {
    if (generation !== this.#generation || !this.#isOn) return;
    if (this.#isStopped) this.#afterwards.push(happen);
    else happen();
  }

  #nowMs(): number {
    const { epochMs, timeline } = this.#parts;
    return epochMs() + timeline.nowMs + this.#skewMs;
  }

  /** A crash alone leaves nothing to repair. */
  #repairs(code: string): void {
    this.#parts.tell(`repairs its disk: ${code}`, code);
    if (!this.#isDamaged) this.#parts.onBug(new Error(`${code} on a whole disk`));
  }

  /** The node cannot go on. A failed disk and a damaged record are faults of ours; all else is its own. */
  #failed(generation: number, error: unknown): void {
    if (generation !== this.#generation || !this.#isOn) return;
    const { tell, onBug } = this.#parts;
    if (error instanceof DiskFailure || error instanceof StorageError) {
      tell(error.message, error.name);
    }
    if (this.#isDamaged && error instanceof StorageError) this.#isLost = true;
    else if (!(error instanceof DiskFailure)) onBug(error);
    this.#end("killed");
  }

  #end(crash: Crash): void {
    this.#isOn = false;
    this.#isEnding = false;
    this.#isStopped = false;
    this.#generation += 1;
    this.#process = null;
    this.#afterwards = [];
    this.disk.crash(crash);
  }
}
