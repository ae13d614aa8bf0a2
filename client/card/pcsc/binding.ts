/**
 * The package `pcsclite` as far as it is used here. It is a native addon over the system's PC/SC library
 * and optional: without it everything else works. Its own types are not taken, so that the project
 * compiles where the package was left out.
 */
import { createRequire } from "node:module";
import { CardError } from "../card-faults.ts";
import { pcscError } from "./return-codes.ts";

/** Node's callback: an error that ends in PC/SC's return code, or the result. */
export type Callback<T> = (error: Error | null | undefined, result: T) => void;

/** A reader that PC/SC knows. All calls but `close` come back through the callback. */
export interface PcscReader {
  readonly name: string;
  readonly SCARD_SHARE_EXCLUSIVE: number;
  readonly SCARD_PROTOCOL_T0: number;
  readonly SCARD_PROTOCOL_T1: number;
  readonly SCARD_UNPOWER_CARD: number;
  on(event: "status", listener: (status: PcscStatus) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "end", listener: () => void): unknown;
  connect(how: { share_mode: number; protocol: number }, done: Callback<number>): void;
  transmit(
    command: Buffer,
    answerSizeBytesMax: number,
    protocol: number,
    done: Callback<Buffer>,
  ): void;
  disconnect(disposition: number, done: Callback<void>): void;
  /** Ends the thread that watches the reader; until then the process cannot end. */
  close(): void;
}

/** What a reader reports when something about it changes. */
export interface PcscStatus {
  /** Bits SCARD_STATE_*. */
  readonly state: number;
  readonly atr?: Uint8Array;
}

/** PC/SC's list of readers, kept up to date. */
export interface PcscMonitor {
  /** Called by the package itself a turn later; gets each list of names, and that there is none. */
  start: (listed: Callback<Buffer>) => void;
  on(event: "reader", listener: (reader: PcscReader) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  close(): void;
}

/**
 * Begins to watch the readers. The addon belongs to the main thread: in a worker it ends the process.
 * @throws CardError PCSC_NOT_INSTALLED, PCSC_NOT_RUNNING, PCSC_ACCESS_DENIED.
 */
export function openPcsc(): PcscMonitor {
  const open = load();
  try {
    return open();
  } catch (error) {
    throw pcscError(error);
  }
}

function load(): () => PcscMonitor {
  try {
    return createRequire(import.meta.url)("pcsclite") as () => PcscMonitor;
  } catch (error) {
    throw new CardError({ code: "PCSC_NOT_INSTALLED" }, { cause: error });
  }
}
