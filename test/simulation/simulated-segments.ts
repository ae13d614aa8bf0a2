/**
 * The segments on a simulated disk. What was added is durable when it is finished; of what was under way when its process
 * ended, any beginning is there: bytes of a file, a new name, a removal.
 */
import type { Segments } from "../../node/storage/segments.ts";
import type { Dice } from "./dice.ts";

/** Something that is done to the files. */
interface Change {
  /** Does all of it. */
  readonly finish: () => void;
  /** Does what a crash left of it. */
  readonly tear: () => void;
}

/** Survives the processes that use it. */
export class SimulatedSegments {
  readonly #dice: Dice;
  readonly #files = new Map<number, Uint8Array>();
  readonly #underWay = new Set<Change>();

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  /** The bytes of all segments, by number. */
  get files(): ReadonlyMap<number, Uint8Array> {
    return this.#files;
  }

  /** As `Segments.read`. */
  read(segment: number, offset: number, sizeBytes: number): Uint8Array {
    return (this.#files.get(segment) ?? new Uint8Array()).slice(offset, offset + sizeBytes);
  }

  /** @param write does a piece of work as the disk does a write: after a time, or not at all. */
  open(write: (work: () => void) => Promise<void>): Segments {
    const change = (finish: () => void, tear: () => void): Promise<void> => {
      const changing = { finish, tear };
      this.#underWay.add(changing);
      return write(() => {
        this.#underWay.delete(changing);
        finish();
      });
    };
    const maybe = (work: () => void) => () => {
      if (this.#dice.chance(0.5)) work();
    };
    return {
      sizes: async () =>
        new Map([...this.#files].map(([segment, { length }]) => [segment, length])),
      create: (segment) => {
        const make = () => void this.#files.set(segment, new Uint8Array());
        return change(make, maybe(make));
      },
      append: (segment, end, bytes) => {
        const add = (sizeBytes: number) => this.#write(segment, end, bytes.subarray(0, sizeBytes));
        return change(
          () => add(bytes.length),
          () => add(this.#dice.between(0, bytes.length)),
        );
      },
      read: (segment, offset, sizeBytes) => this.read(segment, offset, sizeBytes),
      remove: (segment) => {
        const drop = () => void this.#files.delete(segment);
        return change(drop, maybe(drop));
      },
      close: async () => {},
    };
  }

  /** The process ended. */
  crash(): void {
    for (const { tear } of this.#dice.shuffled([...this.#underWay])) tear();
    this.#underWay.clear();
  }

  /** Flips one bit somewhere. @returns where, or null when there are no bytes. */
  damage(): string | null {
    const written = [...this.#files].filter(([, { length }]) => length > 0);
    if (written.length === 0) return null;
    const [segment, bytes] = this.#dice.pick(written);
    const at = this.#dice.between(0, bytes.length - 1);
    const damaged = bytes.slice();
    damaged[at] = (damaged[at] ?? 0) ^ (1 << this.#dice.between(0, 7));
    this.#files.set(segment, damaged);
    return `segment ${segment}`;
  }

  #write(segment: number, end: number, bytes: Uint8Array): void {
    const before = this.#files.get(segment) ?? new Uint8Array();
    const after = new Uint8Array(Math.max(before.length, end + bytes.length));
    after.set(before);
    after.set(bytes, end);
    this.#files.set(segment, after);
  }
}
