/**
 * One payment or visit at the counter as a state machine: no clock, no card, no network, no PIN.
 *
 *     CHECKING → CARD → PIN → SIGNING → SETTLING → OVER
 *                        ↑       ↓
 *                        └─ AGAIN            (only the customer's own word leads from AGAIN to another PIN)
 *
 * Until SIGNED it can be stopped, by anything, and nothing has happened. From SIGNED on it stands in the
 * journal and may be on its way: then it is never stopped, only decided, now or at the next start.
 */
import type { ErrorReport } from "../error-report.ts";
import type { Errand } from "./errand.ts";

/** What the card said before its PIN was asked for. */
export interface CardFacts {
  /** Tries left for the PIN. */
  readonly triesLeft: number;
  /** Days until the certificate ends, when there are few; else null. */
  readonly daysLeft: number | null;
}

/** How it ended. */
export type Ending =
  /** In the ledger, proven by a receipt: a payment, a visit. `timestampMs`: time of the block. */
  | {
      readonly kind: "PAID" | "VISITED";
      readonly id: string;
      readonly height: number;
      readonly timestampMs: number;
    }
  /** It did not happen and never will; `code`: of the ledger's faults. */
  | { readonly kind: "REFUSED"; readonly id: string; readonly code: string }
  /** It was stopped before it could be sent; the report says by what, if something failed. */
  | { readonly kind: "STOPPED"; readonly by: StoppedBy; readonly report: ErrorReport | null }
  /** The terminal was stopped before it knew. It stands in the journal; the next start finds out. */
  | { readonly kind: "UNDECIDED"; readonly id: string };

/** What stops what is not signed yet. */
export type StoppedBy =
  | "CARD_REMOVED"
  | "IDLE"
  | "CANCELLED"
  | "DECLINED"
  | "PIN_LAST_TRY"
  | "FAILED";

interface Stages {
  /** Is the ledger in reach? Asked before the customer is bothered. */
  readonly CHECKING: { readonly at: "CHECKING" };
  /** Shop and amount or event are shown; a card is awaited. */
  readonly CARD: { readonly at: "CARD" };
  /** The customer types. */
  readonly PIN: { readonly at: "PIN"; readonly card: CardFacts; readonly wasMalformed: boolean };
  /** One try of the PIN, then the signature, then the journal. */
  readonly SIGNING: { readonly at: "SIGNING"; readonly card: CardFacts };
  /** The PIN was wrong: does the customer want to try again? */
  readonly AGAIN: { readonly at: "AGAIN"; readonly card: CardFacts };
  /** Sent, until its fate is proven. */
  readonly SETTLING: {
    readonly at: "SETTLING";
    readonly id: string;
    /** It takes longer than people expect. */
    readonly isSlow: boolean;
    /** It was found in the journal when the terminal started. */
    readonly isResumed: boolean;
  };
  readonly OVER: { readonly at: "OVER"; readonly ending: Ending };
}

/** How far it is. */
export type Stage = Stages[keyof Stages] & { readonly errand: Errand };
/** A stage of one name. */
export type StageAt<At extends keyof Stages> = Extract<Stage, { readonly at: At }>;

interface Events {
  readonly READY: { readonly kind: "READY" };
  readonly CARD_READ: { readonly kind: "CARD_READ"; readonly card: CardFacts };
  readonly PIN_ENTERED: { readonly kind: "PIN_ENTERED" };
  /** Not four digits: not presented, no try spent. */
  readonly PIN_MALFORMED: { readonly kind: "PIN_MALFORMED" };
  readonly PIN_WRONG: { readonly kind: "PIN_WRONG"; readonly triesLeft: number };
  /** The customer's word after a wrong PIN. */
  readonly YES: { readonly kind: "YES" };
  readonly NO: { readonly kind: "NO" };
  /** Signed by card and terminal, and in the journal. */
  readonly SIGNED: { readonly kind: "SIGNED"; readonly id: string };
  readonly SLOW: { readonly kind: "SLOW" };
  readonly DECIDED: { readonly kind: "DECIDED"; readonly ending: Ending };
  readonly CARD_REMOVED: { readonly kind: "CARD_REMOVED" };
  /** Nobody did anything for 30 s. */
  readonly IDLE: { readonly kind: "IDLE" };
  /** Customer or clerk wants no more of it, or the terminal is to stop. */
  readonly CANCELLED: { readonly kind: "CANCELLED" };
  readonly FAILED: { readonly kind: "FAILED"; readonly report: ErrorReport };
}

/** What happens to it. */
export type Event = Events[keyof Events];

/** What stops it from outside while its stage's work goes on. */
export type Interruption = "CARD_REMOVED" | "IDLE" | "CANCELLED";

type Transitions = {
  readonly [At in Exclude<keyof Stages, "OVER">]: {
    readonly [Kind in keyof Events]?: (stage: StageAt<At>, event: Events[Kind]) => Stage;
  };
};

/** How a card that left shows, if it shows as a failure. */
const GONE: ReadonlySet<string> = new Set(["CARD_REMOVED", "NO_CARD"]);

const stopped = ({ errand }: Stage, { kind }: { readonly kind: StoppedBy }): Stage =>
  stop(errand, kind);
const failed = ({ errand }: Stage, { report }: Events["FAILED"]): Stage =>
  stop(errand, GONE.has(report.code) ? "CARD_REMOVED" : "FAILED", report);
const cancellable = { CANCELLED: stopped, FAILED: failed };
const waiting = { ...cancellable, IDLE: stopped };
const waitingWithCard = { ...waiting, CARD_REMOVED: stopped };

/** Every transition there is. What is not here cannot happen: it is a mistake of the program. */
const TRANSITIONS: Transitions = {
  CHECKING: {
    ...cancellable,
    READY: ({ errand }) => ({ at: "CARD", errand }),
  },
  CARD: {
    ...waiting,
    CARD_READ: ({ errand }, { card }) => ({ at: "PIN", errand, card, wasMalformed: false }),
  },
  PIN: {
    ...waitingWithCard,
    PIN_ENTERED: ({ errand, card }) => ({ at: "SIGNING", errand, card }),
    PIN_MALFORMED: (stage) => ({ ...stage, wasMalformed: true }),
  },
  SIGNING: {
    FAILED: failed,
    // Rule: nobody's card is blocked here. With one try left there is no other attempt.
    PIN_WRONG: ({ errand, card }, { triesLeft }) =>
      triesLeft > 1
        ? { at: "AGAIN", errand, card: { ...card, triesLeft } }
        : stop(errand, "PIN_LAST_TRY"),
    SIGNED: ({ errand }, { id }) => settling(errand, id, false),
  },
  AGAIN: {
    ...waitingWithCard,
    // Rule: one attempt for one word of the customer.
    YES: ({ errand, card }) => ({ at: "PIN", errand, card, wasMalformed: false }),
    NO: ({ errand }) => stop(errand, "DECLINED"),
  },
  SETTLING: {
    SLOW: (stage) => ({ ...stage, isSlow: true }),
    DECIDED: ({ errand }, { ending }) => ({ at: "OVER", errand, ending }),
    CANCELLED: ({ errand, id }) => ({
      at: "OVER",
      errand,
      ending: { kind: "UNDECIDED", id },
    }),
  },
};

/** Which interruptions each stage listens to; the others wait until its work is done. */
export const INTERRUPTIONS: {
  readonly [At in Exclude<keyof Stages, "OVER">]: readonly Interruption[];
} = {
  CHECKING: ["CANCELLED"],
  CARD: ["CANCELLED", "IDLE"],
  PIN: ["CANCELLED", "IDLE", "CARD_REMOVED"],
  // A command that is on its way to the card is not taken back; a card that leaves fails it.
  SIGNING: [],
  AGAIN: ["CANCELLED", "IDLE", "CARD_REMOVED"],
  // The card is no longer needed.
  SETTLING: ["CANCELLED"],
};

/** What the clerk begins. */
export function begin(errand: Errand): Stage {
  return { at: "CHECKING", errand };
}

/** What was in the journal when the terminal started. */
export function resume(errand: Errand, id: string): Stage {
  return settling(errand, id, true);
}

/** The next stage. @throws Error for an event that the stage has no row for. */
export function next(stage: Stage, event: Event): Stage {
  if (stage.at === "OVER") throw new Error(`${event.kind} after the end`);
  const row = TRANSITIONS[stage.at] as {
    readonly [kind: string]: ((from: Stage, by: Event) => Stage) | undefined;
  };
  const transition = row[event.kind];
  if (transition === undefined) throw new Error(`${event.kind} at ${stage.at}`);
  return transition(stage, event);
}

function settling(errand: Errand, id: string, isResumed: boolean): Stage {
  return { at: "SETTLING", errand, id, isSlow: false, isResumed };
}

function stop(errand: Errand, by: StoppedBy, report: ErrorReport | null = null): Stage {
  return { at: "OVER", errand, ending: { kind: "STOPPED", by, report } };
}
