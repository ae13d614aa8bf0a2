/** Work that is done one piece at a time, in order, by whoever comes first. */
export class Worker {
  readonly #work: () => Promise<void>;
  #isBusy = false;
  #isCalled = false;
  #running: Promise<void> = Promise.resolve();

  /** @param work does all that waits. */
  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  /** True while there is work under way or called for. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** Starts the work, or has it look again when it is under way; resolves, or fails, when it rests. */
  run(): Promise<void> {
    this.#isCalled = true;
    if (!this.#isBusy) this.#running = this.#untilRest();
    return this.#running;
  }

  /** Work may be called for after it looked for the last time and before its promise has settled. */
  async #untilRest(): Promise<void> {
    this.#isBusy = true;
    try {
      while (this.#isCalled) {
        this.#isCalled = false;
        await this.#work();
      }
    } finally {
      this.#isBusy = false;
    }
  }
}
