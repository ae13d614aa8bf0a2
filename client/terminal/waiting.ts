/** Waiting, for people above all. */

/** How long nobody has done anything. */
export class Idleness {
  /** Resolves when it has been so long. */
  readonly reached: Promise<void>;
  #timer: NodeJS.Timeout | undefined;

  constructor(idleMs: number) {
    this.reached = new Promise((resolve) => {
      this.#timer = setTimeout(resolve, idleMs);
    });
  }

  /** Somebody did something. */
  restart(): void {
    this.#timer?.refresh();
  }

  /** Waits no longer. */
  end(): void {
    clearTimeout(this.#timer);
  }
}

/** Resolves when one of the signals aborts. */
export function aborted(...signals: readonly AbortSignal[]): Promise<void> {
  const any = AbortSignal.any([...signals]);
  return new Promise((resolve) => {
    if (any.aborted) resolve();
    any.addEventListener("abort", () => resolve(), { once: true });
  });
}
