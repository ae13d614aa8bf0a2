import type { CardChannel } from "../card.ts";
import { CardError } from "../card-faults.ts";
import type { Callback, PcscReader } from "./binding.ts";
import { exchange } from "./exchange.ts";
import { pcscError } from "./return-codes.ts";

/** 256 bytes of data and the status word: all that a short command can be answered with. */
const ANSWER_SIZE_BYTES_MAX = 258;

/** What powering off may meet when the card has no power any more. */
const POWERLESS: ReadonlySet<string> = new Set(["CARD_REMOVED", "NO_CARD", "READER_REMOVED"]);

/** A card on a PC/SC reader, held exclusively: no other program can use what this one unlocks. */
export class PcscChannel implements CardChannel {
  readonly #reader: PcscReader;
  readonly #protocol: number;

  private constructor(reader: PcscReader, protocol: number) {
    this.#reader = reader;
    this.#protocol = protocol;
  }

  /** @throws CardError of a `ReaderFault`: NO_CARD, CARD_IN_USE, CARD_MUTE, … */
  static async connect(reader: PcscReader): Promise<PcscChannel> {
    const how = {
      share_mode: reader.SCARD_SHARE_EXCLUSIVE,
      protocol: reader.SCARD_PROTOCOL_T0 | reader.SCARD_PROTOCOL_T1,
    };
    const protocol = await called<number>((done) => reader.connect(how, done)).catch(notThere);
    return new PcscChannel(reader, protocol);
  }

  transmit(apdu: Uint8Array): Promise<Uint8Array> {
    return exchange((bytes) => this.#send(bytes), this.#protocol, apdu);
  }

  /** Cuts the power, which alone makes the card forget its PIN; a card that is gone has none. */
  async powerOff(): Promise<void> {
    const { SCARD_UNPOWER_CARD } = this.#reader;
    try {
      await called<void>((done) => this.#reader.disconnect(SCARD_UNPOWER_CARD, done));
    } catch (error) {
      if (!(error instanceof CardError && POWERLESS.has(error.code))) throw error;
    }
  }

  async #send(bytes: Uint8Array): Promise<Uint8Array> {
    // A view, so that no second copy of a PIN stays behind here; the addon makes and frees its own.
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const answer = await called<Buffer>((done) =>
      this.#reader.transmit(view, ANSWER_SIZE_BYTES_MAX, this.#protocol, done),
    );
    // What vsmartcard's driver makes of a card that leaves during the command: success, and no answer.
    if (answer.length === 0) throw new CardError({ code: "CARD_REMOVED" });
    return answer;
  }
}

/** A call of the binding as a promise; its errors become faults. */
function called<T>(call: (done: Callback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, result) => (error ? reject(pcscError(error)) : resolve(result)));
  });
}

/** Before there was a connection, a card that is gone was never there. */
function notThere(error: unknown): never {
  const cause = pcscError(error);
  throw cause.code === "CARD_REMOVED" ? new CardError({ code: "NO_CARD" }, { cause }) : cause;
}
