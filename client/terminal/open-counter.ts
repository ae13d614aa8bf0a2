/** A counter on this computer: the terminal of a folder, a reader, a customer's and a clerk's side. */
import { openSync } from "node:fs";
import { ReadStream, WriteStream } from "node:tty";
import { utf8 } from "../../ledger/bytes.ts";
import { ClientError } from "../client-fault.ts";
import { messageOf } from "../files.ts";
import { cardFilePlace, readerPlace } from "./card-place.ts";
import type { CounterParts, CustomerSide } from "./counter.ts";
import { openTerminal, type TerminalSettings } from "./terminal-folder.ts";
import { claimTerminal } from "./terminal-lock.ts";
import { TextClerk, TextCustomer, type TextDevice } from "./text-sides.ts";
import type { VoucherSlot } from "./voucher-slot.ts";

/** How a command line describes a counter. */
export interface CounterChoice {
  /** The terminal's folder. */
  readonly dir: string;
  /** File of a software card; without it the card is on a reader. */
  readonly card?: string;
  /** PIN of that software card; without it, it is typed. */
  readonly pin?: string;
  /** Name of the reader; without it that of the settings, or the one with a card. */
  readonly reader?: string;
  /** A terminal device of the customer's own, such as /dev/tty2. */
  readonly customer?: string;
}

/** A counter, and what only the clerk's side can do. */
export interface Counter extends CounterParts {
  readonly shop: TerminalSettings;
  readonly clerk: TextClerk;
  readonly vouchers: VoucherSlot;
  /** Lets go of the customer's device. */
  close(): void;
}

/**
 * Opens the counter. @param write where screens go that have no device of their own.
 * @throws ClientError `TERMINAL_IN_USE`, `FILE_UNREADABLE`, `FILE_MALFORMED`, `USAGE`.
 */
export async function openCounter(
  choice: CounterChoice,
  write: (text: string) => void,
): Promise<Counter> {
  const { dir, card, pin } = choice;
  if (pin !== undefined && card === undefined) {
    throw new ClientError("USAGE", { problem: "--pin is for software cards (--card) only" });
  }
  const { settings, ...terminal } = openTerminal(dir);
  await claimTerminal(dir);
  const own: TextDevice = { keys: process.stdin, write };
  const { customer, close } = customerSide(choice, own);
  const reader = choice.reader ?? settings.reader ?? undefined;
  return {
    ...terminal,
    shop: settings,
    openPlace: card === undefined ? readerPlace(reader) : cardFilePlace(card),
    customer,
    clerk: new TextClerk(own),
    close,
  };
}

function customerSide({ customer: path, pin }: CounterChoice, shared: TextDevice) {
  if (path === undefined) {
    const customer = new TextCustomer(shared, false);
    return { customer: pin === undefined ? customer : typing(pin, customer), close: () => {} };
  }
  try {
    const keys = new ReadStream(openSync(path, "r"));
    const screen = new WriteStream(openSync(path, "w"));
    const device = { keys, write: (text: string) => void screen.write(text) };
    const close = () => {
      keys.destroy();
      screen.destroy();
    };
    return { customer: new TextCustomer(device, true), close };
  } catch (cause) {
    throw new ClientError("FILE_UNREADABLE", { file: path, problem: messageOf(cause), cause });
  }
}

/** A customer whose software card's PIN stands on the command line: it is tried once. */
function typing(pin: string, customer: TextCustomer): CustomerSide {
  return {
    show: (screen, code) => customer.show(screen, code),
    rest: () => customer.rest(),
    enterPin: () => Promise.resolve(utf8(pin)),
    wantsAnotherTry: () => Promise.resolve(false),
  };
}
