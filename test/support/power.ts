/** A terminal's computer whose power can be cut: before or after any step of its disk, its card, its network. */
import { dirname } from "node:path";
import { JpkiCard } from "../../client/card/jpki-card.ts";
import { SoftwareCard } from "../../client/card/software-card.ts";
import type { SoftwareCardState } from "../../client/card/software-card-state.ts";
import { SoftwareChannel } from "../../client/card/software-channel.ts";
import { LedgerClient } from "../../client/sdk/ledger-client.ts";
import type { OpenCardPlace } from "../../client/terminal/card-place.ts";
import type { Disk } from "../../client/terminal/disk.ts";
import { aborted } from "../../client/terminal/waiting.ts";

/** Counts the steps of a run; at one of them the power goes, and stays away. */
export class Power {
  /** Every step that was begun or ended, in order. */
  readonly steps: string[] = [];
  /** Aborts when the power goes: nothing that waits goes on. */
  readonly gone: AbortController = new AbortController();
  readonly #cutAt: number;

  /** @param cutAt the number of the step, from 0, that is not taken any more. */
  constructor(cutAt: number = Number.POSITIVE_INFINITY) {
    this.#cutAt = cutAt;
  }

  /** Whether it went. */
  get isCut(): boolean {
    return this.gone.signal.aborted;
  }

  /** A point at which it may go. @throws Error when it does, or is gone. */
  point(name: string): void {
    if (!this.isCut && this.steps.length === this.#cutAt) this.gone.abort(new Error("power cut"));
    this.gone.signal.throwIfAborted();
    this.steps.push(name);
  }

  /** A step: it may go before, and after. */
  async step<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.point(`before ${name}`);
    const result = await work();
    this.point(`after ${name}`);
    return result;
  }
}

/** What a cut leaves of what was not yet durable. */
export type Remains = "none of it" | "half of it" | "all of it";

interface File {
  bytes: Uint8Array;
  durable: Uint8Array;
}

/** A disk that keeps for sure only what was synced: content and names, each by itself. */
export class PowerDisk implements Disk {
  readonly #power: Power;
  readonly #names: Map<string, File>;
  readonly #durableNames: Map<string, File>;

  constructor(power: Power, names: ReadonlyMap<string, File> = new Map()) {
    this.#power = power;
    this.#names = new Map(names);
    this.#durableNames = new Map(names);
  }

  /** The disk as the next start finds it. */
  afterCut(power: Power, remains: Remains): PowerDisk {
    const names = remains === "none of it" ? this.#durableNames : this.#names;
    const kept = [...names].map(([name, { bytes, durable }]) => {
      const left = {
        "none of it": durable,
        "half of it": torn(durable, bytes),
        "all of it": bytes,
      };
      const content = left[remains];
      return [name, { bytes: content, durable: content }] as const;
    });
    return new PowerDisk(power, new Map(kept));
  }

  read(file: string): Uint8Array | null {
    return this.#names.get(file)?.bytes ?? null;
  }

  write(file: string, bytes: Uint8Array): void {
    this.#step(`write ${file}`, () => {
      this.#names.set(file, { bytes, durable: new Uint8Array() });
    });
  }

  append(file: string, bytes: Uint8Array): void {
    this.#step(`append ${file}`, () => {
      const old = this.#names.get(file) ?? { bytes: new Uint8Array(), durable: new Uint8Array() };
      old.bytes = new Uint8Array(Buffer.concat([old.bytes, bytes]));
      this.#names.set(file, old);
    });
  }

  syncFile(file: string): void {
    this.#step(`sync ${file}`, () => {
      const known = this.#names.get(file);
      if (known === undefined) throw new Error(`no file ${file}`);
      known.durable = known.bytes;
    });
  }

  rename(from: string, to: string): void {
    this.#step(`rename ${from}`, () => {
      const known = this.#names.get(from);
      if (known === undefined) throw new Error(`no file ${from}`);
      this.#names.delete(from);
      this.#names.set(to, known);
    });
  }

  remove(file: string): void {
    this.#step(`remove ${file}`, () => this.#names.delete(file));
  }

  syncDirectory(directory: string): void {
    this.#step(`sync ${directory}`, () => {
      const isIn = (name: string) => dirname(name) === directory;
      for (const name of [...this.#durableNames.keys()].filter(isIn))
        this.#durableNames.delete(name);
      for (const [name, file] of this.#names) if (isIn(name)) this.#durableNames.set(name, file);
    });
  }

  #step(name: string, work: () => void): void {
    this.#power.point(`before ${name}`);
    work();
    this.#power.point(`after ${name}`);
  }
}

/** A half of what was written since it was last synced. */
function torn(durable: Uint8Array, bytes: Uint8Array): Uint8Array {
  const isGrown = Buffer.compare(bytes.subarray(0, durable.length), durable) === 0;
  const from = isGrown ? durable.length : 0;
  return bytes.slice(0, from + Math.floor((bytes.length - from) / 2));
}

/** The card on the terminal's reader; its counters outlive every cut. */
export class PoweredCard {
  #state: SoftwareCardState;

  constructor(state: SoftwareCardState) {
    this.#state = state;
  }

  /** Tries left for the PIN. */
  get triesLeft(): number {
    return this.#state.auth.triesLeft;
  }

  /** The reader with this card on it. */
  place(power: Power): OpenCardPlace {
    return async () => ({
      connect: async () => {
        const onChange = (state: SoftwareCardState) => {
          this.#state = state;
        };
        const channel = new SoftwareChannel(new SoftwareCard(this.#state, { onChange }));
        return JpkiCard.connect({
          transmit: (apdu) => {
            const name = Buffer.from(apdu.subarray(0, 4)).toString("hex");
            return power.step(`card ${name}`, () => channel.transmit(apdu));
          },
          powerOff: () => channel.powerOff(),
        });
      },
      removed: (signal) => aborted(signal),
      cleared: async () => undefined,
      close: () => undefined,
    });
  }
}

/** The line to a node. */
export class PoweredClient extends LedgerClient {
  readonly #power: Power;

  constructor(url: string, power: Power) {
    super(url, { requestTimeoutMs: 2000 });
    this.#power = power;
  }

  override clockMs() {
    return this.#power.step("clock", () => super.clockMs());
  }

  override submit(transactionBytes: Uint8Array, waitMs: number) {
    return this.#power.step("submit", () => super.submit(transactionBytes, waitMs));
  }

  override transaction(id: string) {
    return this.#power.step("ask", () => super.transaction(id));
  }

  override receipt(id: string) {
    return this.#power.step("receipt", () => super.receipt(id));
  }
}
