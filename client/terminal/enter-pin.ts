/** A PIN from the keyboard or a pipe, as bytes that can be wiped: it is never a string, nor an argument. */
import { ClientError } from "../client-fault.ts";

/** Where the PIN is typed; `process.stdin` is one. */
export interface PinSource {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
  on(event: "data", listener: (bytes: Buffer) => void): unknown;
  on(event: "end", listener: () => void): unknown;
  off(event: "data", listener: (bytes: Buffer) => void): unknown;
  off(event: "end", listener: () => void): unknown;
  pause(): unknown;
}

/** What keys send in raw mode (ECMA-48, and DEL as terminals have it). */
const KEY = { CTRL_C: 0x03, CTRL_D: 0x04, BACKSPACE: 0x08, LF: 0x0a, CR: 0x0d, DELETE: 0x7f };
const ENDS: ReadonlySet<number> = new Set([KEY.CTRL_C, KEY.CTRL_D, KEY.LF, KEY.CR]);

/** Longer than any PIN, so that a longer one is seen to be wrong and not cut to fit. */
const PIN_SIZE_BYTES_MAX = 16;

/**
 * The bytes up to the end of the line. A terminal is asked, through `say`, and echoes nothing. The caller
 * wipes what it gets.
 * @throws ClientError `PIN_ENTRY_ENDED` after Ctrl-C, Ctrl-D or the end of the input.
 */
export async function enterPin(
  source: PinSource,
  say: (text: string) => void,
  triesLeft: number,
): Promise<Uint8Array> {
  if (source.isTTY !== true) return readLine(source);
  source.setRawMode?.(true);
  try {
    say(`暗証番号（残り${triesLeft}回） / PIN (tries left: ${triesLeft}): `);
    return await readLine(source);
  } finally {
    source.setRawMode?.(false);
    say("\n");
  }
}

function readLine(source: PinSource): Promise<Uint8Array> {
  const line = new PinLine();
  return new Promise((resolve, reject) => {
    const finish = (isEntered: boolean) => {
      source.off("data", take);
      source.off("end", atEnd);
      source.pause();
      const pin = line.take();
      if (isEntered) return resolve(pin);
      pin.fill(0);
      reject(new ClientError("PIN_ENTRY_ENDED"));
    };
    const atEnd = () => finish(!line.isEmpty);
    const take = (bytes: Buffer) => {
      const end = bytes.findIndex((byte) => ENDS.has(byte));
      for (const byte of end < 0 ? bytes : bytes.subarray(0, end)) line.add(byte);
      const key = bytes[end];
      bytes.fill(0);
      if (key !== undefined) finish(key === KEY.CR || key === KEY.LF);
    };
    source.on("data", take);
    source.on("end", atEnd);
  });
}

/** What was typed so far. */
class PinLine {
  readonly #bytes = new Uint8Array(PIN_SIZE_BYTES_MAX);
  #length = 0;

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  add(byte: number): void {
    if (byte === KEY.BACKSPACE || byte === KEY.DELETE) this.#length = Math.max(0, this.#length - 1);
    else if (this.#length < PIN_SIZE_BYTES_MAX) this.#bytes[this.#length++] = byte;
  }

  /** The only copy that is left. */
  take(): Uint8Array {
    const pin = this.#bytes.slice(0, this.#length);
    this.#bytes.fill(0);
    return pin;
  }
}
