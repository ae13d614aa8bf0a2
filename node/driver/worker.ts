/** Work that is done one piece at a time, in order, by whoever comes first. */
export class Worker {
  readonly #work: () => Promise<void>;
  #isBusy = false;
  #running: Promise<void> = Promise.resolve();

  /** @param work does all that waits and looks again before it returns. */
  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  /** Starts the work unless it is under way; resolves, or fails, when it has come to rest. */
  run(): Promise<void> {
    if (!this.#isBusy) this.#running = this.#once();
    return this.#running;
  }

  async #once(): Promise<void> {
    this.#isBusy = true;
    try {
      await this.#work();
    } finally {
      this.#isBusy = false;
    }
  }
}
