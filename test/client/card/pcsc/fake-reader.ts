import { EventEmitter } from "node:events";
import type {
  Callback,
  PcscMonitor,
  PcscReader,
  PcscStatus,
} from "../../../../client/card/pcsc/binding.ts";

/** Bits SCARD_STATE_* as pcscd reports them. */
export const STATE = { EMPTY: 0x10, PRESENT: 0x20, EXCLUSIVE: 0xa0, IN_USE: 0x1_20 } as const;

/** An error as the addon makes them. */
export function addonError(code: string, call = "SCardTransmit"): Error {
  return new Error(`${call} error: Some text.(0x${code})`);
}

/** A reader as the package gives it; what it answers is up to the test. */
export class FakeReader extends EventEmitter implements PcscReader {
  readonly name: string;
  readonly SCARD_SHARE_EXCLUSIVE = 1;
  readonly SCARD_PROTOCOL_T0 = 1;
  readonly SCARD_PROTOCOL_T1 = 2;
  readonly SCARD_UNPOWER_CARD = 2;
  /** Calls in their order. */
  readonly calls: unknown[][] = [];
  /** The outcome of each kind of call. */
  connected: Error | number = 2;
  /** What the first connections meet. */
  readonly refusals: Error[] = [];
  answer: (command: Buffer) => Error | Buffer = () => Buffer.from("9000", "hex");
  disconnected: Error | null = null;

  constructor(name = "Reader 00 00") {
    super();
    this.name = name;
  }

  connect(how: { share_mode: number; protocol: number }, done: Callback<number>): void {
    this.calls.push(["connect", how]);
    settle(done, this.refusals.shift() ?? this.connected);
  }

  transmit(command: Buffer, sizeMax: number, protocol: number, done: Callback<Buffer>): void {
    this.calls.push(["transmit", command, sizeMax, protocol]);
    settle(done, this.answer(command));
  }

  disconnect(disposition: number, done: Callback<void>): void {
    this.calls.push(["disconnect", disposition]);
    settle(done, this.disconnected ?? undefined);
  }

  close(): void {
    this.calls.push(["close"]);
  }

  /** Reports what is on it. */
  report(state: number, atr?: Uint8Array): void {
    const status: PcscStatus = atr ? { state, atr } : { state };
    this.emit("status", status);
  }
}

/** The package's list of readers. */
export class FakeMonitor extends EventEmitter implements PcscMonitor {
  closed = 0;
  #listed: Callback<Buffer> = () => undefined;

  /** The package calls it with a callback of its own, which tells of new readers. */
  start = (listed: Callback<Buffer>): void => {
    this.#listed = listed;
  };

  /** The first list, as the package has it a turn later. */
  list(...readers: readonly FakeReader[]): void {
    this.start((_, names) => {
      for (const name of names.toString().split("\0")) {
        const reader = readers.find((candidate) => candidate.name === name);
        if (reader) this.emit("reader", reader);
      }
    });
    this.#listed(null, Buffer.from(readers.map(({ name }) => name).join("\0")));
  }

  close(): void {
    this.closed += 1;
  }
}

/** Never at once: the addon works on another thread. */
function settle<T>(done: Callback<T>, outcome: Error | T): void {
  setImmediate(() => {
    if (outcome instanceof Error) done(outcome, undefined as T);
    else done(null, outcome);
  });
}
