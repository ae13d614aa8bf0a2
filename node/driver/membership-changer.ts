/**
 * The leader's part in a change of membership (docs/decisions/0010): which step comes next is the chain's to
 * say (node/chain/membership-steps.ts); when it is taken is the leader's. A step waits until whoever gains a
 * voice has the chain, until the voters in reach would be a quorum after it, and until whoever leaves could read
 * that it may go.
 */
import type { ConfChange } from "../../consensus/conf-change.ts";
import type { Status } from "../../consensus/status.ts";
import type { StepResult } from "../../consensus/step-result.ts";
import { isQuorum, type Membership, voterOf, votersOf } from "../../ledger/membership.ts";
import type { Certifier } from "../chain/certifier.ts";
import { confChangeBetween } from "../chain/conf-change.ts";
import { stepAfter } from "../chain/membership-steps.ts";
import type { NodeLog } from "../logger.ts";
import type { Tail } from "./tail.ts";

/** A learner that lacks no more blocks than these has caught up: the rest is on its way. */
const CAUGHT_UP_BLOCKS = 32;
/** How many election timeouts pass before a leaving member that does not answer is dropped. */
const LEAVING_ELECTIONS = 3;

/** What the changer works with. */
export interface MembershipChangerParts {
  readonly tail: Tail;
  readonly certifier: Certifier;
  readonly log: NodeLog;
  readonly electionTicks: number;
  /** The term that this node leads, or null. */
  readonly leadingTerm: () => number | null;
  /** The leader's view of all others. */
  readonly status: () => Status;
  /** How long a member that is not heard counts as alive. */
  readonly hearingTicks: number;
  /** True when a member was heard within that time. */
  readonly hears: (member: number) => boolean;
  readonly propose: (change: ConfChange) => StepResult;
}

/** Why the next step is not taken yet, and for which members. */
export interface MembershipWait {
  readonly reason: "LISTENING" | "NOT_CAUGHT_UP" | "QUORUM_AT_RISK" | "LEAVING_NOT_TOLD";
  readonly members: readonly number[];
}

/** Takes the steps from the membership in force to the wished one, while this node leads. */
export class MembershipChanger {
  readonly #parts: MembershipChangerParts;
  #waiting: MembershipWait | null = null;
  /** Ticks for which the present membership was looked at. */
  #age: { readonly of: Membership; readonly ticks: number } | null = null;

  constructor(parts: MembershipChangerParts) {
    this.#parts = parts;
  }

  /** What a change under way waits for; null when there is none, or this node does not lead. */
  get waiting(): MembershipWait | null {
    return this.#waiting;
  }

  /** Looks, once a tick, whether the next step can be taken, and takes it. */
  tick(): void {
    this.#waiting = null;
    const next = this.#nextStep();
    if (next === null) {
      this.#age = null;
      return;
    }
    const { current } = this.#parts.tail.last.tip.memberships;
    this.#age = { of: current, ticks: this.#age?.of === current ? this.#age.ticks + 1 : 0 };
    this.#waiting = this.#whyNot(current, next);
    if (this.#waiting !== null) return;
    const { log, propose } = this.#parts;
    const refusal = propose(confChangeBetween(current, next));
    const facts = { voters: votersOf(next).join(" "), members: next.members.length };
    if (refusal === null) log.info("MEMBERSHIP_CHANGE_PROPOSED", facts);
    else log.warn("MEMBERSHIP_CHANGE_NOT_TAKEN", { ...facts, ...refusal });
  }

  /** One step at a time; a joint phase the core leaves by itself. */
  #nextStep(): Membership | null {
    const { tail, certifier, leadingTerm } = this.#parts;
    const { term, memberships } = tail.last.tip;
    const mayStep = leadingTerm() === term && memberships.pending === null;
    if (!mayStep || memberships.current.outgoing.length > 0) return null;
    return stepAfter(tail.last, { lastCertificate: certifier.certified });
  }

  #whyNot(current: Membership, next: Membership): MembershipWait | null {
    const { hears, hearingTicks } = this.#parts;
    // Whoever went before the wish was known is known to be gone after this time.
    if ((this.#age?.ticks ?? 0) <= hearingTicks) return { reason: "LISTENING", members: [] };
    const { progress, lastIndex } = this.#parts.status();
    const matchOf = (number: number) => progress.get(number)?.match ?? 0;

    const gaining = votersOf(next).filter((number) => voterOf(current, number) === undefined);
    const behind = gaining.filter(
      (number) =>
        !hears(number) || matchOf(number) === 0 || matchOf(number) + CAUGHT_UP_BLOCKS < lastIndex,
    );
    if (behind.length > 0) return { reason: "NOT_CAUGHT_UP", members: behind };

    const silent = votersOf(next).filter((number) => !hears(number));
    const heard = new Set(votersOf(next).filter(hears));
    const incoming = { members: next.members, outgoing: [] };
    if (!isQuorum(incoming, heard) && !this.#parts.tail.last.wish.force) {
      return { reason: "QUORUM_AT_RISK", members: silent };
    }

    const untold = this.#dropped(current, next).filter(
      (number) => !this.#isTold(matchOf(number), hears(number)),
    );
    return untold.length > 0 ? { reason: "LEAVING_NOT_TOLD", members: untold } : null;
  }

  #dropped(current: Membership, next: Membership): number[] {
    const kept = new Set(next.members.map(({ number }) => number));
    return current.members.map(({ number }) => number).filter((number) => !kept.has(number));
  }

  /** It has the first block of the membership in which it leaves, and heard what is certified since. */
  #isTold(match: number, isHeard: boolean): boolean {
    const { electionTicks, tail } = this.#parts;
    const ticks = this.#age?.ticks ?? 0;
    const fromHeight = tail.last.tip.memberships.periods.at(-1)?.fromHeight ?? 0;
    if (match >= fromHeight) return ticks >= electionTicks;
    return !isHeard && ticks >= LEAVING_ELECTIONS * electionTicks;
  }
}
