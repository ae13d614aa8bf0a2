/** Customer's and clerk's side as text: on one terminal, or each on a device of its own. */
import { type ErrorReport, errorLine } from "../error-report.ts";
import { qrLines } from "../qr.ts";
import { looksLikeVoucher } from "../vouchers/voucher-code.ts";
import type { ClerkSide, CustomerSide } from "./counter.ts";
import { enterLine, enterPin, type PinSource } from "./enter-pin.ts";
import type { Payment } from "./errand.ts";
import { type Screen, WORDS, type Words } from "./screens.ts";

/** A screen and its keys. */
export interface TextDevice {
  readonly keys: PinSource;
  readonly write: (text: string) => void;
}

/** A voucher's code, as a scanner types it where an amount is asked for. */
export interface TypedVoucher {
  readonly kind: "VOUCHER";
  readonly code: string;
}

/** Erase all, go to the corner (ECMA-48). */
const CLEAR = "\x1b[2J\x1b[H";
const RULE = "─".repeat(40);
/** How long the end of a payment stays on a customer's own screen, ms: time to note the number down. */
const REST_MS = 30_000;

/** The customer's side. */
export class TextCustomer implements CustomerSide {
  readonly #device: TextDevice;
  readonly #isOwn: boolean;
  #resting: NodeJS.Timeout | undefined;

  /** @param isOwn whether the device is the customer's alone: then nothing of the last one stays on it. */
  constructor(device: TextDevice, isOwn: boolean) {
    this.#device = device;
    this.#isOwn = isOwn;
  }

  show(screen: Screen, code?: string): void {
    clearTimeout(this.#resting);
    const head = this.#isOwn ? CLEAR : `\n── お客様 / Customer ${RULE}\n`;
    const japanese = screen.map(({ ja }) => `    ${ja}\n`).join("");
    const english = screen.map(({ en }) => `    ${en}\n`).join("");
    const picture = code === undefined ? "" : `\n${qrLines(code).join("\n")}\n`;
    this.#device.write(`${head}${japanese}\n${english}${picture}`);
  }

  rest(): void {
    if (this.#isOwn) this.#resting = setTimeout(() => this.show([WORDS.WELCOME]), REST_MS).unref();
  }

  enterPin(signal: AbortSignal, onKey: () => void): Promise<Uint8Array> {
    return enterPin(this.#device.keys, this.#prompt("    > ", signal, onKey));
  }

  async wantsAnotherTry(signal: AbortSignal, onKey: () => void): Promise<boolean> {
    const question = "    1 はい / yes    2 いいえ / no  > ";
    const answer = await enterLine(this.#device.keys, this.#prompt(question, signal, onKey));
    return narrow(answer) === "1";
  }

  #prompt(question: string, signal: AbortSignal, onKey: () => void) {
    return { say: this.#device.write, question, signal, onKey };
  }
}

/** The clerk's side. */
export class TextClerk implements ClerkSide {
  readonly #device: TextDevice;
  #shown = "";

  constructor(device: TextDevice) {
    this.#device = device;
  }

  show(screen: Screen): void {
    const [ja, en] = [screen.map((line) => line.ja), screen.map((line) => line.en)];
    const text = `店 | ${ja.join("　")}\n   | ${en.join(". ")}\n`;
    // What is on the screen already is not said again.
    if (text !== this.#shown) this.#device.write(text);
    this.#shown = text;
  }

  problem(report: ErrorReport): void {
    this.#device.write(`店 ! ${errorLine(report)}\n`);
  }

  /**
   * The next amount, or the code of a voucher, which a scanner types. @throws ClientError `PIN_ENTRY_ENDED` when no more
   * is to come.
   */
  async enterCharge(signal: AbortSignal): Promise<Payment | TypedVoucher> {
    for (let words: Words = WORDS.ENTER_AMOUNT; ; words = WORDS.AMOUNT_WRONG) {
      const question = `\n店 | ${words.ja} / ${words.en}: `;
      const say = this.#device.write;
      const typed = await enterLine(this.#device.keys, { say, question, signal });
      // The same words are news again.
      this.#shown = "";
      if (looksLikeVoucher(typed)) return { kind: "VOUCHER", code: typed };
      const amountPt = readAmount(typed);
      if (amountPt !== null) return { kind: "PAYMENT", amountPt };
    }
  }

  /** Waits until the clerk presses Enter. @throws ClientError `PIN_ENTRY_ENDED` when no more is to come. */
  async waitForEnter(words: Words, signal: AbortSignal): Promise<void> {
    const question = `\n店 | ${words.ja} / ${words.en}: `;
    await enterLine(this.#device.keys, { say: this.#device.write, question, signal });
  }
}

/** An amount as clerks type it: also with full-width digits, thousands separators, a unit. Null when it is none. */
export function readAmount(typed: string): number | null {
  const digits = narrow(typed)
    .replace(/(pt|ポイント|円)$/, "")
    .replaceAll(/[,\s]/g, "");
  const amountPt = Number(digits);
  return /^[0-9]{1,9}$/.test(digits) && amountPt >= 1 ? amountPt : null;
}

/** Full-width letters and digits as narrow ones, as NFKC has them. */
function narrow(typed: string): string {
  return typed.normalize("NFKC").replaceAll("、", ",").trim();
}
