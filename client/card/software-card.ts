import { createPrivateKey } from "node:crypto";
import { buildResponse, parseCommand, type ResponseApdu } from "./apdu.ts";
import { execute, withoutData } from "./applet/commands.ts";
import { buildFiles } from "./applet/files.ts";
import { SecurityState } from "./applet/security-state.ts";
import type { AppletSession } from "./applet/session.ts";
import type { SoftwareCardState } from "./software-card-state.ts";
import { SW } from "./status-words.ts";

/**
 * Answers to reset. A contactless reader makes up the second from the card's protocol data; the
 * first is of an older contact card and the one OpenSC knows by heart.
 */
export const ATR: { readonly CONTACT: Uint8Array; readonly CONTACTLESS: Uint8Array } = {
  CONTACT: Buffer.from("3BE000FF8131FE4514", "hex"),
  CONTACTLESS: Buffer.from("3B888001000005E0B381A1007F", "hex"),
};

/** How a software card behaves beyond its stored state. */
export interface SoftwareCardOptions {
  /** What power-on answers. Default: `ATR.CONTACTLESS`, the usual reader at a till. */
  readonly atr?: Uint8Array;
  /** Whether the first command after power-on fails with 6F00, as surveyed. Default: false. */
  readonly firstCommandFails?: boolean;
  /** Called at every change of a PIN or counter, before the command is answered. */
  readonly onChange?: (state: SoftwareCardState) => void;
}

/**
 * A My Number Card made of software: answers APDUs as the real JPKI application does, as far as
 * that is publicly known. For tests, the local network and, behind vpcd, any PC/SC program.
 */
export class SoftwareCard {
  /** What the card answers to power-on and reset. */
  readonly atr: Uint8Array;
  readonly #state: SoftwareCardState;
  readonly #session: AppletSession;
  readonly #firstCommandFails: boolean;
  #powered = false;
  #fresh = false;

  /** Takes a copy of the state. */
  constructor(state: SoftwareCardState, options: SoftwareCardOptions = {}) {
    this.#state = structuredClone(state);
    this.atr = options.atr ?? ATR.CONTACTLESS;
    this.#firstCommandFails = options.firstCommandFails ?? false;
    this.#session = {
      files: buildFiles(this.#state),
      security: new SecurityState(this.#state, () => options.onChange?.(this.state)),
      keys: {
        auth: createPrivateKey(this.#state.auth.privateKeyPem),
        sign: createPrivateKey(this.#state.sign.privateKeyPem),
      },
      selected: false,
      currentEf: undefined,
    };
  }

  /** A copy of what the card keeps without power. */
  get state(): SoftwareCardState {
    return structuredClone(this.#state);
  }

  /** Power comes on; a card that has power keeps what it knows. */
  powerOn(): void {
    if (!this.#powered) this.#fresh = true;
    this.#powered = true;
  }

  /** Power goes: the card forgets selection and verified PINs. */
  powerOff(): void {
    this.#powered = false;
    this.warmReset();
    this.#session.security.clear();
  }

  /** Reset under power: selection goes, verified PINs stay verified, as surveyed. */
  warmReset(): void {
    this.#session.selected = false;
    this.#session.currentEf = undefined;
  }

  /**
   * Answers one command APDU; whatever bytes come, the answer ends with a status word.
   * @throws Error without power, which is the caller's mistake.
   */
  process(apdu: Uint8Array): Uint8Array {
    if (!this.#powered) throw new Error("the software card has no power");
    return buildResponse(this.#answer(apdu));
  }

  #answer(apdu: Uint8Array): ResponseApdu {
    const first = this.#fresh;
    this.#fresh = false;
    if (first && this.#firstCommandFails) return withoutData(SW.INTERNAL_ERROR);
    const command = parseCommand(apdu);
    return command ? execute(this.#session, command) : withoutData(SW.WRONG_LENGTH);
  }
}
