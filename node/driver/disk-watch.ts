/**
 * Notices a disk that takes writes and ends none: a cable, a controller, a full queue somewhere. A leader goes on without
 * its own disk, for its followers acknowledge; so nobody else would find out.
 */
export class DiskWatch {
  readonly #ticksMax: number;
  #underWay = 0;
  /** For how many ticks nothing has ended, though something was under way. */
  #ticks = 0;

  /** @param ticksMax how many of these a disk may take for a write. */
  constructor(ticksMax: number) {
    this.#ticksMax = ticksMax;
  }

  /** Does what ends when the disk has done its part. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#underWay += 1;
    try {
      return await work();
    } finally {
      this.#underWay -= 1;
      this.#ticks = 0;
    }
  }

  /** One tick of the consensus clock. */
  tick(): void {
    this.#ticks = this.#underWay > 0 ? this.#ticks + 1 : 0;
  }

  /** True while the disk stands still. */
  get isStill(): boolean {
    return this.#ticks > this.#ticksMax;
  }
}
