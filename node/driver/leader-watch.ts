/**
 * A follower whose line to the leader broke knows more than its clock does: it need not wait for a whole election
 * timeout. It forgets the leader, which frees it to help another to be elected, and when its turn comes it campaigns.
 *
 * That is safe: whoever still hears the leader ignores pre-votes (Raft thesis, 4.2.3 and 9.6), so a leader is replaced
 * early only when a quorum lost it. And it is quick: turns keep voters from splitting the vote.
 */
import type { BasicStatus } from "../../consensus/status.ts";

/** Ticks for which a line stays broken before its other end counts as gone: reconnecting takes less. */
const BROKEN_TICKS = 2;
/** Ticks from one voter's turn to the next one's: an election fits in between. */
const TURN_TICKS = 2;

/** What the watch works with. */
export interface LeaderWatchParts {
  readonly self: number;
  readonly status: () => BasicStatus;
  /** Members in reach. */
  readonly connected: () => ReadonlySet<number>;
  /** Numbers of all voters, ascending. */
  readonly voters: () => readonly number[];
  readonly forgetLeader: () => void;
  readonly campaign: () => void;
}

/** Looks once a tick whether the leader is still in reach. */
export class LeaderWatch {
  readonly #parts: LeaderWatchParts;
  #last = { leader: 0, term: 0 };
  #brokenTicks = 0;

  constructor(parts: LeaderWatchParts) {
    this.#parts = parts;
  }

  /** One tick of the node's clock. */
  tick(): void {
    const { status, connected, forgetLeader, campaign } = this.#parts;
    const { state, lead, term } = status();
    // A forgotten leader is still the one of its term.
    if (lead !== 0 || term !== this.#last.term) this.#last = { leader: lead, term };
    const { leader } = this.#last;
    const isBroken = state === "StateFollower" && leader !== 0 && !connected().has(leader);
    this.#brokenTicks = isBroken ? this.#brokenTicks + 1 : 0;
    if (this.#brokenTicks === BROKEN_TICKS) forgetLeader();
    const turn = this.#turn(leader);
    if (turn > 0 && this.#brokenTicks === BROKEN_TICKS + turn * TURN_TICKS) campaign();
  }

  /** From 1 for the voter that follows the leader in the circle of all voters; 0 for others than voters. */
  #turn(leader: number): number {
    const { self, voters } = this.#parts;
    const after = voters().filter((number) => number > leader);
    const before = voters().filter((number) => number < leader);
    return [...after, ...before].indexOf(self) + 1;
  }
}
