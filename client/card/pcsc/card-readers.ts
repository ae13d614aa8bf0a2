import { setTimeout as delay } from "node:timers/promises";
import type { CardChannel } from "../card.ts";
import { CardError } from "../card-faults.ts";
import { openPcsc, type PcscMonitor, type PcscReader, type PcscStatus } from "./binding.ts";
import { PcscChannel } from "./pcsc-channel.ts";
import { pcscError } from "./return-codes.ts";

/** A reader and what is on it. */
export interface ReaderState {
  readonly name: string;
  readonly hasCard: boolean;
  /** Whether a program uses the card. */
  readonly isInUse: boolean;
  /** Answer to reset of the card. */
  readonly atr?: Uint8Array;
}

/** Bits SCARD_STATE_* of pcsclite.h; a card held exclusively has another bit than one that is shared. */
const STATE = { PRESENT: 0x00_20, EXCLUSIVE: 0x00_80, IN_USE: 0x01_00 } as const;

/** How long a connection may take. */
export interface ConnectPatience {
  /** Until when reader and card are waited for; without it they are looked for once. */
  readonly cardUntil?: AbortSignal | undefined;
  /** Until when a card that another program holds is waited for; without it for about two seconds. */
  readonly freeUntil?: AbortSignal | undefined;
}

/** Attempts at a card that another program looks at, or that does not answer yet: two seconds of them. */
const CONNECTS_MAX = 8;
const CONNECT_PAUSE_MS = 250;

interface KnownReader {
  readonly reader: PcscReader;
  status?: PcscStatus;
}

/**
 * The PC/SC readers of this computer, kept up to date while readers and cards come and go. Holds threads
 * of the addon until `close`.
 */
export class CardReaders {
  readonly #monitor: PcscMonitor;
  readonly #readers = new Map<string, KnownReader>();
  /** Run at every change; each finds out by itself whether its time has come. */
  readonly #waiting = new Set<() => void>();
  #listed = false;
  #fault: CardError | undefined;

  private constructor(monitor: PcscMonitor) {
    this.#monitor = monitor;
    // The package tells of each reader but not that there is none; the list it works from does.
    const start = monitor.start.bind(monitor);
    monitor.start = (listed) =>
      start((error, names) => {
        listed(error, names);
        this.#listed = true;
        this.#changed();
      });
    monitor.on("reader", (reader) => this.#add(reader));
    monitor.on("error", (error) => this.#fail(error));
  }

  /**
   * Resolves when every reader's state is known.
   * @throws CardError PCSC_NOT_INSTALLED, PCSC_NOT_RUNNING, PCSC_ACCESS_DENIED, READER_FAILED.
   */
  static async open(monitor: PcscMonitor = openPcsc()): Promise<CardReaders> {
    const readers = new CardReaders(monitor);
    try {
      await readers.#until(() => readers.#isKnown());
      return readers;
    } catch (error) {
      readers.close();
      throw error;
    }
  }

  /** All readers, in the order of their names. */
  list(): readonly ReaderState[] {
    return [...this.#readers.values()]
      .map(({ reader: { name }, status }) => ({
        name,
        hasCard: hasCard(status),
        isInUse: ((status?.state ?? 0) & (STATE.EXCLUSIVE | STATE.IN_USE)) !== 0,
        ...(status?.atr && status.atr.length > 0 ? { atr: status.atr } : {}),
      }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * Connects exclusively to the card on the reader with that name, or else to the only card there is. What may pass by
   * itself is tried again: a card that is being put down does not answer at once, and others look at it first (a
   * desktop's key agent, the system's certificate propagation).
   * @throws CardError of a `ReaderFault`.
   */
  async connect(name?: string, patience: ConnectPatience = {}): Promise<CardChannel> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#connectOnce(name, patience.cardUntil);
      } catch (error) {
        if (!(error instanceof CardError && mayPass(error, attempt, patience))) throw error;
        await delay(CONNECT_PAUSE_MS);
      }
    }
  }

  /** Resolves when no card lies on the reader with that name, or on any; or when the signal aborts. @throws CardError. */
  cleared(name?: string, signal?: AbortSignal): Promise<void> {
    return this.#until(() => this.#withCard(name).length === 0, signal);
  }

  /** Lets go of all readers; sessions on them are over. Idempotent. */
  close(): void {
    this.#fail(new CardError({ code: "SESSION_ENDED" }));
    for (const { reader } of this.#readers.values()) reader.close();
    this.#readers.clear();
    this.#monitor.close();
  }

  async #connectOnce(name: string | undefined, cardUntil?: AbortSignal): Promise<CardChannel> {
    if (cardUntil) await this.#until(() => this.#withCard(name).length > 0, cardUntil);
    const [found, ...others] = this.#withCard(name);
    if (found === undefined) throw this.#noCard(name);
    if (others.length > 0) {
      const readers = [found, ...others].map((reader) => reader.name);
      throw new CardError({ code: "SEVERAL_CARDS", readers });
    }
    return PcscChannel.connect(found);
  }

  #isKnown(): boolean {
    return this.#listed && [...this.#readers.values()].every(({ status }) => status !== undefined);
  }

  /** The readers with a card, or the one that is named if it has one. */
  #withCard(name: string | undefined): PcscReader[] {
    return [...this.#readers.values()]
      .filter(({ status }) => hasCard(status))
      .map(({ reader }) => reader)
      .filter((reader) => name === undefined || reader.name === name);
  }

  #noCard(name: string | undefined): CardError {
    if (name !== undefined && !this.#readers.has(name)) {
      return new CardError({ code: "READER_NOT_FOUND", reader: name });
    }
    return new CardError({ code: this.#readers.size === 0 ? "NO_READER" : "NO_CARD" });
  }

  #add(reader: PcscReader): void {
    const known: KnownReader = { reader };
    this.#readers.set(reader.name, known);
    reader.on("status", (status) => {
      known.status = status;
      this.#changed();
    });
    reader.on("end", () => {
      this.#readers.delete(reader.name);
      this.#changed();
    });
    // An unplugged reader may end with an error; the others go on.
    reader.on("error", () => {
      known.status = { state: 0 };
      this.#changed();
    });
  }

  /** The first fault stays: what follows is its echo. */
  #fail(error: unknown): void {
    this.#fault ??= pcscError(error);
    this.#changed();
  }

  #changed(): void {
    for (const look of [...this.#waiting]) look();
  }

  /** Resolves when it holds, or when the signal aborts. @throws CardError when the service fails. */
  #until(holds: () => boolean, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!this.#fault && !signal?.aborted && !holds()) return;
        this.#waiting.delete(look);
        signal?.removeEventListener("abort", look);
        if (this.#fault) reject(this.#fault);
        else resolve();
      };
      this.#waiting.add(look);
      signal?.addEventListener("abort", look);
      look();
    });
  }
}

function hasCard(status: PcscStatus | undefined): boolean {
  return ((status?.state ?? 0) & STATE.PRESENT) !== 0;
}

/** Whether another attempt at the card is worth it. */
function mayPass(
  { code }: CardError,
  attempt: number,
  { cardUntil, freeUntil }: ConnectPatience,
): boolean {
  if (cardUntil?.aborted) return false;
  // It was taken off again.
  if (code === "NO_CARD") return cardUntil !== undefined;
  if (code === "CARD_IN_USE" && freeUntil) return !freeUntil.aborted;
  return (code === "CARD_IN_USE" || code === "CARD_MUTE") && attempt < CONNECTS_MAX;
}
