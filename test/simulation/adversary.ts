/** Makes things go wrong, as often as the run's options say. */
import type { Dice } from "./dice.ts";
import type { Governors } from "./governors.ts";
import type { Machine } from "./machine.ts";
import type { SimulationOptions } from "./options.ts";
import type { SimulatedNetwork } from "./simulated-network.ts";
import type { Tell } from "./story.ts";
import type { Timeline } from "./timeline.ts";

/** A process that is started again at once comes back within this time, before anybody has missed it, ms. */
const BOUNCE_MS = 100;
/** Else within this. */
const ABSENCE_MS = 5000;

/** What an adversary plays with. */
export interface AdversaryParts {
  readonly dice: Dice;
  readonly timeline: Timeline;
  readonly options: SimulationOptions;
  readonly governors: Governors;
  readonly network: SimulatedNetwork;
  readonly tell: Tell;
}

/** The cause of all trouble, until it is told to stop. */
export class Adversary {
  readonly #parts: AdversaryParts;
  #isActive = true;

  constructor(parts: AdversaryParts) {
    this.#parts = parts;
    const { faults } = parts.options;
    this.#repeat(faults.crashEveryMs, () => this.#crash());
    this.#repeat(faults.blackoutEveryMs, () => this.#blackOut());
    this.#repeat(faults.pauseEveryMs, () => this.#pause());
    this.#repeat(faults.partitionEveryMs, () => this.#part());
    this.#repeat(faults.stallEveryMs, () => this.#stall());
    this.#repeat(faults.misjudgementEveryMs, () => this.#misjudge());
    this.#repeat(faults.clockJumpEveryMs, () => parts.dice.pick(this.#machines).setClock());
  }

  /** Machines that stand ready are left alone until they are called. */
  get #machines(): readonly Machine[] {
    return this.#parts.governors.called;
  }

  /** No new fault from now on, and nothing that it began comes to an end by itself. */
  rest(): void {
    this.#isActive = false;
  }

  #repeat(everyMs: number | null, doHarm: () => void): void {
    if (everyMs === null) return;
    this.#later(2 * everyMs, () => {
      doHarm();
      this.#repeat(everyMs, doHarm);
    });
  }

  #later(withinMs: number, work: () => void): void {
    const { dice, timeline } = this.#parts;
    timeline.after(dice.between(1, withinMs), () => {
      if (this.#isActive) work();
    });
  }

  #crash(): void {
    const { dice, options } = this.#parts;
    const machines = this.#machines;
    const machine = (dice.chance(0.3) ? this.#leader() : undefined) ?? dice.pick(machines);
    const how = dice.pick(["killed", "power-failure", "told to end"] as const);
    if (how === "told to end") machine.quit();
    else machine.crash(how);
    if (dice.chance(options.disk.damage) && this.#mayDamage(machine)) machine.damage();
    this.#startWithin(dice.pick([BOUNCE_MS, ABSENCE_MS]), machine);
  }

  /** Nobody is left who remembers what is not on a disk. */
  #blackOut(): void {
    const { dice } = this.#parts;
    const withinMs = dice.pick([BOUNCE_MS, ABSENCE_MS]);
    for (const machine of this.#machines) {
      machine.crash("power-failure");
      this.#startWithin(withinMs, machine);
    }
  }

  #startWithin(withinMs: number, machine: Machine): void {
    this.#later(withinMs, () => machine.start());
  }

  #mayDamage(machine: Machine): boolean {
    return !machine.isOn && this.#parts.governors.mayLose(machine);
  }

  #pause(): void {
    const machine = this.#parts.dice.pick(this.#machines);
    machine.stop();
    this.#later(4000, () => machine.goOn());
  }

  #stall(): void {
    const { dice } = this.#parts;
    const machine = (dice.chance(0.5) ? this.#leader() : undefined) ?? dice.pick(this.#machines);
    machine.stall();
    this.#later(8000, () => machine.disk.goOn());
  }

  #part(): void {
    const { dice, network, tell } = this.#parts;
    const kind = dice.pick(["groups", "link", "mute"] as const);
    if (kind === "groups") this.#cutGroups();
    else this.#cutFrom(kind === "link");
    this.#later(5000, () => {
      network.join();
      tell("the network is whole");
    });
  }

  /** As after a line broke of which nobody heard yet, or while a new one is made: often the line to the leader. */
  #misjudge(): void {
    const { dice, network, tell } = this.#parts;
    const { number: node } = dice.pick(this.#machines);
    const { number: other } =
      (dice.chance(0.5) ? this.#leader() : undefined) ?? dice.pick(this.#machines);
    network.misjudge(node, other, true);
    tell(`node ${node} is wrong about whether node ${other} is in reach`, "misjudgement");
    this.#later(5000, () => network.misjudge(node, other, false));
  }

  /** Who leads, as far as he knows: the best victim, for he has most to lose. */
  #leader(): Machine | undefined {
    return this.#machines.find(({ process }) => process?.driver.status.state === "StateLeader");
  }

  /** Two groups that do not hear each other. */
  #cutGroups(): void {
    const { dice, network, tell } = this.#parts;
    const machines = this.#machines;
    const leader = dice.chance(0.5) ? this.#leader() : undefined;
    const group = new Set(
      leader === undefined ? machines.filter(() => dice.chance(0.5)) : [leader],
    );
    const others = machines.filter((machine) => !group.has(machine));
    for (const { number: one } of group) {
      for (const { number: other } of others) {
        network.cut(one, other);
        network.cut(other, one);
      }
    }
    tell(
      `the network parts: ${[...group].map(({ number }) => number).join(", ")} from the others`,
      "partition",
    );
  }

  /** One node that the others, or one other, do not hear, though it hears them. */
  #cutFrom(isOneLink: boolean): void {
    const { dice, network, tell } = this.#parts;
    const machines = this.#machines;
    const mute = (dice.chance(0.5) ? this.#leader() : undefined) ?? dice.pick(machines);
    const others = dice.shuffled(machines.filter((machine) => machine !== mute));
    for (const deaf of isOneLink ? others.slice(0, 1) : others) {
      network.cut(mute.number, deaf.number);
      tell(`node ${deaf.number} does not hear node ${mute.number}`, "one-way cut");
    }
  }
}
