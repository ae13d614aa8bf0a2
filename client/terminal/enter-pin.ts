/** What is typed: a PIN as bytes that can be wiped, never a string nor an argument; and lines that are no secret. */
import { ClientError } from "../client-fault.ts";

/** Where it is typed; `process.stdin` is one. */
export interface PinSource {
  readonly isTTY?: boolean;
  readonly readableEnded?: boolean;
  setRawMode?(raw: boolean): unknown;
  on(event: "data", listener: (bytes: Buffer) => void): unknown;
  on(event: "end", listener: () => void): unknown;
  off(event: "data", listener: (bytes: Buffer) => void): unknown;
  off(event: "end", listener: () => void): unknown;
  pause(): unknown;
  resume(): unknown;
  /** Whether it keeps the process alive: a pipe does until then, even when nobody reads it. */
  ref?(): unknown;
  unref?(): unknown;
  /** Puts bytes back, to be read again. */
  unshift?(bytes: Uint8Array): unknown;
}

/** How somebody is asked. */
export interface PinPrompt {
  /** Where the question and the masks go. */
  readonly say: (text: string) => void;
  readonly question: string;
  /** Ends the entry. */
  readonly signal?: AbortSignal;
  /** Hears that somebody is typing. */
  readonly onKey?: () => void;
}

/** What keys send in raw mode (ECMA-48, and DEL as terminals have it). */
const KEY = { CTRL_C: 0x03, CTRL_D: 0x04, BACKSPACE: 0x08, LF: 0x0a, CR: 0x0d, DELETE: 0x7f };
const ENDS: ReadonlySet<number> = new Set([KEY.CTRL_C, KEY.CTRL_D, KEY.LF, KEY.CR]);

/** Longer than any PIN, so that a longer one is seen to be wrong and not cut to fit. */
const PIN_SIZE_BYTES_MAX = 16;
const LINE_SIZE_BYTES_MAX = 256;
const MASK = "*";
const UNMASK = "\b \b";

/**
 * The bytes up to the end of the line. A terminal is asked, and shows a mask for each key. The caller wipes what
 * it gets.
 * @throws ClientError `PIN_ENTRY_ENDED` after Ctrl-C, Ctrl-D, the end of the input or of the signal.
 */
export async function enterPin(source: PinSource, prompt: PinPrompt): Promise<Uint8Array> {
  const { say, question, signal, onKey } = prompt;
  if (source.isTTY !== true) return readLine(source, new TypedLine(PIN_SIZE_BYTES_MAX), { signal });
  const line = new TypedLine(PIN_SIZE_BYTES_MAX, say);
  source.setRawMode?.(true);
  try {
    say(question);
    return await readLine(source, line, { signal, onKey });
  } finally {
    source.setRawMode?.(false);
    say("\n");
  }
}

/** A line of text that is no secret. @throws ClientError `PIN_ENTRY_ENDED` as `enterPin`. */
export async function enterLine(source: PinSource, prompt: PinPrompt): Promise<string> {
  const { say, question, ...watch } = prompt;
  say(question);
  const bytes = await readLine(source, new TypedLine(LINE_SIZE_BYTES_MAX), watch);
  return new TextDecoder().decode(bytes).trim();
}

/** What ends an entry from outside, and who hears of it. */
interface Watch {
  readonly signal?: AbortSignal | undefined;
  readonly onKey?: (() => void) | undefined;
}

function readLine(source: PinSource, line: TypedLine, watch: Watch): Promise<Uint8Array> {
  const { signal, onKey } = watch;
  return new Promise((resolve, reject) => {
    const finish = (isEntered: boolean) => {
      source.off("data", take);
      source.off("end", atEnd);
      signal?.removeEventListener("abort", giveUp);
      source.pause();
      source.unref?.();
      const typed = line.take();
      if (isEntered) return resolve(typed);
      typed.fill(0);
      reject(new ClientError("PIN_ENTRY_ENDED"));
    };
    const giveUp = () => finish(false);
    const atEnd = () => finish(!line.isEmpty);
    const take = (bytes: Buffer) => {
      onKey?.();
      const end = bytes.findIndex((byte) => ENDS.has(byte));
      const isOver = end >= 0;
      for (const byte of isOver ? bytes.subarray(0, end) : bytes) line.add(byte);
      const isEntered = bytes[end] === KEY.CR || bytes[end] === KEY.LF;
      if (isOver) {
        finish(isEntered);
        putBack(source, bytes.subarray(end + 1));
      }
      bytes.fill(0);
    };
    if (signal?.aborted || source.readableEnded) return finish(false);
    signal?.addEventListener("abort", giveUp);
    source.on("data", take);
    source.on("end", atEnd);
    source.ref?.();
    source.resume();
  });
}

/** A pipe brings along what comes next; what is typed ahead at a keyboard was meant for nothing. */
function putBack(source: PinSource, rest: Uint8Array): void {
  if (rest.length > 0 && source.isTTY !== true) source.unshift?.(Uint8Array.from(rest));
}

/** What was typed so far. */
class TypedLine {
  readonly #bytes: Uint8Array;
  readonly #say: (text: string) => void;
  #length = 0;

  /** @param say where a mask for each byte goes. */
  constructor(sizeBytesMax: number, say: (text: string) => void = () => undefined) {
    this.#bytes = new Uint8Array(sizeBytesMax);
    this.#say = say;
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  add(byte: number): void {
    if (byte === KEY.BACKSPACE || byte === KEY.DELETE) this.#takeBack();
    else if (this.#length < this.#bytes.length) {
      this.#bytes[this.#length++] = byte;
      this.#say(MASK);
    }
  }

  #takeBack(): void {
    if (this.#length === 0) return;
    this.#length -= 1;
    this.#say(UNMASK);
  }

  /** The only copy that is left. */
  take(): Uint8Array {
    const typed = this.#bytes.slice(0, this.#length);
    this.#bytes.fill(0);
    return typed;
  }
}
