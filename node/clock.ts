/** What time it is for a node: it stamps the blocks that it makes and judges those of others by it. */
import { LedgerFault } from "../ledger/faults.ts";
import type { Genesis } from "../ledger/genesis.ts";

/** A clock, ms since 1970. */
export interface Clock {
  nowMs(): number;
}

/** The clock of a network that is real. */
const WORLD_CLOCK: Clock = { nowMs: () => Date.now() };

/** Stands still until it is moved: only in a network whose genesis says that it is a rehearsal. */
export class RehearsalClock implements Clock {
  #nowMs: number;

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  /** @throws LedgerFault `INVALID_FIELD` for a moment that is over: block time never falls. */
  moveTo(momentMs: number): void {
    if (momentMs < this.#nowMs) {
      throw new LedgerFault("INVALID_FIELD", { path: "nowMs", problem: "time does not go back" });
    }
    this.#nowMs = momentMs;
  }
}

/** The clock that the genesis of a network asks for. */
export function clockOf({ clock, createdAtMs }: Genesis): Clock {
  return clock === "rehearsal" ? new RehearsalClock(createdAtMs) : WORLD_CLOCK;
}
