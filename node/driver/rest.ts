/**
 * How long a leader rests between two blocks. A block costs every node some milliseconds whatever it holds: blocks that
 * follow one another without a pause keep all nodes busy however little there is to do, everything waits for a
 * processor, and a block takes many times as long as it would. So the leader's event loop is to be idle for half of
 * the time; what comes meanwhile gathers.
 *
 * The measure is the loop itself, and no number of milliseconds: a block that waits for a slow disk or a far node
 * costs nothing meanwhile and needs no rest; a processor that others use too makes the loop look busier, and
 * the rest longer.
 */

/** How long an event loop has worked and waited since it began, ms. */
export interface LoopTimes {
  readonly activeMs: number;
  readonly idleMs: number;
}

/** Of this process. */
export function loopTimes(): LoopTimes {
  const { active, idle } = performance.eventLoopUtilization();
  return { activeMs: active, idleMs: idle };
}

/** Of the time from one block to the next. */
const ACTIVE_SHARE_MAX = 0.5;
/** From one block to the next at most: the loop may be busy with anything. */
const INTERVAL_MS_MAX = 100;

/** The rest after the last block. */
export class Rest {
  readonly #times: () => LoopTimes;
  #began: LoopTimes = { activeMs: 0, idleMs: 0 };

  constructor(times: () => LoopTimes) {
    this.#times = times;
  }

  /** A block is being made. */
  begin(): void {
    this.#began = this.#times();
  }

  /** Until the next block may be made, whole ms; 0 when it may be made now. More work makes it longer. */
  get leftMs(): number {
    const { activeMs, idleMs } = this.#times();
    const active = activeMs - this.#began.activeMs;
    const elapsed = active + idleMs - this.#began.idleMs;
    const left = Math.min(active / ACTIVE_SHARE_MAX, INTERVAL_MS_MAX) - elapsed;
    return Math.max(0, Math.ceil(left));
  }
}
