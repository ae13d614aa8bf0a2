/** A payment or a visit at the counter: does what each stage of session.ts says, with card, network, journal and people. */
import { setTimeout as delay } from "node:timers/promises";
import { type Genesis, networkIdOf } from "../../ledger/genesis.ts";
import { decodeTransaction } from "../../ledger/transaction.ts";
import type { Card } from "../card/card.ts";
import { CardError } from "../card/card-faults.ts";
import { endingSession } from "../card/ending-session.ts";
import { isPin } from "../card/jpki-card.ts";
import { type ErrorReport, errorReport } from "../error-report.ts";
import { CertificateError } from "../pki/certificate-faults.ts";
import { parseAuthCertificate } from "../pki/profile.ts";
import { encodeReceiptCode } from "../receipt-code.ts";
import type { LedgerClient } from "../sdk/ledger-client.ts";
import { type Never, settle } from "../sdk/settle.ts";
import type { Decision } from "../sdk/submit.ts";
import type { CardPlace, OpenCardPlace } from "./card-place.ts";
import type { Errand } from "./errand.ts";
import type { Journal, Pending } from "./journal.ts";
import { askNetworkTime, type NetworkTime } from "./network-time.ts";
import {
  clerkScreen,
  customerScreen,
  isForRepair,
  type Screen,
  type Shop,
  WORDS,
} from "./screens.ts";
import {
  begin,
  type CardFacts,
  type Ending,
  type Event,
  INTERRUPTIONS,
  type Interruption,
  next,
  resume,
  type Stage,
  type StageAt,
} from "./session.ts";
import { checkIn, pay, type Till } from "./till.ts";
import { aborted, Idleness } from "./waiting.ts";

/** The customer's screen and keys; nobody else sees or touches them. */
export interface CustomerSide {
  /** @param code shown as a QR code below. */
  show(screen: Screen, code?: string): void;
  /** It is over: what was shown of it need not stay. */
  rest(): void;
  /** @param onKey hears that somebody is typing. @throws ClientError `PIN_ENTRY_ENDED`. */
  enterPin(signal: AbortSignal, onKey: () => void): Promise<Uint8Array>;
  /** The customer's word. @throws ClientError `PIN_ENTRY_ENDED`. */
  wantsAnotherTry(signal: AbortSignal, onKey: () => void): Promise<boolean>;
}

/** The clerk's screen. */
export interface ClerkSide {
  show(screen: Screen): void;
  /** What is wrong with the terminal or its connection, for whoever repairs it. */
  problem(report: ErrorReport): void;
}

/** What a counter consists of. */
export interface CounterParts {
  readonly till: Till;
  readonly shop: Shop;
  readonly genesis: Genesis;
  /** Nodes of different organisations, the nearest first. */
  readonly nodes: readonly LedgerClient[];
  readonly openPlace: OpenCardPlace;
  readonly journal: Journal;
  readonly customer: CustomerSide;
  readonly clerk: ClerkSide;
  /** Default `IDLE_MS`. */
  readonly idleMs?: number;
}

/** How long a customer may do nothing, ms. */
export const IDLE_MS = 30_000;
/** After this it takes longer than people expect, ms. */
const SLOW_MS = 5000;
/**
 * How long what is signed is valid, ms. It bounds how long anybody waits for the proof that it did not happen; a change of
 * leader takes a few seconds.
 */
const PAYMENT_VALIDITY_MS = 60_000;
/** How many days before its end a customer is told of his certificate's. */
const EXPIRY_WARNING_DAYS = 60;
const DAY_MS = 86_400_000;
/** A computer's clock that is further off than this is worth telling, ms. */
const CLOCK_TOLERANCE_MS = 60_000;

/**
 * Takes one payment, or checks one visitor in. @param cancel calls it off, or, when it may have been sent, leaves it to
 * the next start.
 * @throws Error when one is in the journal already; ClientError `JOURNAL_DAMAGED`.
 */
export async function takeErrand(
  parts: CounterParts,
  errand: Errand,
  cancel: AbortSignal,
): Promise<Ending> {
  // Rule J3, before a customer gives his PIN for nothing.
  if (parts.journal.pending() !== null) throw new Error("what is in the journal is not decided");
  return new ErrandAtCounter(parts, cancel).run(begin(errand));
}

/** Finds out what became of what is in the journal. Needs no card and no PIN. */
export function resumeErrand(
  parts: CounterParts,
  { id, errand, bytes }: Pending,
  cancel: AbortSignal,
): Promise<Ending> {
  return new ErrandAtCounter(parts, cancel, bytes).run(resume(errand, id));
}

class ErrandAtCounter {
  readonly #parts: CounterParts;
  readonly #cancel: AbortSignal;
  readonly #isResumed: boolean;
  #time: NetworkTime | null = null;
  #place: CardPlace | null = null;
  #hasCard = false;
  /** Between PIN and SIGNING. */
  #pin: Uint8Array = new Uint8Array();
  /** What was signed, in the journal. */
  #bytes: Uint8Array;
  #fate: Promise<Decision | Never> | null = null;
  /** What kept a node from helping. */
  #lastProblem: unknown = null;

  constructor(parts: CounterParts, cancel: AbortSignal, bytes: Uint8Array = new Uint8Array()) {
    this.#parts = parts;
    this.#cancel = cancel;
    this.#isResumed = bytes.length > 0;
    this.#bytes = bytes;
  }

  async run(first: Stage): Promise<Ending> {
    try {
      let stage = first;
      while (stage.at !== "OVER") {
        this.#show(stage);
        stage = next(stage, await this.#eventAt(stage));
      }
      this.#pin.fill(0);
      if (isGone(stage.ending)) this.#hasCard = false;
      this.#show(stage);
      await this.#clearPlace();
      return stage.ending;
    } finally {
      this.#parts.customer.rest();
      this.#pin.fill(0);
      this.#place?.close();
    }
  }

  #show(stage: Stage): void {
    const { customer, clerk, shop } = this.#parts;
    clerk.show(clerkScreen(stage));
    const report = stage.at === "OVER" && stage.ending.kind === "STOPPED" && stage.ending.report;
    if (report && isForRepair(report.code)) clerk.problem(report);
    // The customer is bothered when there is something to do; and whoever stands there when the terminal starts is
    // not the last customer.
    if (stage.at === "CHECKING" || this.#isResumed) return;
    const takeCard = stage.at === "OVER" && this.#hasCard ? [WORDS.TAKE_CARD] : [];
    customer.show([...customerScreen(stage, shop), ...takeCard], this.#receiptCode(stage));
  }

  #receiptCode(stage: Stage): string | undefined {
    if (stage.at !== "OVER" || stage.ending.kind !== "PAID") return undefined;
    const networkId = networkIdOf(this.#parts.genesis);
    return encodeReceiptCode({ networkId, id: stage.ending.id });
  }

  /** What happens first: the stage's work ends, or something interrupts it. */
  async #eventAt(stage: Exclude<Stage, StageAt<"OVER">>): Promise<Event> {
    const over = new AbortController();
    const idle = new Idleness(this.#parts.idleMs ?? IDLE_MS);
    const work = this.#work(stage, over.signal, idle).catch(failure);
    const interruptions = INTERRUPTIONS[stage.at].map((kind) =>
      this.#interruption(kind, over.signal, idle),
    );
    try {
      return await Promise.race([work, ...interruptions]);
    } finally {
      over.abort();
      idle.end();
      // It has wiped and put back what it used before the next stage begins.
      await work;
    }
  }

  async #interruption(kind: Interruption, over: AbortSignal, idle: Idleness): Promise<Event> {
    if (kind === "IDLE") await idle.reached;
    else if (kind === "CANCELLED") await aborted(this.#cancel, over);
    else {
      try {
        await this.#place?.removed(over);
      } catch (error) {
        return failure(error);
      }
    }
    return { kind };
  }

  #work(stage: Stage, over: AbortSignal, idle: Idleness): Promise<Event> {
    switch (stage.at) {
      case "CHECKING":
        return this.#check();
      case "CARD":
        return this.#readCard(over);
      case "PIN":
        return this.#askPin(over, idle);
      case "SIGNING":
        return this.#sign(stage);
      case "AGAIN":
        return this.#askAgain(over, idle);
      case "SETTLING":
        return this.#settle(stage, over);
      case "OVER":
        throw new Error("nothing is left to do");
    }
  }

  async #check(): Promise<Event> {
    const { nodes, clerk } = this.#parts;
    this.#time = await askNetworkTime(nodes);
    if (Math.abs(this.#time.ownAheadMs) > CLOCK_TOLERANCE_MS) clerk.show([WORDS.CLOCK_WRONG]);
    return { kind: "READY" };
  }

  async #readCard(over: AbortSignal): Promise<Event> {
    this.#place = await this.#parts.openPlace();
    const card = await this.#place.connect(over);
    this.#hasCard = true;
    return { kind: "CARD_READ", card: await endingSession(card, (open) => this.#factsOf(open)) };
  }

  /** @throws CardError, CertificateError: what is known to fail needs no PIN. */
  async #factsOf(card: Card): Promise<CardFacts> {
    const triesLeft = await card.triesLeft();
    if (triesLeft === 0) throw new CardError({ code: "PIN_BLOCKED" });
    if (triesLeft === 1) throw new CardError({ code: "PIN_LAST_TRY" });
    const { notAfterMs } = parseAuthCertificate(await card.readAuthCertificate());
    const atMs = this.#nowMs();
    if (atMs > notAfterMs) throw new CertificateError({ code: "CERT_EXPIRED", notAfterMs, atMs });
    const daysLeft = Math.floor((notAfterMs - atMs) / DAY_MS);
    return { triesLeft, daysLeft: daysLeft > EXPIRY_WARNING_DAYS ? null : daysLeft };
  }

  async #askPin(over: AbortSignal, idle: Idleness): Promise<Event> {
    this.#pin = await this.#parts.customer.enterPin(over, () => idle.restart());
    if (isPin(this.#pin)) return { kind: "PIN_ENTERED" };
    this.#pin.fill(0);
    return { kind: "PIN_MALFORMED" };
  }

  async #sign({ errand }: StageAt<"SIGNING">): Promise<Event> {
    const { till, genesis, journal } = this.#parts;
    if (this.#place === null) throw new Error("there is no place for a card");
    const card = await this.#place.connect();
    const context = {
      networkId: networkIdOf(genesis),
      nowMs: this.#nowMs(),
      validityMs: PAYMENT_VALIDITY_MS,
    };
    const pin = this.#pin;
    const { id, bytes } =
      errand.kind === "PAYMENT"
        ? await pay(till, card, { amountPt: errand.amountPt, pin }, context)
        : await checkIn(till, card, { event: errand.event, pin }, context);
    // Rule J1: from here on it may be sent.
    journal.begin(bytes);
    this.#bytes = bytes;
    return { kind: "SIGNED", id };
  }

  async #askAgain(over: AbortSignal, idle: Idleness): Promise<Event> {
    const again = await this.#parts.customer.wantsAnotherTry(over, () => idle.restart());
    return { kind: again ? "YES" : "NO" };
  }

  async #settle({ errand, isSlow }: StageAt<"SETTLING">, over: AbortSignal): Promise<Event> {
    const { nodes, genesis, clerk } = this.#parts;
    // One search for both of its stages.
    this.#fate ??= settle(this.#bytes, {
      nodes,
      genesis,
      signal: this.#cancel,
      onProblem: (problem) => {
        this.#lastProblem = problem;
      },
    });
    const slow = isSlow ? [] : [delay(SLOW_MS, null, { signal: over }).catch(() => null)];
    try {
      const fate = await Promise.race([this.#fate, ...slow]);
      if (fate === null) {
        if (this.#lastProblem !== null) clerk.problem(errorReport(this.#lastProblem));
        return { kind: "SLOW" };
      }
      return { kind: "DECIDED", ending: this.#write(errand, fate) };
    } catch (error) {
      if (this.#cancel.aborted) return { kind: "CANCELLED" };
      throw error;
    }
  }

  /** The ending that a fate is, written down. */
  #write(errand: Errand, fate: Decision | Never): Ending {
    const { journal, clerk } = this.#parts;
    const { createdAtMs } = decodeTransaction(this.#bytes).envelope;
    const place =
      fate.status === "never"
        ? { atMs: createdAtMs, height: null }
        : { atMs: fate.timestampMs, height: fate.height };
    const isCommitted = fate.status === "committed";
    const { id, result: code } = fate;
    const kind = errand.kind === "PAYMENT" ? "PAID" : "VISITED";
    const amountPt = errand.kind === "PAYMENT" ? errand.amountPt : null;
    try {
      journal.end({ id, amountPt, outcome: isCommitted ? kind : "REFUSED", ...place });
    } catch (error) {
      // It stays in the journal, and the next start settles it again.
      clerk.problem(errorReport(error));
    }
    if (!isCommitted) return { kind: "REFUSED", id, code };
    return { kind, id, height: fate.height, timestampMs: fate.timestampMs };
  }

  /** One errand a tap: the next one needs a card that was put there after this one. */
  async #clearPlace(): Promise<void> {
    if (this.#place === null || !this.#hasCard) return;
    this.#parts.clerk.show([WORDS.WAIT_FOR_REMOVAL]);
    // A reader that fails now holds no card that could pay.
    await this.#place.cleared(this.#cancel).catch(() => undefined);
  }

  #nowMs(): number {
    return this.#time === null ? Date.now() : this.#time.nowMs();
  }
}

function isGone(ending: Ending): boolean {
  return ending.kind === "STOPPED" && ending.by === "CARD_REMOVED";
}

/** An error as an event: a wrong PIN is no failure, and whoever ends the entry has cancelled. */
function failure(error: unknown): Event {
  if (error instanceof CardError && error.fault.code === "PIN_WRONG") {
    return { kind: "PIN_WRONG", triesLeft: error.fault.triesLeft };
  }
  const report = errorReport(error);
  return report.code === "PIN_ENTRY_ENDED" ? { kind: "CANCELLED" } : { kind: "FAILED", report };
}
